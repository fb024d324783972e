"""Where the labels lie: points, pixels inside polygons, or pixels of a label raster, each with its target."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..contract.errors import ErrorCode, InputError
from ..contract.job import ClassColor, Labels, Layout, RasterLabels, SensorSpec, Task, VectorLabels
from ..raster.blocks import plan_blocks
from ..raster.crs import transform_xy
from ..raster.scene import Scene
from ..raster.sensor import SensorRasters, open_sensor
from ..raster.vectors import Features, inside_pixels, point_xy, read_features
from ..reporting import Reporter
from .label_space import LabelColumns, LabelSpace, decide_task, encode, known, learn_space
from .quota import MOST_PER_FEATURE, choose_fairly
from .sample_set import Doubles, Flags, Floats, Indices
from .split import spatial_blocks

LABEL_BLOCK_PX = 1024


@dataclass(frozen=True)
class Places:
    """Positions with targets, in the labels' CRS.

    ``x``/``y`` (place,); ``row`` (place,) the feature or label pixel each belongs to; ``target`` as in
    :class:`SampleSet`; ``groups`` (place,) and ``grouped_by`` say what a split must keep together.
    """

    subject: str
    crs_wkt: str
    x: Doubles
    y: Doubles
    row: Indices
    space: LabelSpace
    target: NDArray[np.int64] | NDArray[np.float32]
    groups: Indices
    grouped_by: str

    def __len__(self) -> int:
        return len(self.x)

    def take(self, index: Indices | Flags) -> Places:
        """The places at ``index``."""
        return replace(
            self,
            x=self.x[index],
            y=self.y[index],
            row=self.row[index],
            target=self.target[index],
            groups=self.groups[index],
        )

    def degrees(self) -> tuple[Doubles, Doubles]:
        """Longitude and latitude (EPSG:4326) of every place."""
        return transform_xy(self.x, self.y, self.crs_wkt, "EPSG:4326")


@dataclass(frozen=True)
class Placement:
    """How places are drawn from labels: for which task (or known space), how many, with which seed."""

    task: Task
    most: int
    seed: int
    most_per_feature: int = MOST_PER_FEATURE
    space: LabelSpace | None = None


def place_labels(
    labels: Labels, sensors: tuple[SensorRasters, ...], placement: Placement, reporter: Reporter
) -> Places:
    """Turn labels into places for the given sensors.

    Polygons are sampled at pixel centres of the finest sensor.

    Raises:
        InputError: labels without values, of one class only, or outside the sensors.
    """
    if isinstance(labels, VectorLabels):
        places = _from_vector(labels, sensors, placement, reporter)
    else:
        places = _from_raster(labels, sensors, placement, reporter)
    stratum = places.target if places.space.task is Task.CLASSIFICATION else np.zeros(len(places), dtype=np.int64)
    chosen = choose_fairly(
        places.row, np.asarray(stratum, dtype=np.int64), placement.most, placement.seed, placement.most_per_feature
    )
    if len(chosen) < len(places):
        reporter.info("samples_capped", f"{len(chosen)} of {len(places)} labelled positions are used (MAX_SAMPLES).")
    return _grouped(places.take(chosen), reporter)


def finest(sensors: tuple[SensorRasters, ...]) -> SensorRasters:
    """The sensor with the smallest pixels on the ground."""
    return min(sensors, key=lambda sensor: sensor.scenes[0].grid.pixel_m())


def _from_vector(
    labels: VectorLabels, sensors: tuple[SensorRasters, ...], placement: Placement, reporter: Reporter
) -> Places:
    grouping = (labels.group_field,) if labels.group_field else ()
    features = read_features(labels.source, tuple(dict.fromkeys(labels.fields + grouping)))
    subject = labels.source.label()
    if features.skipped:
        reporter.warning(
            "labels_without_geometry", f"{subject}: {features.skipped} feature(s) without geometry left out."
        )
    columns = LabelColumns(
        labels.fields,
        tuple(features.field_types[name] for name in labels.fields),
        tuple(features.values[name] for name in labels.fields),
        subject,
    )
    rows, space, target = _understand(columns, placement, labels.colors, reporter)
    x, y, place_row = _positions(features, rows, finest(sensors), placement.seed, placement.most_per_feature)
    _tell_outside(len(rows) - len(np.unique(place_row)), len(rows), subject, sensors, reporter)
    groups, grouped_by = _vector_groups(labels, features, rows)
    return Places(subject, features.crs_wkt, x, y, place_row, space, target[place_row], groups[place_row], grouped_by)


def _understand(
    columns: LabelColumns, placement: Placement, colors: tuple[ClassColor, ...], reporter: Reporter
) -> tuple[Indices, LabelSpace, NDArray[np.int64] | NDArray[np.float32]]:
    """The rows that carry labels, what labels mean, and the target of each kept row."""
    rows = np.flatnonzero(known(columns)).astype(np.int64)
    without = len(columns.columns[0]) - len(rows)
    if without:
        reporter.warning(
            "labels_null",
            f"{columns.subject}: {without} label(s) without a value in {', '.join(columns.names)} left out.",
        )
    if len(rows) == 0:
        raise InputError(
            ErrorCode.LABELS_EMPTY,
            subject=columns.subject,
            found="no label with a value",
            expected="labelled points, polygons or pixels",
            remedy="Check the layer, its filter and selection, and the label field.",
        )
    kept = replace(columns, columns=tuple([column[row] for row in rows] for column in columns.columns))
    task = decide_task(kept, placement.task if placement.space is None else placement.space.task)
    space = placement.space or learn_space(kept, task, colors)
    target = encode(kept, space)
    if placement.space is None and placement.task is Task.AUTO:
        reporter.info("task_recognized", f"Task recognized from the labels: {task.value}.")
    if space.task is Task.CLASSIFICATION and (target < 0).any():
        strange = sorted({str(kept.columns[0][row]) for row in np.flatnonzero(target < 0)})
        reporter.warning(
            "classes_unknown",
            f"{columns.subject}: {int((target < 0).sum())} label(s) of classes the model does not know left out: "
            f"{', '.join(strange)}.",
        )
        rows, target = rows[target >= 0], target[target >= 0]
        if len(rows) == 0:
            raise _no_known_class(columns, space, strange)
    return rows, space, target


def _no_known_class(columns: LabelColumns, space: LabelSpace, strange: list[str]) -> InputError:
    return InputError(
        ErrorCode.LABEL_FIELD_UNSUITABLE,
        subject=f"{columns.subject}, {', '.join(columns.names)}",
        found=f"the classes {', '.join(strange[:20])}",
        expected=f"classes of the model: {', '.join(label.name for label in space.classes)}",
        remedy="Choose the field that holds the model's classes.",
    )


def _positions(
    features: Features, rows: Indices, reference: SensorRasters, seed: int, most_per_feature: int
) -> tuple[Doubles, Doubles, Indices]:
    """Positions of the kept rows in the labels' CRS; the row is counted among the kept ones."""
    if features.kind == "point":
        x, y, index = point_xy(features)
        place = np.full(len(features.geometry), -1, dtype=np.int64)
        place[rows] = np.arange(len(rows))
        kept = place[index] >= 0
        return x[kept], y[kept], place[index][kept]
    random = np.random.default_rng(seed)
    found = [_inside(features, int(row), reference, random, most_per_feature) for row in rows]
    sizes = [len(x) for x, _ in found]
    empty: Doubles = np.zeros(0)
    return (
        np.concatenate([x for x, _ in found] or [empty]),
        np.concatenate([y for _, y in found] or [empty]),
        np.repeat(np.arange(len(rows), dtype=np.int64), sizes),
    )


