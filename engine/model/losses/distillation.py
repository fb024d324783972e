"""Distillation: losses against soft targets t, the out-of-fold predictions of a teacher."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F

from .task import TaskLoss


def soft_cross_entropy(class_weights: Tensor | None) -> TaskLoss:
    """Classification: −Σ_i Σ_k w_k t_ik log softmax(ŷ_i)_k / Σ_i Σ_k w_k t_ik (Hinton et al. 2015, at temperature 1).

    The class weights are those of the cross-entropy against labels, so that both draw the prediction to w_k p(k | x),
    normalized. The weighted mean makes a one-hot soft target equivalent to the label. The loss takes logits and
    probabilities, both (sample, class).
    """

    def loss(logits: Tensor, soft_targets: Tensor) -> Tensor:
        if class_weights is None:
            return F.cross_entropy(logits, soft_targets)
        whole = F.cross_entropy(logits, soft_targets, weight=class_weights, reduction="sum")
        return whole / (soft_targets * class_weights).sum()

    return loss


def soft_binary_cross_entropy(logits: Tensor, soft_targets: Tensor) -> Tensor:
    """Multilabel: mean over samples and labels of −t log σ(ŷ) − (1 − t) log(1 − σ(ŷ))."""
    return F.binary_cross_entropy_with_logits(logits, soft_targets)


def soft_squared_error(prediction: Tensor, soft_targets: Tensor) -> Tensor:
    """Regression: mean over samples and targets of (ŷ − t)², both standardized."""
    return F.mse_loss(prediction, soft_targets)
