"""Accuracy and class areas of a map, estimated from labels that are a sample of it (Olofsson et al. 2014)."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..arrays import Doubles, Indices
from ..contract import (
    M2_PER_HECTARE,
    CoLearnError,
    ErrorCode,
    EvaluateJob,
    LabelClass,
    Level,
    Manifest,
    RasterSource,
    about,
    thousands,
    unsure_beside,
)
from ..learning.metrics import AreaAccuracy, AreaEstimate, area_accuracy
from ..process import NullSink, Reporter
from ..raster.geo import is_even
from ..samples.points import DrawOptions, LabelPoints, draw_label_points
from .class_map import UNSURE, ClassMap, MappedAreas, open_class_map, unsuitable

_FEW = 2  # labels per map class that an interval requires


def require_classes(manifest: Manifest) -> None:
    """Refuse to assess a map if the model is not a classification.

    Raises:
        InputError: MAP_UNSUITABLE.
    """
    if not manifest.task.one_class:
        raise unsuitable(
            "MAP",
            f"a map, and a model for {manifest.task.value}",
            "a model with one class per pixel",
            "Leave MAP empty: area-weighted accuracy exists for class maps only.",
        )


def map_accuracy(job: EvaluateJob, source: RasterSource, draw_options: DrawOptions, reporter: Reporter) -> AreaAccuracy:
    """Accuracies and areas of the job's map, estimated from the job's labels; classes in the model's order.

    Labels are sampled on the map's own pixels, whichever sensor is evaluated.

    Raises:
        InputError: a map of other classes, or without labels on it.
    """
    classes = draw_options.space.classes if draw_options.space else ()
    nodata = draw_options.space.nodata if draw_options.space else 0
    class_map = open_class_map(source, classes, unsure_beside(classes, nodata), job.map_band)
    _log_map(class_map, reporter)
    areas = class_map.areas(lambda fraction: reporter.progress(0.8 * fraction, "Measuring the map"))
    _log_unsure(areas, class_map.name, reporter)
    points = _on_map(job, class_map, draw_options, reporter)
    reporter.progress(0.9, "Reading the map at the labels")
    shown = class_map.classes_at(points.positions)
    class_map.rasters.require_unchanged()
    counts = _counts(shown, points, len(classes), class_map.name, reporter)
    sampled = counts.sum(axis=1) > 0
    areas_m2 = areas.classes_m2
    _log_gaps(classes, counts, areas_m2, reporter)
    clustered = _log_polygons(points.take(shown >= 0), reporter)
    found = replace(area_accuracy(counts, np.where(sampled, areas_m2, 0), 1.0), clustered=clustered)
    _log_found(found, class_map, int(counts.sum()), reporter)
    return found


def area_numbers(classes: tuple[LabelClass, ...], found: AreaAccuracy) -> dict[str, float]:
    """The estimates by output name of the algorithm, class estimates with the class name; areas in hectares."""
    overall = found.overall.estimate()
    numbers = {"AREA_ACCURACY": overall.value, "AREA_ACCURACY_LOW": overall.low, "AREA_ACCURACY_HIGH": overall.high}
    for at, label in enumerate(classes):
        area, error = found.areas_m2[at].value, found.areas_m2[at].standard_error
        numbers[f"AREA_HA:{label.name}"] = area / M2_PER_HECTARE
        numbers[f"AREA_HA_ERROR:{label.name}"] = error / M2_PER_HECTARE
        numbers[f"USERS_ACCURACY:{label.name}"] = found.users[at].value
        numbers[f"PRODUCERS_ACCURACY:{label.name}"] = found.producers[at].value
    return {name: value for name, value in numbers.items() if value is not None and math.isfinite(value)}


def _on_map(job: EvaluateJob, class_map: ClassMap, draw_options: DrawOptions, reporter: Reporter) -> LabelPoints:
    """The labels on the map; only warnings that were not logged before are logged."""
    unlogged = Reporter(NullSink())
    try:
        points = draw_label_points(job.labels, (class_map.rasters,), draw_options, unlogged)
    except CoLearnError as error:
        if error.code is not ErrorCode.LABELS_OUTSIDE_SENSOR:
            raise
        remedy = "Check that labels and map cover the same area and that their CRSs are correct, or leave MAP empty."
        raise unsuitable(error.subject, error.found, "labels on the map", remedy) from error
    before = reporter.texts(Level.WARNING)
    for note in unlogged.notes:
        if note.level is Level.WARNING and note.text not in before:
            reporter.warning(note.code, note.text)
    return points


def _counts(shown: Indices, points: LabelPoints, classes: int, name: str, reporter: Reporter) -> NDArray[np.int64]:
    """Confusion matrix of the labels (map class, reference class); labels on nodata or unsure pixels are excluded."""
    mapped = shown >= 0
    unsure = int((shown == UNSURE).sum())
    if not mapped.any():
        raise unsuitable(
            f"{points.subject} and {name}",
            f"{'nodata or unsure pixels' if unsure else 'nodata'} of the map at all {thousands(len(points))} labelled "
            f"locations",
            "labels on mapped pixels",
            "Choose the map that the labels were drawn from, or leave MAP empty.",
        )
    for code, count, what in (
        ("map_nodata", int((~mapped).sum()) - unsure, "nodata"),
        ("map_unsure_labels", unsure, "unsure pixels"),
    ):
        if count:
            reporter.warning(
                code,
                f"{thousands(count)} of {thousands(len(points))} labelled locations are on {what} of {name} and are "
                f"excluded from its accuracy.",
            )
    cell = shown[mapped] * classes + points.target[mapped].astype(np.int64)
    return np.bincount(cell, minlength=classes * classes).reshape(classes, classes)


def _log_map(class_map: ClassMap, reporter: Reporter) -> None:
    """Warn if the legend does not match the model's classes, or if areas cannot be measured in the map's CRS."""
    strange = class_map.strange_names()
    if strange:
        reporter.warning("map_names", f"{class_map.name}: {'; '.join(strange)}. Is it a map of this model?")
    if class_map.blank:
        codes = ", ".join(map(str, class_map.blank))
        reporter.warning(
            "map_blank", f"{class_map.name}: {codes} is “no class” in its legend and is treated as nodata."
        )
    if not is_even(class_map.scene.grid):
        reporter.warning(
            "map_scale",
            f"{class_map.name}: its CRS is not defined over its whole grid, so all pixels are counted with the area of "
            f"the centre pixel. For true areas, use a map in an equal-area CRS.",
        )


def _log_unsure(areas: MappedAreas, name: str, reporter: Reporter) -> None:
    """Log how much of the map shows no class because it is unsure."""
    if areas.unsure_m2:
        share = areas.unsure_m2 / (areas.unsure_m2 + areas.classes_m2.sum())
        reporter.warning(
            "map_unsure",
            f"{name}: {about(areas.unsure_m2 / M2_PER_HECTARE, 4)} ha ({100 * share:.1f} % of the valid area) "
            f"are unsure and count as not mapped. Accuracy and areas refer to the rest of the map.",
        )


def _log_gaps(
    classes: tuple[LabelClass, ...], counts: NDArray[np.int64], areas_m2: Doubles, reporter: Reporter
) -> None:
    """Log mapped classes without labels, which are left out, and those with too few labels for an interval."""
    drawn = counts.sum(axis=1)
    missed = (areas_m2 > 0) & (drawn == 0)
    if missed.any():
        names = ", ".join(classes[at].name for at in np.flatnonzero(missed))
        area_m2, share = areas_m2[missed].sum(), areas_m2[missed].sum() / areas_m2.sum()
        reporter.warning(
            "map_classes_unsampled",
            f"No label is on pixels mapped as {names} ({about(area_m2 / M2_PER_HECTARE, 4)} ha, "
            f"{100 * share:.1f} % of the map): the accuracy of that part is unknown. Accuracy and areas refer to the "
            f"rest of the map.",
        )
    few = (drawn > 0) & (drawn < _FEW)
    if few.any():
        names = ", ".join(classes[at].name for at in np.flatnonzero(few))
        reporter.warning(
            "map_classes_scarce", f"Only one label is on pixels mapped as {names}: too few for an interval."
        )


def _log_polygons(points: LabelPoints, reporter: Reporter) -> bool:
    """Whether several labels are from one polygon, and thus not independent; this is logged."""
    features = len(np.unique(points.row))
    if features < len(points):
        reporter.warning(
            "map_clusters",
            f"The map is assessed at {thousands(len(points))} pixels of only {thousands(features)} polygons. Pixels of "
            f"one polygon are correlated, so the confidence intervals of accuracy and areas are too narrow. Use points "
            f"drawn at random within each class of the map.",
        )
    return features < len(points)


def _log_found(found: AreaAccuracy, class_map: ClassMap, labels: int, reporter: Reporter) -> None:
    right = _plus_minus(found.overall, 100, "%")
    reporter.info(
        "map_accuracy",
        f"{class_map.name}: overall accuracy {right} of the mapped area, from {thousands(labels)} labels treated as a "
        f"stratified random sample, with the classes of the map as strata (Olofsson et al. 2014).",
    )
    areas = [
        f"{label.name} {_plus_minus(area, 1 / M2_PER_HECTARE, 'ha')}"
        for label, area in zip(class_map.classes, found.areas_m2, strict=True)
        if area.value > 0
    ]
    caveat = " The intervals are too narrow: the labels are pixels of polygons." if found.clustered else ""
    reporter.info("map_areas", f"Error-adjusted areas: {', '.join(areas)}.{caveat}")


def _plus_minus(estimate: AreaEstimate, factor: float, unit: str) -> str:
    """The estimate and half its 95 % interval as text."""
    value, half = factor * estimate.value, factor * (estimate.interval[1] - estimate.value)
    if math.isnan(half) or half <= 0:
        return f"{about(value, 4)} {unit}"
    form = f".{max(0, 1 - math.floor(math.log10(half)))}f"  # two significant digits of the half interval
    return f"{thousands(value, form)} ± {thousands(half, form)} {unit}"
