"""Task losses task(y, ŷ): prediction against label."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor
from torch.nn import functional as F

TaskLoss = Callable[[Tensor, Tensor], Tensor]


def cross_entropy(class_weights: Tensor | None) -> TaskLoss:
    """Classification: −Σ w_y log softmax(ŷ)_y / Σ w_y over the batch.

    The loss takes logits (sample, class) and int64 class indices (sample,).
    """

    def loss(logits: Tensor, target: Tensor) -> Tensor:
        return F.cross_entropy(logits, target, weight=class_weights)

    return loss


def binary_cross_entropy() -> TaskLoss:
    """Multilabel: mean over samples and labels of −y log σ(ŷ) − (1 − y) log(1 − σ(ŷ)).

    The loss takes logits and float 0/1 labels, both (sample, label).
    """
    return F.binary_cross_entropy_with_logits


def squared_error(sd: float = 1.0) -> TaskLoss:
    """Regression: mean over samples and targets of ((ŷ − y) / sd)².

    With ``sd`` 1, both are in standard deviations of the target. The authors' public code predicts in the target's unit
    and standardizes within the loss: ``sd`` reproduces this for the golden test.
    """

    def loss(prediction: Tensor, target: Tensor) -> Tensor:
        return F.mse_loss(prediction / sd, target / sd)

    return loss
