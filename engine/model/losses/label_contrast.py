"""Label-aware contrast: samples with similar labels shall have similar z_sha, whichever sensor they are from."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from .term import LossBatch, Term


def label_contrast(shared: Tensor, affinity: Tensor, temperature: float) -> Tensor:
    """Supervised contrastive loss (Khosla et al. 2020, eq. 2) with graded positives.

    With s the cosine similarity and a the affinity of labels, the mean over all i with any affinity to another view of
    −Σ_{k≠i} a(i, k) log [ exp(s(i, k)/τ) / Σ_{l≠i} exp(s(i, l)/τ) ] / Σ_{k≠i} a(i, k).

    Args:
        shared: z_sha of all sensors (view, width).
        affinity: similarity of the labels of two views (view, view), from 0 to 1.
        temperature: τ.
    """
    anchors = F.normalize(shared, dim=1)
    self_pairs = torch.eye(len(anchors), dtype=torch.bool, device=anchors.device)
    similarity = (anchors @ anchors.T / temperature).masked_fill(self_pairs, -torch.inf)
    log_share = similarity.log_softmax(dim=1).masked_fill(self_pairs, 0.0)
    weight = affinity.masked_fill(self_pairs, 0.0)
    total = weight.sum(dim=1)
    related = total > 0
    if not related.any():
        return shared.sum() * 0.0
    return -((weight * log_share).sum(dim=1)[related] / total[related]).mean()


def _losses(batch: LossBatch) -> list[Tensor]:
    known = batch.labelled()
    shared = torch.cat([output.shared for output, _ in known])
    affinity = batch.criteria[0].affinity(torch.cat([target for _, target in known]))
    return [label_contrast(shared, affinity, batch.weights.temperature)]


TERM = Term("label_contrast", _losses, needs_labels=True)
