"""Fusing several sensors in one head: all of them, or a random subset per sample."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from ...model import CoLearner
from ...model.encoders.layers import own_generator
from ...model.losses import SensorBatch


def fused_logits(network: CoLearner, sensors: Sequence[SensorBatch], count: int, drop: bool) -> tuple[Tensor, Tensor]:
    """Logits of the samples that any sensor covers, and their indices in the batch.

    Args:
        count: samples in the batch.
        drop: drop sensors at random, never all that cover a sample (sensor dropout).
    """
    first = sensors[0].output.representation
    representations = first.new_zeros(len(sensors), count, first.shape[1])
    present = first.new_zeros(len(sensors), count)
    for at, sensor in enumerate(sensors):
        representations[at, sensor.rows] = sensor.output.representation
        present[at, sensor.rows] = 1.0
    weights = _drawn(present) if drop else present
    covered = present.any(dim=0)
    rows = covered.nonzero().squeeze(1)
    return network.fused(representations[:, rows], weights[:, rows]), rows


def _drawn(present: Tensor) -> Tensor:
    """A random subset of the sensors present (sensor, sample); subsets of the same size are equally likely."""
    order = _random_like(present) * present
    rank = order.argsort(dim=0, descending=True).argsort(dim=0)
    available = present.sum(dim=0)
    size = 1 + (_random_like(available) * available).floor().clamp(max=available - 1)
    return present * (rank < size)


def _random_like(like: Tensor) -> Tensor:
    """Uniform random numbers from 0 to 1, of this thread's training."""
    return torch.rand(like.shape, generator=own_generator(), dtype=like.dtype, device=like.device)
