"""Places of label rasters: their labelled pixels."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...contract.job import RasterLabels, Task
from ...process.reporting import Reporter
from ...raster.files.read import beyond_values
from ...raster.scenes.read_plan import plan_reading
from ...raster.scenes.scene import Scene
from ...raster.sensors.codes import require_exact_codes
from ...raster.sensors.open import SensorRasters
from ..labels.label_rows import no_label, understand
from ..labels.label_space import LabelColumns, LabelSpace
from ..labels.no_class import NoClass
from ..labels.rasters import declares_nodata, names_in_files, open_label_rasters
from ..positions import Positions, combination_codes, enclosing
from ..sample_set import Doubles, Flags, Floats, Indices
from .label_points import Placement, Places
from .outside import all_outside, where_sensor
from .stratified_sample import rank_within

LABEL_BLOCK_PX = 1024
MOST_HELD = 4_000_000  # positions, 128 MB
# Shares of zeros in a label raster that are told: beside one other value, and beside several.
MOST_ZEROS, MANY_ZEROS = 0.5, 1 / 3
MOST_VALUES = 1000  # of which a draw each is kept


def raster_places(
    labels: RasterLabels, sensors: tuple[SensorRasters, ...], placement: Placement, reporter: Reporter
) -> Places:
    """Candidates for samples: labelled pixels that the rasters of some sensor enclose, a bounded draw of them."""
    opened = open_label_rasters(labels)
    subject = labels.rasters[0].label() if len(labels.rasters) == 1 else f"{len(labels.rasters)} label rasters"
    kind = "integer" if opened.dtype.startswith(("int", "uint")) else "real"
    drawn = _Reservoir(placement.most, placement.seed)
    crs_wkt = opened.scenes[0].grid.crs_wkt
    labelled = infinite = zeros = 0
    for scene in opened.scenes:
        for positions, values in _labelled_pixels(scene):
            finite = ~beyond_values(values)
            labelled += int(finite.sum())
            infinite += int((~finite).sum())
            zeros += int((values == 0).sum())
            there = positions.take(finite).to(crs_wkt)
            drawn.add(there, values[finite], enclosing(sensors, there))
    _tell_infinite(infinite, subject, reporter)
    if labelled == 0:
        raise no_label(subject, "nodata in every pixel")
    if drawn.seen == 0:
        raise all_outside(subject, where_sensor(opened), sensors)
    reporter.info("label_pixels", f"{subject}: {drawn.seen} labelled pixels that some sensor's rasters enclose.")
    x, y, values, key, seen_by = drawn.rows().T
    columns = LabelColumns((subject,), (kind,), (values.tolist(),), subject, names_in_files(opened))
    rows = understand(columns, placement.task, placement.space, labels.colors, reporter, NoClass(labels.nodata))
    if placement.space is None and labels.nodata is None and not declares_nodata(opened):
        _tell_zeros(zeros / labelled, rows.space, subject, reporter)
    if placement.as_they_are:
        rows = rows.take(_smallest(key[rows.index], placement.most))
    elif rows.space.task is not Task.CLASSIFICATION:
        rows = rows.take(_smallest_of_each(key[rows.index], seen_by[rows.index], placement.most))
    row = np.arange(len(rows), dtype=np.int64)
    stands_for = drawn.stand_for(values[rows.index])
    return Places(subject, crs_wkt, x[rows.index], y[rows.index], row, rows.space, rows.target, row, "", stands_for)


def _tell_zeros(share: float, space: LabelSpace, subject: str, reporter: Reporter) -> None:
    """Warn where most of a label raster is 0, it has no name, and nothing declares it as nodata."""
    others = [label for label in space.classes if label.value != "0"]
    mere = len(others) < len(space.classes) and all(label.name == "0" for label in space.classes if label.value == "0")
    if (mere or not space.classes) and share >= (MOST_ZEROS if len(others) == 1 else MANY_ZEROS):
        reporter.warning(
            "labels_zero",
            f"{subject}: {share:.0%} of the label pixels are 0, and the raster declares no nodata: 0 is learned as any "
            "other. If it means “no label”, set LABEL_NODATA=0.",
        )


def _tell_infinite(infinite: int, subject: str, reporter: Reporter) -> None:
    if infinite:
        reporter.warning(
            "labels_infinite", f"{subject}: {infinite} pixel(s) of infinite values are taken as unlabelled."
        )


def _labelled_pixels(scene: Scene) -> Iterator[tuple[Positions, Floats]]:
    """Blocks of positions and values of labelled pixels; infinities are left as they are."""
    for window in plan_reading(scene, scene.grid.window(), LABEL_BLOCK_PX, 0).blocks:
        require_exact_codes(scene, window)
        values = scene.read(window, keep_infinite=True).reshape(-1, window.rows, window.cols)[0]
        rows, cols = np.nonzero(~np.isnan(values))
        if len(rows):
            x, y = scene.grid.xy_of(rows + window.row, cols + window.col)
            yield Positions(scene.grid.crs_wkt, x, y), values[rows, cols]


class _Reservoir:
    """A bounded random draw of positions from a stream of blocks.

    Every position that some sensor encloses gets a random key. Kept are, of every value and every combination of
    sensors, the positions with the smallest keys; among them are those with the smallest keys of all, which are a draw
    of the labels as they are. Of measurements with very many values a draw of every combination is kept only.
    """

    def __init__(self, most: int, seed: int) -> None:
        self.seen = 0
        self._most = most
        self._random = np.random.default_rng(seed)
        self._blocks: list[Doubles] = []  # (position, 5): x, y, value, key, combination of sensors
        self._counts: dict[float, int] = {}  # positions of every value; given up where there are very many

    def add(self, positions: Positions, values: Floats, inside: Flags) -> None:
        """Consider positions, their values and which sensors enclose them (position, sensor)."""
        some = inside.any(axis=1)
        self.seen += int(some.sum())
        self._count(values[some])
        key = self._random.random(int(some.sum()))
        columns = [positions.x[some], positions.y[some], values[some].astype(np.float64), key]
        self._blocks.append(np.column_stack([*columns, combination_codes(inside[some])]))
        if sum(map(len, self._blocks)) > MOST_HELD:
            self._blocks = [self.rows()]

    def stand_for(self, values: Doubles) -> Doubles:
        """Of how many positions each of the kept ``values`` (position,) was drawn; 1 where that was not counted."""
        kept, value_of, kept_count = np.unique(values, return_inverse=True, return_counts=True)
        if len(self._counts) > MOST_VALUES:
            return np.ones(len(values))
        every = np.array([self._counts[float(value)] for value in kept])
        each: Doubles = (every / kept_count)[value_of]
        return each

    def _count(self, values: Floats) -> None:
        if len(self._counts) <= MOST_VALUES:
            for value, count in zip(*np.unique(values.astype(np.float64), return_counts=True), strict=True):
                self._counts[float(value)] = self._counts.get(float(value), 0) + int(count)

    def rows(self) -> Doubles:
        """What is kept, (position, 5)."""
        rows = np.concatenate(self._blocks)
        _, _, value, key, seen_by = rows.T
        values, value_of = np.unique(value, return_inverse=True)
        if len(values) > MOST_VALUES:
            return rows[_smallest_of_each(key, seen_by, self._most)]
        return rows[_smallest_of_each(key, value_of * (seen_by.max(initial=0) + 1) + seen_by, self._most)]


def _smallest(key: Doubles, most: int) -> Indices:
    """Positions of the smallest keys, ascending."""
    return np.sort(np.argsort(key, kind="stable")[:most])


def _smallest_of_each(key: Doubles, kind: Doubles, most: int) -> Indices:
    """Positions of each kind's smallest keys, ascending."""
    order = np.argsort(key, kind="stable")
    return np.sort(order[rank_within(kind[order]) < most])
