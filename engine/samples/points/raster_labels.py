"""Candidate locations from label rasters: their labelled pixels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from ...arrays import Doubles, Flags, Floats, Indices
from ...contract import RasterLabels, number_text
from ...process import Reporter, counted
from ...raster.files import beyond_values
from ...raster.scenes import Scene, plan_reading
from ...raster.sensors import SensorRasters, require_exact_codes
from ..labels import (
    LabelColumns,
    LabelSpace,
    NoClass,
    declares_nodata,
    names_in_files,
    no_label,
    open_label_rasters,
    understand,
)
from ..positions import Positions, combination_codes, enclosing
from .label_points import DrawOptions, LabelPoints
from .outside import all_outside, where_sensor
from .stratified_sample import rank_within

LABEL_BLOCK_PX = 1024
MOST_HELD = 4_000_000  # positions, 160 MB
# Values that often mean “no label” although they are not declared as nodata, and the shares of all labels from which a
# warning is given: any of them beside one other class, zeros beside several, other values beside several.
FILLS = (0.0, 255.0, 65535.0, -1.0, -128.0, -9999.0, -32768.0)
MOST_FILL, MANY_ZEROS, MANY_FILL = 0.5, 1 / 3, 0.05
MOST_VALUES = 1000  # distinct values that are sampled separately


def raster_candidates(
    labels: RasterLabels, sensors: tuple[SensorRasters, ...], draw_options: DrawOptions, reporter: Reporter
) -> LabelPoints:
    """Candidate locations: a bounded random sample of the labelled pixels that at least one sensor covers."""
    opened = open_label_rasters(labels)
    subject = labels.rasters[0].label() if len(labels.rasters) == 1 else f"{len(labels.rasters)} label rasters"
    kind = "integer" if opened.dtype.startswith(("int", "uint")) else "real"
    drawn = _Reservoir(draw_options.most, draw_options.seed)
    crs_wkt = opened.scenes[0].grid.crs_wkt
    infinite = 0
    for scene in opened.scenes:
        for positions, values in _labelled_pixels(scene):
            finite = ~beyond_values(values)
            infinite += int((~finite).sum())
            there = positions.take(finite).to(crs_wkt)
            drawn.add(there, values[finite], enclosing(sensors, there))
    _log_infinite(infinite, subject, reporter)
    if drawn.labelled == 0:
        raise no_label(subject, "nodata in every pixel")
    if drawn.seen == 0:
        raise all_outside(subject, where_sensor(opened), sensors)
    reporter.info("label_pixels", f"{subject}: {drawn.seen} labelled pixels within the rasters of at least one sensor.")
    x, y, values, key, seen_by = drawn.rows().T
    columns = LabelColumns((subject,), (kind,), (values.tolist(),), subject, names_in_files(opened))
    rows = understand(columns, draw_options.task, draw_options.space, labels.colors, reporter, NoClass(labels.nodata))
    if draw_options.space is None and labels.nodata is None and not declares_nodata(opened):
        for fill, count in drawn.fills.items():
            _warn_of_fill(fill, count / drawn.labelled, rows.space, subject, reporter)
    if draw_options.as_they_are:
        rows = rows.take(_smallest(key[rows.index], draw_options.most))
    elif not rows.space.task.one_class:
        rows = rows.take(_smallest_of_each(key[rows.index], seen_by[rows.index], draw_options.most))
    row = np.arange(len(rows), dtype=np.int64)
    stands_for = drawn.stand_for(values[rows.index], seen_by[rows.index])
    return LabelPoints(
        subject, crs_wkt, x[rows.index], y[rows.index], row, rows.space, rows.target, row, "", stands_for
    )


def _warn_of_fill(fill: float, share: float, space: LabelSpace, subject: str, reporter: Reporter) -> None:
    """Warn if an undeclared fill value makes up much of a label raster.

    Only values without a class name are reported, and only if the raster declares no nodata value.
    """
    text = number_text(fill)
    others = [label for label in space.classes if label.value != text]
    own = [label for label in space.classes if label.value == text]
    mere = bool(own) and all(label.name == text for label in own)
    much = MOST_FILL if len(others) == 1 else MANY_FILL if fill else MANY_ZEROS
    if (mere or not space.classes) and share >= much:
        reporter.warning(
            "labels_fill",
            f"{subject}: {100 * share:.0f} % of the label pixels are {text}, and the raster declares no nodata "
            f"value: {text} is learned like any other value. If it means “no label”, set LABEL_NODATA={text}.",
        )


def _log_infinite(infinite: int, subject: str, reporter: Reporter) -> None:
    if infinite:
        reporter.warning(
            "labels_infinite", f"{subject}: infinite values are treated as unlabelled: {counted(infinite, 'pixel')}."
        )


def _labelled_pixels(scene: Scene) -> Iterator[tuple[Positions, Floats]]:
    """Coordinates and values of labelled pixels, block by block; infinite values are included."""
    for window in plan_reading(scene, scene.grid.window(), LABEL_BLOCK_PX, 0).blocks:
        require_exact_codes(scene, window)
        values = scene.read(window, keep_infinite=True).reshape(-1, window.rows, window.cols)[0]
        rows, cols = np.nonzero(~np.isnan(values))
        if len(rows):
            x, y = scene.grid.xy_of(rows + window.row, cols + window.col)
            yield Positions(scene.grid.crs_wkt, x, y), values[rows, cols]


class _Reservoir:
    """Bounded random sampling of positions from a stream of blocks.

    Every position covered by some sensor gets a random key. For each pair of label value and sensor combination, the
    positions with the smallest keys are kept. The smallest keys of all are among them and form a simple random sample.
    If there are very many distinct values (measurements), sampling is by sensor combination only.
    """

    def __init__(self, most: int, seed: int) -> None:
        self.labelled = self.seen = 0  # all labelled positions, and those covered by some sensor
        self.fills = dict.fromkeys(FILLS, 0)  # number of positions with each fill value, covered or not
        self._most = most
        self._random = np.random.default_rng(seed)
        self._blocks: list[Doubles] = []  # (position, 5): x, y, value, key, combination of sensors
        # Numbers of positions by value and sensor combination, and by sensor combination alone.
        self._counts: Counter[tuple[float, float]] = Counter()
        self._of_combinations: Counter[float] = Counter()

    def add(self, positions: Positions, values: Floats, inside: Flags) -> None:
        """Add a block: positions, their values, and whether each sensor covers them (position, sensor)."""
        some = inside.any(axis=1)
        self.labelled += len(values)
        self.seen += int(some.sum())
        seen_by = combination_codes(inside[some])
        self._count(values, some, seen_by)
        key = self._random.random(int(some.sum()))
        columns = [positions.x[some], positions.y[some], values[some].astype(np.float64), key]
        self._blocks.append(np.column_stack([*columns, seen_by]))
        if sum(map(len, self._blocks)) > MOST_HELD:
            self._blocks = [self.rows()]

    def stand_for(self, values: Doubles, seen_by: Doubles) -> Doubles:
        """The number of positions that each sampled one (position,) represents: stratum size over sample size."""
        many = len(self._counts) > MOST_VALUES
        kept = np.stack([np.zeros(len(values)) if many else values, seen_by])
        pairs, pair_of, count = np.unique(kept, axis=1, return_inverse=True, return_counts=True)
        every = [self._of_combinations[code] if many else self._counts[value, code] for value, code in pairs.T.tolist()]
        each: Doubles = (np.array(every) / count)[pair_of.reshape(-1)]
        return each

    def _count(self, values: Floats, some: Flags, seen_by: Indices) -> None:
        """Update the counts of fill values and of strata; values are sorted only once."""
        found, value_of = np.unique(values, return_inverse=True)
        for fill in self.fills:
            at = int(np.searchsorted(found, fill))
            if at < len(found) and found[at] == fill:
                self.fills[fill] += int(np.count_nonzero(value_of == at))
        codes, code_of, counts = np.unique(seen_by, return_inverse=True, return_counts=True)
        for code, count in zip(codes.tolist(), counts.tolist(), strict=True):
            self._of_combinations[float(code)] += count
        if len(self._counts) <= MOST_VALUES:
            pairs, counts = np.unique(value_of[some] * len(codes) + code_of, return_counts=True)
            for pair, count in zip(pairs.tolist(), counts.tolist(), strict=True):
                self._counts[float(found[pair // len(codes)]), float(codes[pair % len(codes)])] += count

    def rows(self) -> Doubles:
        """The sampled positions (position, 5): x, y, value, key, sensor combination."""
        rows = np.concatenate(self._blocks)
        _, _, value, key, seen_by = rows.T
        values, value_of = np.unique(value, return_inverse=True)
        if len(values) > MOST_VALUES:
            return rows[_smallest_of_each(key, seen_by, self._most)]
        return rows[_smallest_of_each(key, value_of * (seen_by.max(initial=0) + 1) + seen_by, self._most)]


def _smallest(key: Doubles, most: int) -> Indices:
    """Indices of the smallest keys, ascending."""
    return np.sort(np.argsort(key, kind="stable")[:most])


def _smallest_of_each(key: Doubles, kind: Doubles, most: int) -> Indices:
    """Indices of the smallest keys of each kind, ascending."""
    order = np.argsort(key, kind="stable")
    return np.sort(order[rank_within(kind[order]) < most])
