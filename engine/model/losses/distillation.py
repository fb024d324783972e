"""Learning from a teacher's opinion: t is what a model that sees all sensors says of a sample it was not fitted on."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F

from .task import TaskLoss


def soft_cross_entropy(class_weights: Tensor | None) -> TaskLoss:
    """Classification: mean over samples of −Σ_k w_k t_k log softmax(ŷ)_k (Hinton et al. 2015, at temperature 1).

    The weights are those of the labels' cross-entropy, and the teacher knows none: so both draw towards w_k p(k | x).
    The loss takes logits and probabilities, both (sample, class).
    """

    def loss(logits: Tensor, opinion: Tensor) -> Tensor:
        return F.cross_entropy(logits, opinion, weight=class_weights)

    return loss


def soft_binary_cross_entropy(logits: Tensor, opinion: Tensor) -> Tensor:
    """Multilabel: mean over samples and labels of −t log σ(ŷ) − (1 − t) log(1 − σ(ŷ))."""
    return F.binary_cross_entropy_with_logits(logits, opinion)


def soft_squared_error(prediction: Tensor, opinion: Tensor) -> Tensor:
    """Regression: mean over samples and targets of (ŷ − t)², both standardized."""
    return F.mse_loss(prediction, opinion)
