"""Batches of sample positions."""

from __future__ import annotations

import math

import torch
from torch import Tensor

LEAST_FITTING = 16


def batches_of(count: int, batch_size: int) -> int:
    """How many batches of nearly equal size hold ``count`` samples, none of a single sample.

    Batch normalization cannot train on one sample, so no remainder is left over: the batches share it.
    """
    return max(1, min(math.ceil(count / batch_size), count // 2))


def fitting_size(count: int, batch_size: int, least_batches: int) -> int:
    """The batch size at which ``count`` samples make ``least_batches``: 16 at least, ``batch_size`` at most."""
    return min(batch_size, max(LEAST_FITTING, count // least_batches))


def shuffled_batches(index: Tensor, batch_size: int, generator: torch.Generator) -> tuple[Tensor, ...]:
    """The positions ``index`` in a new order, cut into batches of nearly equal size."""
    order = torch.randperm(len(index), generator=generator)
    return torch.tensor_split(index[order], batches_of(len(index), batch_size))


def joined_batches(index: Tensor, beside: Tensor, batch_size: int, generator: torch.Generator) -> tuple[Tensor, ...]:
    """Batches of ``index``, each with as many positions of ``beside`` at its end, drawn anew.

    Where ``beside`` holds fewer than all batches could take, each gets an equal share.
    """
    batches = shuffled_batches(index, batch_size, generator)
    if not len(beside):
        return batches
    drawn = beside[torch.randperm(len(beside), generator=generator)[: len(index)]]
    return tuple(map(torch.cat, zip(batches, torch.tensor_split(drawn, len(batches)), strict=True)))
