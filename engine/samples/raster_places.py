"""Places of label rasters: their labelled pixels."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..contract.job import Layout, RasterLabels, SensorSpec
from ..raster.blocks import plan_blocks
from ..raster.crs import transform_xy
from ..raster.scene import Scene
from ..raster.sensor import SensorRasters, open_sensor
from ..reporting import Reporter
from .label_rows import understand
from .label_space import LabelColumns
from .outside import all_outside
from .places import Placement, Places, enclosed
from .sample_set import Doubles, Floats

LABEL_BLOCK_PX = 1024


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
    for scene in opened.scenes:
        for own_x, own_y, values in _labelled_pixels(scene, sensors):
            drawn.add(*transform_xy(own_x, own_y, scene.grid.crs_wkt, crs_wkt), values=values)
    if drawn.seen == 0:
        raise all_outside(subject, ", ".join(sensor.name for sensor in sensors))
    x, y, drawn_values = drawn.kept(by_value=kind == "integer" or drawn.few_values())
    columns = LabelColumns((subject,), (kind,), (drawn_values.tolist(),), subject)
    rows = understand(columns, placement.task, placement.space, labels.colors, reporter)
    row = np.arange(len(rows), dtype=np.int64)
    return Places(subject, crs_wkt, x[rows.index], y[rows.index], row, rows.space, rows.target, row, "")


def _labelled_pixels(scene: Scene, sensors: tuple[SensorRasters, ...]) -> Iterator[tuple[Doubles, Doubles, Floats]]:
    """Blocks of positions and values of labelled pixels that every sensor's rasters enclose."""
    for window in plan_blocks(scene.grid.window(), LABEL_BLOCK_PX, scene.block_shape):
        values = scene.read(window).reshape(-1, window.rows, window.cols)[0]
        rows, cols = np.nonzero(~np.isnan(values))
        x, y = scene.grid.xy_of(rows + window.row, cols + window.col)
        inside = np.logical_and.reduce([enclosed(sensor, x, y, scene.grid.crs_wkt) for sensor in sensors])
        if inside.any():
            yield x[inside], y[inside], values[rows[inside], cols[inside]]


class _Reservoir:
    """A bounded random draw of positions per label value, from a stream of blocks."""

    def __init__(self, most: int, seed: int) -> None:
        self.seen = 0
        self._most = most
        self._random = np.random.default_rng(seed)
        self._rows: list[Doubles] = []  # blocks of (x, y, value, key)

    def add(self, x: Doubles, y: Doubles, values: Floats) -> None:
        self.seen += len(x)
        self._rows.append(np.column_stack([x, y, values.astype(np.float64), self._random.random(len(x))]))
        if sum(map(len, self._rows)) > 100 * self._most:
            self._rows = [self._thin(np.concatenate(self._rows), self.few_values())]

    def few_values(self) -> bool:
        values = np.unique(np.concatenate([block[:, 2] for block in self._rows]))
        return len(values) <= self._most and bool((values == np.floor(values)).all())

    def kept(self, by_value: bool) -> tuple[Doubles, Doubles, Doubles]:
        rows = self._thin(np.concatenate(self._rows), by_value)
        return rows[:, 0], rows[:, 1], rows[:, 2]

    def _thin(self, rows: Doubles, by_value: bool) -> Doubles:
        rows = rows[np.argsort(rows[:, 3], kind="stable")]
        if not by_value:
            return rows[: self._most]
        parts = [rows[rows[:, 2] == value][: self._most] for value in np.unique(rows[:, 2])]
        return np.concatenate(parts)
