"""What the headers of a training's inputs show before anything is loaded that takes seconds to load.

Importing torch takes about five seconds, and more on a busy machine. Whoever put bands of two pixel sizes into one
sensor, or labels of another place, is refused before that. The same checks are made again, and reported, by the
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

_HAIR = 1e-9  # of a coordinate: a millimetre or so


class _Silent:
    """A sink for what the training itself will say."""

    def send(self, event: Event) -> None:
        """Do nothing."""


def check_headers(job: TrainJob) -> None:
    """Refuse sensors that cannot be opened as described, and labels that none of a sensor's rasters can enclose.

    Raises:
        InputError: as :func:`.open_sensors` raises; LABELS_OUTSIDE_SENSOR, LABELS_UNREADABLE, LABELS_WITHOUT_CRS.
    """
    sensors = open_sensors(job.sensors, job.labels, Reporter(_Silent()))
    if isinstance(job.labels, VectorLabels):
        _require_overlap(job.labels, sensors)


def _require_overlap(labels: VectorLabels, sensors: tuple[SensorRasters, ...]) -> None:
    """By the extent of the whole layer, which is known without reading it: exact checks follow in the training."""
    bounds, crs = layer_bounds(labels.source)
    if not np.isfinite(bounds).all():
        return
    for sensor in sensors:
        # What a file says of its extent may be old: before anything is refused, the features themselves are asked.
        if _misses(bounds, crs, sensor) and _misses(_bounds_of_features(labels), crs, sensor):
            raise all_outside(labels.source.label(), where(bounds, crs), sensors, sensor.name)


def _misses(bounds: Bounds, crs: str, sensor: SensorRasters) -> bool:
    """Whether a rectangle, grown by a hair (that of a single point has no size), meets none of a sensor's rasters."""
    hair = _HAIR * max(map(abs, bounds))
    grown = Bounds(bounds.x_min - hair, bounds.y_min - hair, bounds.x_max + hair, bounds.y_max + hair)
    return all(window_over(grown, crs, scene.grid) is None for scene in sensor.scenes)


def _bounds_of_features(labels: VectorLabels) -> Bounds:
    corners = np.concatenate([coordinates(each) for each in read_features(labels.source).geometry])
    (x_min, y_min), (x_max, y_max) = corners.min(axis=0)[:2], corners.max(axis=0)[:2]
    return Bounds(x_min, y_min, x_max, y_max)
