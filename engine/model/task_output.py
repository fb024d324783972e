"""What a task makes of a network's logits, one object a task: scores, and what the map shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import torch
from torch import Tensor

from ..contract import Task


class TaskOutput(Protocol):
    """Along axis 1 of (batch, output, …)."""

    def scores(self, logits: Tensor) -> Tensor:
        """Logits to what a person reads, of the same shape."""

    def label(
        self, scores: Tensor, valid: Tensor, decide: Callable[[Tensor], Tensor], codes: Tensor, nodata: int
    ) -> Tensor | None:
        """What the map shows, (batch, …) or (batch, output, …); ``nodata`` where not ``valid`` (batch, 1, …)."""


class ClassOutput:
    """Probabilities that sum to 1, of which one class is decided."""

    def scores(self, logits: Tensor) -> Tensor:
        """By softmax."""
        return logits.softmax(dim=1)

    def label(
        self, scores: Tensor, valid: Tensor, decide: Callable[[Tensor], Tensor], codes: Tensor, nodata: int
    ) -> Tensor | None:
        """The code of the class decided."""
        return torch.where(valid.squeeze(1), codes[decide(scores)], nodata)


class LabelOutput:
    """A probability for every label, each yes from one half on."""

    def scores(self, logits: Tensor) -> Tensor:
        """By the logistic function."""
        return logits.sigmoid()

    def label(
        self, scores: Tensor, valid: Tensor, decide: Callable[[Tensor], Tensor], codes: Tensor, nodata: int
    ) -> Tensor | None:
        """1 or 0 for every label."""
        return torch.where(valid, (scores >= 0.5).long(), nodata)


class ValueOutput:
    """Values in the target's unit, and nothing decided."""

    def scores(self, logits: Tensor) -> Tensor:
        """As they are."""
        return logits

    def label(
        self, scores: Tensor, valid: Tensor, decide: Callable[[Tensor], Tensor], codes: Tensor, nodata: int
    ) -> Tensor | None:
        """None: the map shows the values."""
        return None


_OUTPUTS: dict[Task, TaskOutput] = {
    Task.CLASSIFICATION: ClassOutput(),
    Task.MULTILABEL: LabelOutput(),
    Task.REGRESSION: ValueOutput(),
}


def output_of(task: Task) -> TaskOutput:
    """What the task makes of logits; the one place that tells tasks apart here."""
    return _OUTPUTS[task]
