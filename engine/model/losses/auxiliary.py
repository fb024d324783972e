"""Auxiliary term: the specific and the shared part shall each predict the label."""

from __future__ import annotations

from torch import Tensor

from .. import SensorOutput
from .task import TaskLoss
from .term import LossBatch, Term


def auxiliary_term(output: SensorOutput, target: Tensor, task: TaskLoss) -> Tensor:
    """½ [task(y, aux(z_spe)) + task(y, aux(z_sha))] of one sensor."""
    return (task(output.auxiliary_specific, target) + task(output.auxiliary_shared, target)) / 2


def _losses(batch: LossBatch) -> list[Tensor]:
    return [
        auxiliary_term(output, target, costs.task)
        for (output, target), costs in zip(batch.labelled(), batch.criteria, strict=True)
        if len(target)
    ]


TERM = Term("auxiliary", _losses, needs_labels=True)
