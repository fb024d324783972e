"""Spectral projections: dimensionality reduction before the encoder of sensors with many bands."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ....arrays import Floats

MANY_BANDS = 64  # sensors with more are reduced first
LEARNED_COMPONENTS = 64


@dataclass(frozen=True)
class Reduction:
    """A linear map of standardized bands, fitted on training samples: ``weights`` (component, band), float32."""

    weights: Floats


class SpectralProjection(nn.Module):
    """The bands of every pixel (or date) to fewer components; invalid ones stay 0.

    Args:
        components: number of components.
    """

    def __init__(self, components: int) -> None:
        super().__init__()
        self.components = components

    def forward(self, values: Tensor, valid: Tensor) -> Tensor:
        """Standardized (batch, band, …) with validity (batch, 1, …) to (batch, component, …); … is one axis or two."""
        if values.dim() == 3:
            return self._reduced(values.unsqueeze(3), valid.unsqueeze(3)).squeeze(3)
        return self._reduced(values, valid)

    def _reduced(self, raster: Tensor, valid: Tensor) -> Tensor:
        """(batch, band, row, col) to (batch, component, row, col)."""
        raise NotImplementedError


class LearnedProjection(SpectralProjection):
    """Trained with the network: linear layer, batch normalization, ReLU."""

    def __init__(self, bands: int, components: int = LEARNED_COMPONENTS) -> None:
        super().__init__(components)
        self.conv = nn.Conv2d(bands, components, 1, bias=False)
        self.batchnorm = nn.BatchNorm2d(components)

    def _reduced(self, raster: Tensor, valid: Tensor) -> Tensor:
        return torch.where(valid, F.relu(self.batchnorm(self.conv(raster))), 0.0)


class FittedProjection(SpectralProjection):
    """Fitted before training and fixed. It has no offset, so that 0, the mean of every band, stays 0."""

    weights: Tensor

    def __init__(self, reduction: Reduction) -> None:
        super().__init__(len(reduction.weights))
        self.register_buffer("weights", torch.from_numpy(reduction.weights).float())

    def _reduced(self, raster: Tensor, valid: Tensor) -> Tensor:
        return F.conv2d(raster, self.weights[:, :, None, None])
