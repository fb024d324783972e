"""The results of all runs of a training, for the manifest and the report."""

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
    """The first run, whose networks are shipped, and the test parts of all runs.

    ``chosen`` is what the runs chose on held-out samples. ``copies`` are networks, by sensor,
    distilled from the shipped averages, ``copies_refitted`` those of the averages of all labels.
    ``refitted`` are these averages with trees of all labels, if there are any, and networks of all labels
    (``networks_refitted``), ``calibrated`` by out-of-fold predictions of so many samples: they are exported, never
    scored.
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
        """The evidence for the report: the test parts of the first seed, with all its folds joined.

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
        """The test samples of the folds that one sensor covers; its scores are from all runs."""
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
    """Numbers of samples of every class (label for multilabel) in each part; empty for regression."""
    member = rules_of(samples.task).members(samples.target, classes)
    counts = zip(*(member[part].sum(axis=0) for part in (split.train, split.validation, split.test)), strict=True)
    return tuple(PartCounts(*(int(count) for count in parts)) for parts in counts)
