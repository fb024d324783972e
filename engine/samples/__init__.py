"""From labels to samples: arrays that learning works on, wherever they come from."""

from __future__ import annotations

from .ground_plane import ground_plane_m
from .layout import pixels_of, raster_of, rows_of
from .sample_set import Footprints, Lattice, SampleSet, SensorSamples, Split
from .unlabelled import Unlabelled, as_samples

__all__ = [
    "Footprints",
    "Lattice",
    "SampleSet",
    "SensorSamples",
    "Split",
    "Unlabelled",
    "as_samples",
    "ground_plane_m",
    "pixels_of",
    "raster_of",
    "rows_of",
]
