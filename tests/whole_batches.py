"""Batches whose samples are all labelled and covered by every sensor, as the objective takes them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from colearn.engine.model.colearner import SensorOutput
from colearn.engine.model.losses.affinity import same_class
from colearn.engine.model.losses.distillation import soft_cross_entropy
from colearn.engine.model.losses.objectives import BatchLabels, Criteria, SensorBatch
from colearn.engine.model.losses.task import TaskLoss


def criteria_of(task: TaskLoss) -> Criteria:
    """A task loss among the criteria of a classification."""
    return Criteria(task, soft_cross_entropy(None), same_class)


def whole_batch(
    outputs: Sequence[SensorOutput], target: torch.Tensor, task: TaskLoss
) -> tuple[list[SensorBatch], BatchLabels, list[Criteria]]:
    """Views, labels and criteria of such a batch."""
    rows = torch.arange(len(target))
    sensors = [SensorBatch(at, rows, output) for at, output in enumerate(outputs)]
    return sensors, BatchLabels(target, torch.ones(len(target), dtype=torch.bool)), [criteria_of(task)] * len(sensors)
