"""What a term of the objective is, and what it is computed from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from torch import Tensor

from ...contract import LossWeights
from .. import SensorOutput
from .task import TaskLoss


@dataclass(frozen=True)
class Criteria:
    """What an answer costs: against labels, against soft targets; and how alike the labels of samples are."""

    task: TaskLoss
    distillation: TaskLoss
    affinity: Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class BatchLabels:
    """What is known of a batch.

    ``target`` (sample, …) as the task loss takes it, any value where ``labelled`` (sample,) is false. ``soft_targets``
    (sample, output) are a teacher's probabilities or values, NaN where it has none; None without a teacher.
    """

    target: Tensor
    labelled: Tensor
    soft_targets: Tensor | None = None


@dataclass(frozen=True)
class SensorBatch:
    """One sensor's outputs for the samples of a batch that it covers, ``rows`` (row,) being their positions in it."""

    position: int
    rows: Tensor
    output: SensorOutput


@dataclass(frozen=True)
class LossBatch:
    """A batch as terms see it: every sensor's outputs, what answers cost there, what is known of the samples.

    ``criteria`` are those of ``sensors``, one each.
    """

    sensors: Sequence[SensorBatch]
    labels: BatchLabels
    criteria: Sequence[Criteria]
    weights: LossWeights

    def labelled(self) -> list[tuple[SensorOutput, Tensor]]:
        """Every sensor's outputs for labelled samples, and their labels."""
        which = [self.labels.labelled[sensor.rows] for sensor in self.sensors]
        return [
            (sensor.output.take(own), self.labels.target[sensor.rows[own]])
            for sensor, own in zip(self.sensors, which, strict=True)
        ]


@dataclass(frozen=True)
class Term:
    """One term beside the main one: a mean of ``losses``, 0 where there are none.

    ``weight`` is the field of :class:`~..contract.LossWeights` that it counts by.
    """

    weight: str
    losses: Callable[[LossBatch], list[Tensor]]
    needs_labels: bool = False
    needs_several_sensors: bool = False

    def counts(self, weights: LossWeights) -> float:
        """What it counts, 0 where it is off."""
        return float(getattr(weights, self.weight))
