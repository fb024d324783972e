"""Checks of the headers of a training's inputs, before slow imports.

Importing torch takes about five seconds, and more on a busy machine. Errors such as bands of two pixel sizes in one
sensor, or labels of another area, are reported before that. The same checks are repeated, and logged, by the
training itself.
"""

from __future__ import annotations

import numpy as np

from ..contract import Event, TrainJob, VectorLabels
from ..process import Reporter
from ..raster.geo import Bounds
from ..raster.sensors import SensorRasters
from ..raster.vectors import coordinates, layer_bounds, read_features, window_over
from ..samples.points import all_outside, where
from .sensors import open_sensors

_HAIR = 1e-9  # of a coordinate: about a millimetre


class _Silent:
    """A sink that discards what the training itself will report."""

    def send(self, event: Event) -> None:
        """Do nothing."""


def check_headers(job: TrainJob) -> None:
    """Reject sensors that cannot be opened as specified, and labels outside all rasters of a sensor.

    Raises:
        InputError: as :func:`.open_sensors` raises; LABELS_OUTSIDE_SENSOR, LABELS_UNREADABLE, LABELS_WITHOUT_CRS.
    """
    sensors = open_sensors(job.sensors, job.labels, Reporter(_Silent()))
    if isinstance(job.labels, VectorLabels):
        _require_overlap(job.labels, sensors)


def _require_overlap(labels: VectorLabels, sensors: tuple[SensorRasters, ...]) -> None:
    """Check by the layer's extent, known without reading the layer: exact checks follow in the training."""
    bounds, crs = layer_bounds(labels.source)
    if not np.isfinite(bounds).all():
        return
    for sensor in sensors:
        # The extent in a file may be outdated: before labels are rejected, it is computed from the features.
        if _misses(bounds, crs, sensor) and _misses(_bounds_of_features(labels), crs, sensor):
            raise all_outside(labels.source.label(), where(bounds, crs), sensors, sensor.name)


def _misses(bounds: Bounds, crs: str, sensor: SensorRasters) -> bool:
    """Whether a slightly enlarged rectangle (that of a point has no area) intersects none of a sensor's rasters."""
    hair = _HAIR * max(map(abs, bounds))
    grown = Bounds(bounds.x_min - hair, bounds.y_min - hair, bounds.x_max + hair, bounds.y_max + hair)
    return all(window_over(grown, crs, scene.grid) is None for scene in sensor.scenes)


def _bounds_of_features(labels: VectorLabels) -> Bounds:
    corners = np.concatenate([coordinates(each) for each in read_features(labels.source).geometry])
    (x_min, y_min), (x_max, y_max) = corners.min(axis=0)[:2], corners.max(axis=0)[:2]
    return Bounds(x_min, y_min, x_max, y_max)
