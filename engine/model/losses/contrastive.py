"""Contrastive term (NT-Xent): z_sha of two sensors shall be similar for the same sample, dissimilar for others."""

from __future__ import annotations

from itertools import combinations

import torch
from torch import Tensor
from torch.nn import functional as F

from .term import LossBatch, SensorBatch, Term


def nt_xent(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    """Normalized temperature-scaled cross-entropy in the form of SimCLR (Chen et al. 2020, eq. 1).

    For the 2B representations of both sensors, with s the cosine similarity and p(i) the same sample in the other
    sensor: mean_i −log [ exp(s(i, p(i))/τ) / Σ_{k≠i} exp(s(i, k)/τ) ]. It is symmetric in the two sensors.

    Args:
        first: z_sha of one sensor (sample, width).
        second: z_sha of the other sensor for the same samples.
        temperature: τ.
    """
    count = len(first)
    anchors = F.normalize(torch.cat([first, second]), dim=1)
    similarity = (anchors @ anchors.T / temperature).fill_diagonal_(float("-inf"))  # (2B, 2B)
    positive = torch.arange(2 * count, device=first.device).roll(count)
    return F.cross_entropy(similarity, positive)


def _losses(batch: LossBatch) -> list[Tensor]:
    pairs = [_seen_by_both(first, second) for first, second in combinations(batch.sensors, 2)]
    return [nt_xent(first, second, batch.weights.temperature) for first, second in pairs if len(first) > 1]


def _seen_by_both(first: SensorBatch, second: SensorBatch) -> tuple[Tensor, Tensor]:
    """z_sha of two sensors for the samples that both cover."""
    common = torch.isin(first.rows, second.rows), torch.isin(second.rows, first.rows)
    return first.output.shared[common[0]], second.output.shared[common[1]]


TERM = Term("contrastive", _losses, needs_several_sensors=True)
