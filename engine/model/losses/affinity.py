"""Similarity of the labels of two samples, from 0 to 1."""

from __future__ import annotations

import torch
from torch import Tensor


def same_class(target: Tensor) -> Tensor:
    """Affinity of class indices (view,): 1 for equal classes, else 0; (view, view)."""
    return (target[:, None] == target[None, :]).float()


def shared_labels(target: Tensor) -> Tensor:
    """Affinity of 0/1 labels (view, label): the Jaccard index, 0 if neither has a label; (view, view)."""
    both = target @ target.T
    either = target.sum(dim=1)[:, None] + target.sum(dim=1)[None, :] - both
    return both / either.clamp(min=1)


def near_values(target: Tensor) -> Tensor:
    """Affinity of standardized targets (view, target): exp(−2 d²), d the root mean square difference; (view, view)."""
    return torch.exp(-2 * torch.cdist(target, target).square() / target.shape[1])
