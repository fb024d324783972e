"""Layers for samples (sample, channel), applied to every pixel of (batch, channel, row, col)."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F


def linear_dense(linear: nn.Linear, pixels: Tensor) -> Tensor:
    """A linear layer at every pixel, as a 1 × 1 convolution."""
    return F.conv2d(pixels, linear.weight[:, :, None, None], linear.bias)


def batchnorm_dense(batchnorm: nn.BatchNorm1d | nn.BatchNorm2d, pixels: Tensor) -> Tensor:
    """Batch normalization at every pixel with the running statistics (evaluation mode)."""
    return F.batch_norm(
        pixels,
        batchnorm.running_mean,
        batchnorm.running_var,
        batchnorm.weight,
        batchnorm.bias,
        training=False,
        eps=batchnorm.eps,
    )


def layernorm_dense(layernorm: nn.LayerNorm, pixels: Tensor) -> Tensor:
    """Layer normalization over the channels of every pixel."""
    normalized: Tensor = layernorm(pixels.permute(0, 2, 3, 1))
    return normalized.permute(0, 3, 1, 2)
