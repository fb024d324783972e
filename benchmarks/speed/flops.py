"""The number of floating-point operations of a network's layers, from their shapes.

A multiplication and an addition are two operations. Convolution taps on padding zeros are not counted, nor is anything
but products: standardization, normalization, activation and decision count as free.
"""

from __future__ import annotations

from torch import nn

from ...engine.model import SensorNetwork, folded
from ...engine.model.encoders import KERNEL_DATES, DilatedEncoder, TempCNN, Unit
from ...engine.model.encoders.layers import Encoder


def flops_per_pixel(path: SensorNetwork) -> int:
    """Operations per pixel of a sensor's network, dense and folded as in maps.

    Raises:
        TypeError: an encoder that cannot be counted.
    """
    mapping = folded(path)
    around = [module for name, module in mapping.named_modules() if not name.startswith(("specific", "common"))]
    products = sum(each.in_features * each.out_features for each in around if isinstance(each, nn.Linear))
    return encoder_flops(mapping.specific) + encoder_flops(mapping.common) + 2 * products


def encoder_flops(encoder: Encoder) -> int:
    """Operations per pixel of one encoder.

    Raises:
        TypeError: an encoder that cannot be counted.
    """
    if isinstance(encoder, TempCNN):
        return 2 * _tempcnn_products(encoder)
    if isinstance(encoder, DilatedEncoder):
        return 2 * _dilated_products(encoder)
    raise TypeError(f"no count of {type(encoder).__name__}")


def _tempcnn_products(encoder: TempCNN) -> int:
    """Products per pixel of three convolutions along time, a dense layer over all dates and a linear layer."""
    taps = _taps_inside(encoder.dates, KERNEL_DATES)
    convolutions = (encoder.conv1, encoder.conv2, encoder.conv3)
    channels = sum(each.in_channels * each.out_channels for each in convolutions)
    linears = (encoder.dense, encoder.embedding)
    return taps * channels + sum(each.in_features * each.out_features for each in linears)


def _taps_inside(length: int, kernel: int) -> int:
    """The number of taps of a padded convolution that are inside the input, over all outputs."""
    reach = kernel // 2
    return sum(min(at + reach, length - 1) - max(at - reach, 0) + 1 for at in range(length))


def _dilated_products(encoder: DilatedEncoder) -> int:
    """Products for one output per pixel and layer; the additional rows of halos are a cost of blocks."""
    convolutions = sum(unit.conv.weight.numel() for unit in encoder.units if isinstance(unit, Unit))
    embedding = encoder.embedding
    linears = (embedding.dense, embedding.linear)
    return convolutions + sum(each.in_features * each.out_features for each in linears)
