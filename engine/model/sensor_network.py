"""The part of the network that predicts from one sensor: two encoders, the shared projection, the main head."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .encoders.layers import Encoder, batchnorm_dense, linear_dense


class SharedProjection(nn.Module):
    """From the common encoder's output to z_sha: linear layer, batch normalization, ReLU."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.linear = nn.Linear(width, width // 2)
        self.batchnorm = nn.BatchNorm1d(width // 2)

    def forward(self, common: Tensor) -> Tensor:
        """(sample, width) to (sample, width / 2)."""
        return F.relu(self.batchnorm(self.linear(common)))

    def forward_dense(self, common: Tensor) -> Tensor:
        """(batch, width, row, col) to (batch, width / 2, row, col), in evaluation mode."""
        return F.relu(batchnorm_dense(self.batchnorm, linear_dense(self.linear, common)))


class SensorNetwork(nn.Module):
    """One sensor's part of a :class:`~.colearner.CoLearner`: logits from [z_spe ; z_sha]."""

    def __init__(self, specific: Encoder, common: Encoder, projection: SharedProjection, head: nn.Linear) -> None:
        super().__init__()
        self.specific = specific
        self.common = common
        self.projection = projection
        self.head = head

    def forward(self, values: Tensor, valid: Tensor) -> Tensor:
        """Standardized samples and their validity to logits (sample, output)."""
        shared = self.projection(self.common(values, valid))
        informative = self.specific(values, valid)[:, : shared.shape[1]]
        logits: Tensor = self.head(torch.cat([informative, shared], dim=1))
        return logits

    def forward_dense(self, raster: Tensor, valid: Tensor) -> Tensor:
        """A standardized raster and its validity to logits (batch, output, row, col), in evaluation mode."""
        shared = self.projection.forward_dense(self.common.forward_dense(raster, valid))
        informative = self.specific.forward_dense(raster, valid)[:, : self.projection.linear.out_features]
        return linear_dense(self.head, torch.cat([informative, shared], dim=1))
