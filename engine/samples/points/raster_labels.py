"""Places of label rasters: their labelled pixels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from ...arrays import Doubles, Flags, Floats, Indices
from ...contract import RasterLabels
from ...process import Reporter
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
MOST_HELD = 4_000_000  # positions, 128 MB
# Values that files use for “no label” without declaring it, and the shares of them that are reported: of any beside one
# other value, of zeros beside several, of values that hardly are classes beside several.
FILLS = (0.0, 255.0, 65535.0, -1.0, -128.0, -9999.0, -32768.0)
MOST_FILL, MANY_ZEROS, MANY_FILL = 0.5, 1 / 3, 0.05
MOST_VALUES = 1000  # with a separate draw each


def raster_places(
    labels: RasterLabels, sensors: tuple[SensorRasters, ...], draw_options: DrawOptions, reporter: Reporter
) -> LabelPoints:
    """Candidates for samples: labelled pixels that the rasters of some sensor enclose, a bounded draw of them."""
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
    """Warn where much of a label raster is an unnamed value that hardly is a class, and no nodata is declared."""
    text = f"{fill:g}"
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
            "labels_infinite", f"{subject}: {infinite} pixel(s) with infinite values are treated as unlabelled."
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
        self.labelled = self.seen = 0  # positions, and those covered by some sensor
        self.fills = dict.fromkeys(FILLS, 0)  # positions that hold one, enclosed or not
        self._most = most
        self._random = np.random.default_rng(seed)
        self._blocks: list[Doubles] = []  # (position, 5): x, y, value, key, combination of sensors
        # Positions of every value and combination of sensors; of combinations only where there are very many values.
        self._counts: Counter[tuple[float, float]] = Counter()
        self._of_combinations: Counter[float] = Counter()

    def add(self, positions: Positions, values: Floats, inside: Flags) -> None:
        """Consider positions, their values and which sensors enclose them (position, sensor)."""
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
        """Of how many positions each kept one (position,) was drawn, by its value and the sensors that show it."""
        many = len(self._counts) > MOST_VALUES
        kept = np.stack([np.zeros(len(values)) if many else values, seen_by])
        pairs, pair_of, count = np.unique(kept, axis=1, return_inverse=True, return_counts=True)
        every = [self._of_combinations[code] if many else self._counts[value, code] for value, code in pairs.T.tolist()]
        each: Doubles = (np.array(every) / count)[pair_of.reshape(-1)]
        return each

    def _count(self, values: Floats, some: Flags, seen_by: Indices) -> None:
        """Count fills of all positions, and what is enclosed by value and combination; values are sorted once."""
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
        """The kept positions, (position, 5)."""
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
