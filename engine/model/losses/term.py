"""The terms of the objective, and their inputs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from torch import Tensor

from ...contract import LossWeights
from .. import SensorOutput
from .task import TaskLoss


@dataclass(frozen=True)
class Criteria:
    """The loss functions of a task: against labels, against soft targets; and the affinity of labels."""

    task: TaskLoss
    distillation: TaskLoss
    affinity: Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class BatchLabels:
    """The labels and soft targets of a batch.

    ``target`` (sample, …) is as in the task loss, with any value where ``labelled`` (sample,) is false.
    ``soft_targets`` (sample, output) are a teacher's probabilities or values, NaN where it has none; None without a
    teacher.
    """

    target: Tensor
    labelled: Tensor
    soft_targets: Tensor | None = None


@dataclass(frozen=True)
class SensorBatch:
    """One sensor's outputs for the samples it covers; ``rows`` (row,) are their positions in the batch."""

    position: int
    rows: Tensor
    output: SensorOutput


@dataclass(frozen=True)
class LossBatch:
    """The input of a term: every sensor's outputs and criteria, the labels, and the weights.

    ``criteria`` are those of ``sensors``, in the same order.
    """

    sensors: Sequence[SensorBatch]
    labels: BatchLabels
    criteria: Sequence[Criteria]
    weights: LossWeights

    def labelled(self) -> list[tuple[SensorOutput, Tensor]]:
        """Every sensor's outputs for its labelled samples, and their labels."""
        which = [self.labels.labelled[sensor.rows] for sensor in self.sensors]
        return [
            (sensor.output.take(own), self.labels.target[sensor.rows[own]])
            for sensor, own in zip(self.sensors, which, strict=True)
        ]


@dataclass(frozen=True)
class Term:
    """An additional term of the objective: the mean of ``losses``, 0 if there are none.

    ``weight`` is the field of :class:`~..contract.LossWeights` with its weight.
    """

    weight: str
    losses: Callable[[LossBatch], list[Tensor]]
    needs_labels: bool = False
    needs_several_sensors: bool = False

    def counts(self, weights: LossWeights) -> float:
        """Its weight, 0 if it is switched off."""
        return float(getattr(weights, self.weight))
