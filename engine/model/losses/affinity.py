"""How alike the labels of two samples are, in 0..1."""

from __future__ import annotations

import torch
from torch import Tensor


def same_class(target: Tensor) -> Tensor:
    """Affinity of class indices (view,): 1 for the same class."""
    return (target[:, None] == target[None, :]).float()


def shared_labels(target: Tensor) -> Tensor:
    """Affinity of 0/1 labels (view, label): the Jaccard index; 0 where neither has any."""
    both = target @ target.T
    either = target.sum(dim=1)[:, None] + target.sum(dim=1)[None, :] - both
    return both / either.clamp(min=1)


def near_values(target: Tensor) -> Tensor:
    """Affinity of standardized targets (view, target): exp(−2 d²), d the root mean square distance."""
    return torch.exp(-2 * torch.cdist(target, target).square() / target.shape[1])
