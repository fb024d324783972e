"""From labels to the places that become samples: candidates, those the sensors enclose, a fair draw, groups."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..contract.job import Labels, Task, VectorLabels
from ..raster.sensor import SensorRasters
from ..reporting import Reporter
from .outside import inside_all
from .places import Placement, Places
from .quota import choose_fairly
from .raster_places import raster_places
from .sample_set import Indices
from .split import spatial_blocks
from .vector_places import vector_places


def place_labels(
    labels: Labels, sensors: tuple[SensorRasters, ...], placement: Placement, reporter: Reporter
) -> Places:
    """Turn labels into places for the given sensors.

    Polygons are sampled at pixel centres of the finest sensor.

    Raises:
        InputError: labels without values, of one class only, or outside the sensors.
    """
    if isinstance(labels, VectorLabels):
        candidates = vector_places(labels, finest(sensors), placement, reporter)
    else:
        candidates = raster_places(labels, sensors, placement, reporter)
    places = inside_all(candidates, sensors, reporter)
    chosen = choose_fairly(
        places.row, _strata(places, placement), placement.most, placement.seed, placement.most_per_feature
    )
    reporter.info(
        "samples_drawn",
        f"{len(chosen)} positions drawn from the labels: at most {placement.most} (MAX_SAMPLES), and at most "
        f"{placement.most_per_feature} in one polygon.",
    )
    return _grouped(places.take(chosen), reporter)


def _strata(places: Places, placement: Placement) -> Indices:
    """What is filled evenly: the classes, or nothing."""
    if placement.as_they_are or places.space.task is not Task.CLASSIFICATION:
        return np.zeros(len(places), dtype=np.int64)
    return np.asarray(places.target, dtype=np.int64)


def finest(sensors: tuple[SensorRasters, ...]) -> SensorRasters:
    """The sensor with the smallest pixels on the ground."""
    return min(sensors, key=lambda sensor: sensor.scenes[0].grid.pixel_m())


def _grouped(places: Places, reporter: Reporter) -> Places:
    """Places grouped by squares of the ground where nothing else groups them."""
    if places.grouped_by:
        return places
    groups, side_m = spatial_blocks(*places.degrees())
    size = f"{side_m / 1000:.3g} km" if side_m >= 1000 else f"{side_m:.3g} m"
    reporter.info("spatial_blocks", f"The split keeps squares of {size} together ({len(np.unique(groups))} squares).")
    return replace(places, groups=groups, grouped_by=f"spatial block of {size}")
