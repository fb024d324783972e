"""From labels to sample locations: candidates, coverage by sensors, a balanced draw, groups."""

from __future__ import annotations

import numpy as np

from ...arrays import Doubles, Flags, Indices
from ...contract import Labels, VectorLabels
from ...process import Reporter
from ...raster.sensors import SensorRasters
from ..positions import combination_codes
from .class_shares import with_shares
from .grouping import grouped, require_groups
from .label_points import DrawOptions, LabelPoints
from .outside import inside_any
from .raster_labels import raster_places
from .stratified_sample import stratified_sample
from .vector_labels import vector_places


def draw_label_points(
    labels: Labels, sensors: tuple[SensorRasters, ...], draw_options: DrawOptions, reporter: Reporter
) -> LabelPoints:
    """Turn labels into sample locations for the given sensors.

    Polygons are sampled at pixel centres of the finest sensor that covers them. Every location is covered by some
    sensor, not necessarily of all.

    Raises:
        InputError: labels without values, of one class only, or outside some sensor altogether.
        JobError: labels that cannot be split as requested.
    """
    require_groups(labels, draw_options.split_by)
    if isinstance(labels, VectorLabels):
        candidates = vector_places(labels, sensors, draw_options, reporter)
    else:
        candidates = raster_places(labels, sensors, draw_options, reporter)
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
    _log_draw(len(chosen), len(points), classes, draw_options, reporter)
    return grouped(points.take(chosen), draw_options.split_by, draw_options.patch_m, reporter)


def _log_draw(chosen: int, candidates: int, classes: Indices, draw_options: DrawOptions, reporter: Reporter) -> None:
    reporter.info(
        "samples_drawn",
        f"{chosen} samples drawn from the labels: at most {draw_options.most} (MAX_SAMPLES), and at most "
        f"{draw_options.most_per_feature} per polygon.",
    )
    if len(np.unique(classes)) > 1 and chosen < candidates:
        reporter.info(
            "classes_evened",
            "Where not all labels are used, classes are sampled evenly, so class proportions of the samples differ "
            "from those of the labels. Probabilities and accuracies are weighted back to the proportions of the "
            "labels. OPTIMIZE=accuracy samples labels in proportion.",
        )


def _strata(points: LabelPoints, inside: Flags, draw_options: DrawOptions) -> tuple[Indices, Indices, Doubles | None]:
    """What is filled evenly (place,): the classes; in each the combinations of sensors, by their rates; or nothing."""
    nothing = np.zeros(len(points), dtype=np.int64)
    if draw_options.as_they_are:
        return nothing, nothing, None
    classes = np.asarray(points.target, dtype=np.int64) if points.space.task.one_class else nothing
    seen_by = combination_codes(inside)
    return classes, seen_by, sensor_rates(classes, seen_by, inside, points.weights)


def sensor_rates(stratum: Indices, seen_by: Indices, inside: Flags, weight: Doubles) -> Doubles:
    """What each combination of sensors is to get within its stratum (place,), relative to the others.

    Its ground, times what the sensor of it that shows least needs to be drawn as often as one that shows everything. A
    sensor that shows a small part of the ground gets about as many samples as the others; a strip that some sensor
    lacks gets no more than its ground, for the others show plenty beside it.

    Args:
        stratum: (place,) the class.
        seen_by: (place,) the combination of sensors, as a number.
        inside: (place, sensor) which sensors show it; some sensor does.
        weight: (place,) how much ground each place stands for.
    """
    shown = weight @ inside / weight.sum()
    need = np.where(inside, 1 / np.maximum(shown, 1e-12), 0.0).max(axis=1)
    pair = np.unique(np.stack([stratum, seen_by]), axis=1, return_inverse=True)[1].reshape(-1)
    rate: Doubles = np.bincount(pair, weight * need)[pair]
    return rate
