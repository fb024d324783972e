"""Fewer bands: what stands before the encoder of a sensor with very many of them."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ....arrays import Floats

MANY_BANDS = 64  # a sensor with more is reduced first
LEARNED_COMPONENTS = 64


@dataclass(frozen=True)
class Reduction:
    """A linear map of standardized bands, fitted on training samples: ``weights`` (component, band)."""

    weights: Floats


class SpectralProjection(nn.Module):
    """Every pixel (or date) from its bands to fewer components; what is invalid stays 0.

    Args:
        components: how many come out.
    """

    def __init__(self, components: int) -> None:
        super().__init__()
        self.components = components

    def forward(self, values: Tensor, valid: Tensor) -> Tensor:
        """Standardized (batch, band, …) with validity (batch, 1, …) to (batch, component, …); two axes … or one."""
        if values.dim() == 3:
            return self._reduced(values.unsqueeze(3), valid.unsqueeze(3)).squeeze(3)
        return self._reduced(values, valid)

    def _reduced(self, raster: Tensor, valid: Tensor) -> Tensor:
        """(batch, band, row, col) to (batch, component, row, col)."""
        raise NotImplementedError


class LearnedProjection(SpectralProjection):
    """Learned with the rest of the network: linear, batch normalization, ReLU."""

    def __init__(self, bands: int, components: int = LEARNED_COMPONENTS) -> None:
        super().__init__(components)
        self.conv = nn.Conv2d(bands, components, 1, bias=False)
        self.batchnorm = nn.BatchNorm2d(components)

    def _reduced(self, raster: Tensor, valid: Tensor) -> Tensor:
        return torch.where(valid, F.relu(self.batchnorm(self.conv(raster))), 0.0)


class FittedProjection(SpectralProjection):
    """Fitted before training and left as it is. It has no offset: 0, the mean of every band, stays 0."""

    weights: Tensor

    def __init__(self, reduction: Reduction) -> None:
        super().__init__(len(reduction.weights))
        self.register_buffer("weights", torch.from_numpy(reduction.weights).float())

    def _reduced(self, raster: Tensor, valid: Tensor) -> Tensor:
        return F.conv2d(raster, self.weights[:, :, None, None])
