"""Candidate locations from a vector layer: points, and pixel centres inside polygons."""

from __future__ import annotations

import numpy as np

from ...arrays import Doubles, Indices
from ...contract import VectorLabels, thousands
from ...process import Reporter, counted
from ...raster.geo import transform_xy
from ...raster.sensors import SensorRasters
from ...raster.vectors import (
    POINTS,
    POLYGONS,
    Features,
    in_parts,
    inside_pixels,
    layer_bounds,
    overlapping,
    point_xy,
    read_features,
)
from ..labels import LabelColumns, NoClass, understand
from ..positions import finest_first
from .contradictions import log_overlapping_classes
from .grouping import feature_groups
from .label_points import DrawOptions, LabelPoints
from .outside import all_outside, where


def vector_candidates(
    labels: VectorLabels, sensors: tuple[SensorRasters, ...], draw_options: DrawOptions, reporter: Reporter
) -> LabelPoints:
    """Candidate locations: every point; of each polygon, pixel centres of the finest sensor that covers it."""
    grouping = (labels.group_field,) if labels.group_field else ()
    features = read_features(labels.source, tuple(dict.fromkeys(labels.fields + grouping)))
    subject = labels.source.label()
    if features.skipped:
        reporter.warning(
            "labels_without_geometry", f"{subject}: {counted(features.skipped, 'feature')} without geometry skipped."
        )
    columns = LabelColumns(
        labels.fields,
        tuple(features.field_types[name] for name in labels.fields),
        tuple(features.values[name] for name in labels.fields),
        subject,
    )
    rows = understand(columns, draw_options.task, draw_options.space, labels.colors, reporter, NoClass(labels.nodata))
    parts, feature = in_parts(features, rows.index.tolist())
    _log_parts(len(rows), feature, subject, features.kind, reporter)
    x, y, row, stands_for = _positions(parts, sensors, draw_options)
    if len(row) == 0:
        raise all_outside(subject, where(*layer_bounds(labels.source)), sensors)
    _log_outside(len(rows) - len(np.unique(feature[row])), len(rows), subject, reporter)
    every = range(len(parts))
    sharing = overlapping(parts, every) if parts.kind == POLYGONS else np.array(every, dtype=np.int64)
    log_overlapping_classes(sharing, rows.target[feature], rows.space, reporter)
    groups, grouped_by = feature_groups(labels, parts, sharing, draw_options.split_by, reporter)
    target = rows.target[feature[row]]
    return LabelPoints(subject, features.crs_wkt, x, y, row, rows.space, target, groups[row], grouped_by, stands_for)


def _positions(
    parts: Features, sensors: tuple[SensorRasters, ...], draw_options: DrawOptions
) -> tuple[Doubles, Doubles, Indices, Doubles]:
    """x, y (candidate,) in the labels' CRS, the part each belongs to, the number of pixels or points it represents."""
    if parts.kind == POINTS:
        x, y, part = point_xy(parts)
        return x, y, part, np.ones(len(part))
    random = np.random.default_rng(draw_options.seed)
    ordered = finest_first(sensors)
    found = [_inside_finest(parts, at, ordered, random, draw_options.most_per_feature) for at in range(len(parts))]
    sizes = [len(x) for x, _, _ in found]
    empty: Doubles = np.zeros(0)
    return (
        np.concatenate([x for x, _, _ in found] or [empty]),
        np.concatenate([y for _, y, _ in found] or [empty]),
        np.repeat(np.arange(len(parts), dtype=np.int64), sizes),
        np.repeat([pixels / max(len(x), 1) for x, _, pixels in found], sizes),
    )


def _inside_finest(
    features: Features, row: int, sensors: tuple[SensorRasters, ...], random: np.random.Generator, most: int
) -> tuple[Doubles, Doubles, int]:
    """Candidates in one polygon, from the first sensor with a pixel centre inside it, and the number of its pixels."""
    for sensor in sensors:
        x, y, pixels = _inside(features, row, sensor, random, most)
        if pixels:
            break
    return x, y, pixels


def _inside(
    features: Features, row: int, reference: SensorRasters, random: np.random.Generator, most: int
) -> tuple[Doubles, Doubles, int]:
    """At most ``most`` random pixel centres of a sensor inside a polygon (labels' CRS), and the number of all."""
    xs, ys, pixels = [np.zeros(0)], [np.zeros(0)], 0
    for scene in reference.scenes:
        rows, cols = inside_pixels(features.geometry[row], features.crs_wkt, scene.grid)
        pixels += len(rows)
        if len(rows):
            few = random.permutation(len(rows))[:most]
            x, y = transform_xy(*scene.grid.xy_of(rows[few], cols[few]), scene.grid.crs_wkt, features.crs_wkt)
            xs.append(x)
            ys.append(y)
    x, y = np.concatenate(xs), np.concatenate(ys)
    few = random.permutation(len(x))[:most]
    return x[few], y[few], pixels


def _log_parts(features: int, feature: Indices, subject: str, kind: str, reporter: Reporter) -> None:
    """Log that multipart features are split into their parts."""
    several = int((np.bincount(feature, minlength=features) > 1).sum())
    if several:
        reporter.info(
            "features_in_parts",
            f"{subject}: multipart features: {thousands(several)} of {thousands(features)}; each of the "
            f"{thousands(len(feature))} parts is treated as a separate {kind} in sampling and in the split.",
        )


def _log_outside(outside: int, total: int, subject: str, reporter: Reporter) -> None:
    if outside:
        reporter.warning(
            "labels_outside",
            f"{subject}: {thousands(outside)} of {thousands(total)} labels are outside all sensors and are excluded.",
        )
