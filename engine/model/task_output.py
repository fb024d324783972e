"""The output of each task: from logits to scores, and from scores to what the map shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import torch
from torch import Tensor

from ..contract import Task


class TaskOutput(Protocol):
    """Operates along axis 1 of (batch, output, …)."""

    def scores(self, logits: Tensor) -> Tensor:
        """Logits to scores of the same shape."""

    def label(
        self, scores: Tensor, valid: Tensor, decide: Callable[[Tensor], Tensor], codes: Tensor, nodata: int
    ) -> Tensor | None:
        """The map's values (batch, …) or (batch, output, …); ``nodata`` where not ``valid`` (batch, 1, …).

        Args:
            decide: class indices from scores.
            codes: (class,) map codes.
        """


class ClassOutput:
    """Probabilities that sum to 1, and the code of one class."""

    def scores(self, logits: Tensor) -> Tensor:
        """Softmax."""
        return logits.softmax(dim=1)

    def label(
        self, scores: Tensor, valid: Tensor, decide: Callable[[Tensor], Tensor], codes: Tensor, nodata: int
    ) -> Tensor | None:
        """The code of the chosen class."""
        return torch.where(valid.squeeze(1), codes[decide(scores)], nodata)


class LabelOutput:
    """A probability for each label, which is set from 0.5 on."""

    def scores(self, logits: Tensor) -> Tensor:
        """Sigmoid."""
        return logits.sigmoid()

    def label(
        self, scores: Tensor, valid: Tensor, decide: Callable[[Tensor], Tensor], codes: Tensor, nodata: int
    ) -> Tensor | None:
        """1 or 0 for each label."""
        return torch.where(valid, (scores >= 0.5).long(), nodata)


class ValueOutput:
    """Values in the target's unit; the map shows them unchanged."""

    def scores(self, logits: Tensor) -> Tensor:
        """Unchanged."""
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
    """The task's output; the only place in this folder that distinguishes tasks."""
    return _OUTPUTS[task]
