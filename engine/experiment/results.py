"""What all runs of a training brought, as the manifest and the report take it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..arrays import Floats
from ..contract import Level, Task, Variant
from ..learning.fit import Statistics, TrainedNetwork
from ..process import Reporter
from ..report.content import PartCounts, SensorEvidence, TrainingEvidence
from ..samples import SampleSet, Split
from .comparison import Comparison, Predictions
from .scoring import HeldOutPredictions


@dataclass(frozen=True)
class TrainingResults:
    """What the first run trained, whose networks are shipped, and the test parts of all runs."""

    first: Comparison
    held_out: tuple[HeldOutPredictions, ...]

    def statistics(self) -> tuple[Statistics, ...]:
        """Statistics of every sensor over the first run's training samples, in the order of the sensors."""
        return tuple(predictor.statistics for predictor in self.first.alone.predictors.values())

    def weights(self) -> dict[str, TrainedNetwork]:
        """The shipped networks by training: ``co-learned`` where sensors learned as one, else ``TRAINING/SENSOR``.

        Several networks of one sensor are numbered: ``/1``, ``/2``.
        """
        found = {}
        for name in self.first.alone.predictors:
            variant, networks = self.first.variant(name), self.first.shipped(name).networks
            for number, network in enumerate(networks, 1):
                apart = variant is Variant.ALONE or len(network.sensors) == 1
                key = f"{variant.value}/{name}" if apart else variant.value
                found[key if len(networks) == 1 else f"{key}/{number}"] = network
        return found

    def evidence(self, classes: int, samples: SampleSet, split: Split, reporter: Reporter) -> TrainingEvidence:
        """What the report is made from: the test parts of the first seed, all its folds joined.

        Args:
            classes: number of classes or labels, 0 for regression.
            split: the first run's.
        """
        folds = [each for each in self.held_out if each.seed == self.held_out[0].seed]
        return TrainingEvidence(
            target=np.concatenate([each.samples.target for each in folds]),
            groups=np.concatenate([each.samples.groups for each in folds]),
            longitude=np.concatenate([each.samples.longitude for each in folds]),
            latitude=np.concatenate([each.samples.latitude for each in folds]),
            sensors=tuple(self._sensor(sensor.name, samples.task, folds) for sensor in samples.sensors),
            history=tuple(epoch for network in self.first.networks() for epoch in network.history),
            notes=reporter.texts(Level.INFO),
            warnings=reporter.texts(Level.WARNING),
            class_counts=_class_counts(classes, samples, split),
            fused=_joined([each.fused for each in folds if each.fused is not None]),
        )

    def _sensor(self, name: str, task: Task, folds: Sequence[HeldOutPredictions]) -> SensorEvidence:
        def joined(predictions: Sequence[Predictions]) -> Floats:
            return np.concatenate([each[name] for each in predictions])

        variant = self.first.variant(name)
        together = [each.colearned for each in folds if each.colearned is not None]
        return SensorEvidence(
            name,
            joined(together) if together else None,
            joined([each.alone for each in folds]),
            seen=np.concatenate([each.seen(name) for each in folds]),
            shipped_variant=variant,
            forest=joined([each.forest for each in folds]),
            uncalibrated=None if task is Task.REGRESSION else joined([each.uncalibrated[variant] for each in folds]),
        )


def _joined(parts: Sequence[Floats]) -> Floats | None:
    return np.concatenate(parts) if parts else None


def _class_counts(classes: int, samples: SampleSet, split: Split) -> tuple[PartCounts, ...]:
    """Samples of every class in each part; of every label for multilabel; nothing for regression."""
    if samples.task is Task.REGRESSION:
        return ()
    if samples.task is Task.MULTILABEL:
        member = samples.target > 0
    else:
        member = samples.target[:, np.newaxis] == np.arange(classes)
    counts = zip(*(member[part].sum(axis=0) for part in (split.train, split.validation, split.test)), strict=True)
    return tuple(PartCounts(*(int(count) for count in parts)) for parts in counts)