def _inside(
    features: Features, row: int, reference: SensorRasters, random: np.random.Generator, most: int
) -> tuple[Doubles, Doubles]:
    """At most ``most`` random pixel centres of the reference sensor inside one polygon, in the labels' CRS."""
    xs, ys = [np.zeros(0)], [np.zeros(0)]
    for scene in reference.scenes:
        rows, cols = inside_pixels(features.geometry[row], features.crs_wkt, scene.grid)
        if len(rows):
            few = random.permutation(len(rows))[:most]
            x, y = transform_xy(*scene.grid.xy_of(rows[few], cols[few]), scene.grid.crs_wkt, features.crs_wkt)
            xs.append(x)
            ys.append(y)
    x, y = np.concatenate(xs), np.concatenate(ys)
    few = random.permutation(len(x))[:most]
    return x[few], y[few]


def _tell_outside(
    outside: int, total: int, subject: str, sensors: tuple[SensorRasters, ...], reporter: Reporter
) -> None:
    if outside == total:
        raise _all_outside(subject, finest(sensors).name)
    if outside:
        reporter.warning(
            "labels_outside",
            f"{subject}: {outside} of {total} labels lie outside {finest(sensors).name} and are left out.",
        )


def _all_outside(subject: str, sensor: str) -> InputError:
    return InputError(
        ErrorCode.LABELS_OUTSIDE_SENSOR,
        subject=f"{subject} and {sensor}",
        found="no label inside the sensor's rasters",
        expected="labels that overlap the rasters of every sensor",
        remedy="Check that labels and rasters show the same place, and that their CRS are right.",
    )


