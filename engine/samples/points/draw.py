"""From labels to sample locations: candidates, sensor coverage, stratified sampling, groups for the split."""

from __future__ import annotations

import numpy as np

from ...arrays import Doubles, Flags, Indices
from ...contract import Labels, VectorLabels, thousands
from ...process import Reporter
from ...raster.sensors import SensorRasters
from ..positions import combination_codes
from .class_shares import with_shares
from .grouping import grouped, require_groups
from .label_points import DrawOptions, LabelPoints
from .outside import inside_any
from .raster_labels import raster_candidates
from .stratified_sample import stratified_sample
from .vector_labels import vector_candidates


def draw_label_points(
    labels: Labels, sensors: tuple[SensorRasters, ...], draw_options: DrawOptions, reporter: Reporter
) -> LabelPoints:
    """Draw sample locations from labels.

    Points are used as they are. Polygons are sampled at the pixel centres of the finest sensor that covers them, label
    rasters at their own pixel centres. Every location is covered by at least one sensor, not necessarily by all.

    Raises:
        InputError: labels without values, of a single class, or entirely outside one of the sensors.
        JobError: the labels cannot be split as requested.
    """
    require_groups(labels, draw_options.split_by)
    if isinstance(labels, VectorLabels):
        candidates = vector_candidates(labels, sensors, draw_options, reporter)
    else:
        candidates = raster_candidates(labels, sensors, draw_options, reporter)
    points, inside = inside_any(candidates, sensors, reporter)
    if draw_options.space is None:  # otherwise the shares are those of the model's training
        points = with_shares(points, reporter)
    classes, seen_by, rate = _strata(points, inside, draw_options)
    chosen = stratified_sample(
        points.row,
        classes,
        draw_options.most,
        draw_options.seed,
        draw_options.most_per_feature,
        within=seen_by,
        rate=rate,
    )
    _log_draw(len(chosen), points, classes, draw_options, reporter)
    return grouped(points.take(chosen), draw_options.split_by, draw_options.patch_m, reporter)


def _log_draw(
    chosen: int, candidates: LabelPoints, classes: Indices, draw_options: DrawOptions, reporter: Reporter
) -> None:
    are_polygons = len(np.unique(candidates.row)) < len(candidates)
    of_each = f", and at most {draw_options.most_per_feature} per polygon" if are_polygons else ""
    reporter.info(
        "samples_drawn",
        f"{thousands(chosen)} samples drawn from the labels: at most {thousands(draw_options.most)} (MAX_SAMPLES)"
        f"{of_each}.",
    )
    if len(np.unique(classes)) > 1 and chosen < len(candidates):
        reporter.info(
            "classes_evened",
            "Where not all labels are used, classes are sampled evenly, so class proportions of the samples differ "
            "from those of the labels. Probabilities and accuracies are weighted back to the proportions of the "
            "labels. OPTIMIZE=accuracy samples labels in proportion.",
        )


def _strata(points: LabelPoints, inside: Flags, draw_options: DrawOptions) -> tuple[Indices, Indices, Doubles | None]:
    """Strata (candidate,): class, sensor combination within the class, and sampling rates of the combinations.

    All are 0, and rates None, if samples are to be drawn in proportion (``as_they_are``).
    """
    nothing = np.zeros(len(points), dtype=np.int64)
    if draw_options.as_they_are:
        return nothing, nothing, None
    classes = np.asarray(points.target, dtype=np.int64) if points.space.task.one_class else nothing
    seen_by = combination_codes(inside)
    return classes, seen_by, sensor_rates(classes, seen_by, inside, points.weights)


def sensor_rates(stratum: Indices, seen_by: Indices, inside: Flags, weight: Doubles) -> Doubles:
    """Sampling rate (candidate,) of each sensor combination within its class, relative to the other combinations.

    The rate is the combination's labelled area times an oversampling factor: the inverse of the share of the labelled
    area that is covered by its sensor with the least coverage. A sensor with small coverage thus gets about as many
    samples as the others, while a strip that lacks one of the sensors is not oversampled.

    Args:
        stratum: (candidate,) class index.
        seen_by: (candidate,) code of the sensor combination.
        inside: (candidate, sensor) whether the sensor covers the candidate; at least one does.
        weight: (candidate,) number of labelled pixels or points that the candidate represents.
    """
    shown = weight @ inside / weight.sum()
    need = np.where(inside, 1 / np.maximum(shown, 1e-12), 0.0).max(axis=1)
    pair = np.unique(np.stack([stratum, seen_by]), axis=1, return_inverse=True)[1].reshape(-1)
    rate: Doubles = np.bincount(pair, weight * need)[pair]
    return rate
