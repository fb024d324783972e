"""Places of label rasters: their labelled pixels."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..contract.job import Layout, RasterLabels, SensorSpec, Task
from ..raster.blocks import plan_blocks
from ..raster.codes import require_exact_codes
from ..raster.crs import transform_xy
from ..raster.scene import Scene
from ..raster.sensor import SensorRasters, open_sensor
from ..reporting import Reporter
from .label_rows import no_label, understand
from .label_space import LabelColumns
from .outside import all_outside, where_sensor
from .places import Placement, Places, enclosed
from .sample_set import Doubles, Floats

LABEL_BLOCK_PX = 1024
MOST_HELD = 4_000_000  # positions, 128 MB
MOST_VALUES = 1000  # of which a draw each is kept


def raster_places(
    labels: RasterLabels, sensors: tuple[SensorRasters, ...], placement: Placement, reporter: Reporter
) -> Places:
    """Candidates for samples: labelled pixels that the rasters of every sensor enclose, a bounded draw of them."""
    layout = Layout.SCENES if len(labels.rasters) > 1 else Layout.AUTO
    opened = open_sensor(SensorSpec("labels", labels.rasters, layout, bands=("1",)))
    subject = labels.rasters[0].label() if len(labels.rasters) == 1 else f"{len(labels.rasters)} label rasters"
    kind = "integer" if opened.dtype.startswith(("int", "uint")) else "real"
    drawn = _Reservoir(placement.most, placement.seed)
    crs_wkt = opened.scenes[0].grid.crs_wkt
    labelled = 0
    for scene in opened.scenes:
        for own_x, own_y, values in _labelled_pixels(scene):
            labelled += len(values)
            x, y = transform_xy(own_x, own_y, scene.grid.crs_wkt, crs_wkt)
            inside = np.logical_and.reduce([enclosed(sensor, x, y, crs_wkt) for sensor in sensors])
            drawn.add(x[inside], y[inside], values[inside])
    if labelled == 0:
        raise no_label(subject, "nodata in every pixel")
    if drawn.seen == 0:
        raise all_outside(subject, where_sensor(opened), sensors)
    reporter.info("label_pixels", f"{subject}: {drawn.seen} labelled pixels that every sensor's rasters enclose.")
    x, y, values, key = drawn.rows().T
    columns = LabelColumns((subject,), (kind,), (values.tolist(),), subject)
    rows = understand(columns, placement.task, placement.space, labels.colors, reporter)
    if placement.as_they_are or rows.space.task is not Task.CLASSIFICATION:
        rows = rows.take(np.sort(np.argsort(key[rows.index], kind="stable")[: placement.most]))
    row = np.arange(len(rows), dtype=np.int64)
    return Places(subject, crs_wkt, x[rows.index], y[rows.index], row, rows.space, rows.target, row, "")


def _labelled_pixels(scene: Scene) -> Iterator[tuple[Doubles, Doubles, Floats]]:
    """Blocks of positions, in the scene's CRS, and values of labelled pixels."""
    for window in plan_blocks(scene.grid.window(), LABEL_BLOCK_PX, scene.block_shape):
        require_exact_codes(scene, window)
        values = scene.read(window).reshape(-1, window.rows, window.cols)[0]
        rows, cols = np.nonzero(~np.isnan(values))
        if len(rows):
            yield *scene.grid.xy_of(rows + window.row, cols + window.col), values[rows, cols]


class _Reservoir:
    """A bounded random draw of positions from a stream of blocks, that holds a draw of every value's positions.

    Every position gets a random key. Kept are, of every value, the positions with the smallest keys; among them are
    those with the smallest keys of all, which are a draw of the labels as they are. Measurements with very many values
    are drawn as they are only.
    """

    def __init__(self, most: int, seed: int) -> None:
        self.seen = 0
        self._most = most
        self._random = np.random.default_rng(seed)
        self._blocks: list[Doubles] = []  # (position, 4): x, y, value, key

    def add(self, x: Doubles, y: Doubles, values: Floats) -> None:
        self.seen += len(x)
        self._blocks.append(np.column_stack([x, y, values.astype(np.float64), self._random.random(len(x))]))
        if sum(map(len, self._blocks)) > MOST_HELD:
            self._blocks = [self.rows()]

    def rows(self) -> Doubles:
        """What is kept, (position, 4)."""
        rows = np.concatenate(self._blocks)
        rows = rows[np.argsort(rows[:, 3], kind="stable")]
        values, value_of = np.unique(rows[:, 2], return_inverse=True)
        if len(values) > MOST_VALUES:
            return rows[: self._most]
        return np.concatenate([rows[value_of == at][: self._most] for at in range(len(values))])