def _vector_groups(labels: VectorLabels, features: Features, rows: Indices) -> tuple[Indices, str]:
    if labels.group_field:
        values = features.values[labels.group_field]
        texts = [f"feature {row}" if values[row] is None else f"value {values[row]}" for row in rows]
        _, groups = np.unique(texts, return_inverse=True)
        return groups.astype(np.int64), f"field {labels.group_field}"
    return np.arange(len(rows), dtype=np.int64), "polygon" if features.kind == "polygon" else ""


def _grouped(places: Places, reporter: Reporter) -> Places:
    """Places grouped by squares of the ground where nothing else groups them."""
    if places.grouped_by:
        return places
    groups, side_m = spatial_blocks(*places.degrees())
    size = f"{side_m / 1000:.3g} km" if side_m >= 1000 else f"{side_m:.3g} m"
    reporter.info("spatial_blocks", f"The split keeps squares of {size} together ({len(np.unique(groups))} squares).")
    return replace(places, groups=groups, grouped_by=f"spatial block of {size}")


def _from_raster(
    labels: RasterLabels, sensors: tuple[SensorRasters, ...], placement: Placement, reporter: Reporter
) -> Places:
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
        raise _all_outside(subject, ", ".join(sensor.name for sensor in sensors))
    x, y, drawn_values = drawn.kept(by_value=kind == "integer" or drawn.few_values())
    columns = LabelColumns((subject,), (kind,), (drawn_values.tolist(),), subject)
    rows, space, target = _understand(columns, placement, labels.colors, reporter)
    places = np.arange(len(rows), dtype=np.int64)
    return Places(subject, crs_wkt, x[rows], y[rows], places, space, target, places, "")


def _labelled_pixels(scene: Scene, sensors: tuple[SensorRasters, ...]) -> Iterator[tuple[Doubles, Doubles, Floats]]:
    """Blocks of positions and values of labelled pixels that every sensor's rasters enclose."""
    for window in plan_blocks(scene.grid.window(), LABEL_BLOCK_PX, scene.block_shape):
        values = scene.read(window).reshape(-1, window.rows, window.cols)[0]
        rows, cols = np.nonzero(~np.isnan(values))
        x, y = scene.grid.xy_of(rows + window.row, cols + window.col)
        inside = np.logical_and.reduce([enclosed(sensor, x, y, scene.grid.crs_wkt) for sensor in sensors])
        if inside.any():
            yield x[inside], y[inside], values[rows[inside], cols[inside]]


def enclosed(sensor: SensorRasters, x: Doubles, y: Doubles, crs_wkt: str) -> Flags:
    """Which positions lie inside the rasters of a sensor (nodata or not)."""
    inside = np.zeros(len(x), dtype=bool)
    for scene in sensor.scenes:
        row, col = scene.grid.pixel_of(*transform_xy(x, y, crs_wkt, scene.grid.crs_wkt))
        inside |= (row >= 0) & (row < scene.grid.rows) & (col >= 0) & (col < scene.grid.cols)
    return inside


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
