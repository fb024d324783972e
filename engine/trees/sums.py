"""Sums that are reproducible to the bit: additions of whole arrays in a fixed order.

Trees compare features with thresholds, so a single bit can change a class. Reductions, convolutions and pooling of the
libraries sum in an order that depends on the size of their input; elementwise addition, multiplication, division and
comparison are exactly defined by IEEE 754, and equal in NumPy, torch and ONNX Runtime.
"""

from __future__ import annotations

import torch
from torch import Tensor

HORIZONTAL, VERTICAL = 3, 2


def pairwise_sum(values: Tensor, axis: int, length: int) -> Tensor:
    """The sum along an axis of that length, which is kept with length 1: halves are added until one element is left."""
    while length > 1:
        half = length // 2
        added = values.narrow(axis, 0, half) + values.narrow(axis, half, half)
        values = added if length % 2 == 0 else torch.cat([added, values.narrow(axis, length - 1, 1)], dim=axis)
        length -= half
    return values


def window_sums(values: Tensor, window: int) -> Tensor:
    """Sums over square windows of ``window`` pixels (batch, channel, row, col); each side is window − 1 shorter."""
    return _along(_along(values, window, HORIZONTAL), window, VERTICAL)


def _along(values: Tensor, window: int, axis: int) -> Tensor:
    """Sums over runs of ``window`` pixels of an axis, composed of runs of 1, 2, 4 … pixels."""
    whole, reached = None, 0
    power, length = values, 1
    while True:
        if window & length:
            whole = power if whole is None else _beside(whole, reached, power, length, axis)
            reached += length
        length *= 2
        if length > window:
            break
        power = _beside(power, length // 2, power, length // 2, axis)
    return values if whole is None else whole


def _beside(first: Tensor, first_length: int, second: Tensor, second_length: int, axis: int) -> Tensor:
    """Sums over a run and the run that follows it."""
    return cut(first, axis, 0, second_length) + cut(second, axis, first_length, 0)


def cut(values: Tensor, axis: int, before: int, after: int) -> Tensor:
    """The values without the first ``before`` and the last ``after`` elements of an axis."""
    piece = [slice(None)] * values.dim()
    piece[axis] = slice(before, -after or None)
    return values[tuple(piece)]
