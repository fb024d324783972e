"""Conversion between samples and rasters, for images and series alike."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ..arrays import Floats
from ..contract import SampleShape


def band_first(values: Floats, shape: SampleShape) -> Tensor:
    """Sample values as a tensor with bands on axis 1; shares memory with ``values`` if possible."""
    return torch.from_numpy(np.require(values, np.float32, ["C", "W"])).movedim(shape.band_axis, 1)


def as_raster(samples: Tensor, shape: SampleShape) -> Tensor:
    """Samples (bands on axis 1) as a raster: images as is, series (sample, band, date) as (1, band, date, sample)."""
    return samples if shape.has_space else samples.permute(1, 2, 0).unsqueeze(0)


def of_samples(raster: Tensor, shape: SampleShape) -> Tensor:
    """Outputs (batch, output, row, col) of such a raster as (sample, output)."""
    flat = raster.flatten(2)
    return flat[:, :, 0] if shape.has_space else flat[0].T


def pixel_valid(valid: Tensor, shape: SampleShape) -> Tensor:
    """Validity (batch, 1, row, col) of the output pixels, from that of the values (batch, 1, date or row, …).

    A series is valid if any of its dates is; for images, the halo is removed.
    """
    pixels = valid.any(dim=2, keepdim=True) if shape.has_dates else valid
    return without_halo(pixels, shape) if shape.has_space else pixels


def without_halo(raster: Tensor, shape: SampleShape) -> Tensor:
    """(batch, …, row, col) without the halo."""
    inner = slice(shape.halo_px, -shape.halo_px or None)
    return raster[:, :, inner, inner]
