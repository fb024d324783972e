"""From labels to the places that become samples: candidates, those the sensors enclose, a fair draw, groups."""

from __future__ import annotations

import numpy as np

from ...contract.job import Labels, Task, VectorLabels
from ...process.reporting import Reporter
from ...raster.sensors.open import SensorRasters
from ..positions import combination_codes
from ..sample_set import Doubles, Flags, Indices
from .class_shares import with_shares
from .grouping import grouped, require_groups
from .label_points import Placement, Places
from .outside import inside_any
from .raster_labels import raster_places
from .stratified_sample import stratified_sample
from .vector_labels import vector_places


def place_labels(
    labels: Labels, sensors: tuple[SensorRasters, ...], placement: Placement, reporter: Reporter
) -> Places:
    """Turn labels into places for the given sensors.

    Polygons are sampled at pixel centres of the finest sensor that shows them. Every place lies in the rasters of some
    sensor, not necessarily of all.

    Raises:
        InputError: labels without values, of one class only, or outside some sensor altogether.
        JobError: labels that cannot be split as asked.
    """
    require_groups(labels, placement.split_by)
    if isinstance(labels, VectorLabels):
        candidates = vector_places(labels, sensors, placement, reporter)
    else:
        candidates = raster_places(labels, sensors, placement, reporter)
    places, inside = inside_any(candidates, sensors, reporter)
    if placement.space is None:  # else the shares are those the model was trained by
        places = with_shares(places, reporter)
    classes, seen_by, rate = _strata(places, inside, placement)
    chosen = stratified_sample(
        places.row, classes, placement.most, placement.seed, placement.most_per_feature, within=seen_by, rate=rate
    )
    reporter.info(
        "samples_drawn",
        f"{len(chosen)} positions drawn from the labels: at most {placement.most} (MAX_SAMPLES), and at most "
        f"{placement.most_per_feature} in one polygon.",
    )
    if len(np.unique(classes)) > 1 and len(chosen) < len(places):
        reporter.info(
            "classes_evened",
            "Where not all labels were taken, classes were drawn evenly: their shares among the samples are not those "
            "of the labels. Probabilities and accuracies are weighted by the labels' own shares. OPTIMIZE=accuracy "
            "draws labels as they are.",
        )
    return grouped(places.take(chosen), placement.split_by, placement.patch_m, reporter)


def _strata(places: Places, inside: Flags, placement: Placement) -> tuple[Indices, Indices, Doubles | None]:
    """What is filled evenly (place,): the classes; in each the combinations of sensors, by their rates; or nothing."""
    nothing = np.zeros(len(places), dtype=np.int64)
    if placement.as_they_are:
        return nothing, nothing, None
    classes = np.asarray(places.target, dtype=np.int64) if places.space.task is Task.CLASSIFICATION else nothing
    seen_by = combination_codes(inside)
    return classes, seen_by, sensor_rates(classes, seen_by, inside, places.weights)


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
