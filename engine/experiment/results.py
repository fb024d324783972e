"""What all runs of a training brought, as the manifest and the report take it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..contract import Level
from ..learning.standardization import Statistics
from ..learning.tasks import rules_of
from ..predictors import NetworkPredictor, SensorPredictor
from ..process import Reporter
from ..report.content import PartCounts, SensorEvidence, TrainingEvidence
from ..samples import SampleSet, Split
from .chosen import Chosen
from .comparison import Comparison
from .scoring import HeldOutPredictions, Scorer


@dataclass(frozen=True)
class TrainingResults:
    """What the first run trained, whose networks are shipped, and the test parts of all runs.

    ``chosen`` is what the runs chose by samples that they had not learned from. ``copies`` are networks, by sensor,
    that learned from the averages that are shipped, ``copies_refitted`` those of the averages of all labels.
    ``refitted`` are these averages with trees of all labels, where there are any, and networks of them
    (``networks_refitted``), ``calibrated`` by so many samples' out-of-fold predictions: graphs are made of them, scores
    never.
    """

    first: Comparison
    held_out: tuple[HeldOutPredictions, ...]
    copies: Mapping[str, NetworkPredictor] = field(default_factory=dict)
    copies_refitted: Mapping[str, NetworkPredictor] = field(default_factory=dict)
    refitted: Mapping[str, SensorPredictor] = field(default_factory=dict)
    chosen: Chosen | None = None
    networks_refitted: bool = False
    calibrated: int = 0

    def statistics(self) -> tuple[Statistics, ...]:
        """Statistics of every sensor over the first run's training samples, in the order of the sensors."""
        return tuple(predictor.statistics for predictor in self.first.alone.predictors.values())

    def of_first_seed(self) -> tuple[HeldOutPredictions, ...]:
        """The test parts of the first seed: its folds, or its one run."""
        return tuple(each for each in self.held_out if each.seed == self.held_out[0].seed)

    def evidence(
        self, scorer: Scorer, classes: int, samples: SampleSet, split: Split, reporter: Reporter
    ) -> TrainingEvidence:
        """What the report is made from: the test parts of the first seed, all its folds joined.

        Args:
            scorer: of the manifest's scores.
            classes: number of classes or labels, 0 for regression.
            split: the first run's.
        """
        folds = self.of_first_seed()
        return TrainingEvidence(
            target=np.concatenate([each.samples.target for each in folds]),
            groups=np.concatenate([each.samples.groups for each in folds]),
            longitude=np.concatenate([each.samples.longitude for each in folds]),
            latitude=np.concatenate([each.samples.latitude for each in folds]),
            sensors=tuple(self._sensor(scorer, sensor.name, folds) for sensor in samples.sensors),
            history=tuple(epoch for network in self.first.networks() for epoch in network.history),
            notes=reporter.texts(Level.INFO),
            warnings=reporter.texts(Level.WARNING),
            class_counts=_class_counts(classes, samples, split),
        )

    def _sensor(self, scorer: Scorer, name: str, folds: Sequence[HeldOutPredictions]) -> SensorEvidence:
        """The test samples of the folds that one sensor covers; its scores are over all runs."""
        seen = [each.seen(name) for each in folds]

        def joined(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
            return np.concatenate([part[rows] for part, rows in zip(parts, seen, strict=True)])

        variant = self.first.variant(name)
        together = [each.colearned[name] for each in folds if each.colearned is not None]
        raw = [each.uncalibrated[variant][name] for each in folds]
        return SensorEvidence(
            name,
            target=joined([each.samples.target for each in folds]),
            groups=joined([each.samples.groups for each in folds]),
            longitude=joined([each.samples.longitude for each in folds]),
            latitude=joined([each.samples.latitude for each in folds]),
            colearned=joined(together) if together else None,
            alone=joined([each.alone[name] for each in folds]),
            shipped_variant=variant,
            uncalibrated=joined(raw) if scorer.task.has_probabilities else None,
            fused=scorer.fused_at(self.held_out, name),
        )


def _class_counts(classes: int, samples: SampleSet, split: Split) -> tuple[PartCounts, ...]:
    """Samples of every class in each part; of every label for multilabel; nothing for regression."""
    member = rules_of(samples.task).members(samples.target, classes)
    counts = zip(*(member[part].sum(axis=0) for part in (split.train, split.validation, split.test)), strict=True)
    return tuple(PartCounts(*(int(count) for count in parts)) for parts in counts)
