"""Sums whose last bit depends on nothing but the values: additions of whole arrays, in an order that is written down.

A tree asks whether a feature is at most a threshold, so that one bit can change a class. Reductions, convolutions and
pools of the libraries add in an order that depends on how much they are given; adding, multiplying, dividing and
comparing element by element is exact to the bit by IEEE 754, in NumPy, torch and ONNX Runtime alike.
"""

from __future__ import annotations

import torch
from torch import Tensor

HORIZONTAL, VERTICAL = 3, 2


def pairwise_sum(values: Tensor, axis: int, length: int) -> Tensor:
    """The sum along an axis of that length, which stays with length 1: halves are added until one is left."""
    while length > 1:
        half = length // 2
        added = values.narrow(axis, 0, half) + values.narrow(axis, half, half)
        values = added if length % 2 == 0 else torch.cat([added, values.narrow(axis, length - 1, 1)], dim=axis)
        length -= half
    return values


def window_sums(values: Tensor, window: int) -> Tensor:
    """Sums over squares of ``window`` pixels: (batch, channel, row, col), each side window − 1 shorter."""
    return _along(_along(values, window, HORIZONTAL), window, VERTICAL)


def _along(values: Tensor, window: int, axis: int) -> Tensor:
    """Sums over stretches of an axis, put together from those of 1, 2, 4 ... pixels."""
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
    """Sums over a stretch and the one right behind it."""
    return cut(first, axis, 0, second_length) + cut(second, axis, first_length, 0)


def cut(values: Tensor, axis: int, before: int, after: int) -> Tensor:
    """The values without so many at the beginning and at the end of an axis."""
    piece = [slice(None)] * values.dim()
    piece[axis] = slice(before, -after or None)
    return values[tuple(piece)]
