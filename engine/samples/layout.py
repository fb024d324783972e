"""The layout of samples as input of graphs, and of graphs' outputs as one row per sample."""

from __future__ import annotations

import numpy as np

from ..arrays import Floats
from ..contract import SampleShape


def raster_of(samples: Floats, shape: SampleShape) -> Floats:
    """Samples in the layout graphs take: images as a batch, series (sample, date, band) as (1, band, date, pixel)."""
    return samples if shape.has_space else np.ascontiguousarray(samples.transpose(2, 1, 0))[np.newaxis]


def rows_of(scores: Floats, shape: SampleShape) -> Floats:
    """The outputs for such a raster, (batch, output, row, col) or (1, output, pixel), as (sample, output)."""
    flat = scores.reshape(*scores.shape[:2], -1)
    return flat[:, :, 0] if shape.has_space else flat[0].T


def pixels_of(samples: Floats, shape: SampleShape) -> Floats:
    """Every pixel or date with its bands along the last axis: (sample, row, col, band) or (sample, date, band)."""
    return np.moveaxis(samples, shape.band_axis, -1)
