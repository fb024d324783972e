"""NT-Xent: two sensors' views of one sample shall lie closer than any two samples."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F


def nt_xent(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    """Normalized temperature-scaled cross-entropy in SimCLR's form.

    Of the 2B representations z (both sensors, B samples), with s = cosine similarity and p(i) the same sample seen
    by the other sensor:  mean_i −log [ exp(s(i, p(i))/τ) / Σ_{k≠i} exp(s(i, k)/τ) ].
    It is symmetric: one matrix product serves both orders of the pair.

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
