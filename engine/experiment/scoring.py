"""Scores of the test parts of all runs: of every sensor's predictors, and of all sensors together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..arrays import Flags, Floats, Indices
from ..contract import CalibrationError, Choice, Estimate, FusedScore, MetricScore, Optimize, SensorScore, Task, Variant
from ..learning.metrics import Fold, bootstrap, class_reliability, reliability, verdict
from ..learning.tasks import AS_THEY_ARE, Population, rules_of
from ..samples import SampleSet, Split
from .comparison import Comparison, Predictions, predict_samples

COLEARNED, ALONE = Variant.COLEARNED.value, Variant.ALONE.value
REFERENCE, NETWORK = "reference", "network"


@dataclass(frozen=True)
class HeldOutPredictions:
    """The test part of one run, and all predictions for it. Runs of the same ``seed`` are its folds.

    Predictions by sensor are NaN at samples it does not cover; ``uncalibrated`` are those of both networks of
    a sensor, by training, before their probabilities were calibrated.
    ``fused`` and ``fused_reference`` (sample, output) use all sensors; None if there is only one. ``network`` are those
    of single networks alone if ``alone`` are averages; None otherwise.
    """

    seed: int
    samples: SampleSet
    colearned: Predictions | None
    alone: Predictions
    reference: Predictions
    uncalibrated: Mapping[Variant, Predictions]
    fused: Floats | None
    fused_reference: Floats | None
    network: Predictions | None = None

    def of(self, sensor: str) -> dict[str, Floats]:
        """A sensor's predictions by predictor."""
        colearned = {COLEARNED: self.colearned[sensor]} if self.colearned else {}
        network = {NETWORK: self.network[sensor]} if self.network else {}
        return {
            **colearned,
            ALONE: self.alone[sensor],
            REFERENCE: self.reference[sensor],
            **network,
        }

    def seen(self, sensor: str) -> Flags:
        """Which samples the sensor covers."""
        at = [each.name for each in self.samples.sensors].index(sensor)
        return self.samples.present[:, at]


def predict_test(comparison: Comparison, samples: SampleSet, split: Split, seed: int) -> HeldOutPredictions:
    """Predict the test part: the only place where it is used."""
    test = samples.take(split.test)
    results = {Variant.ALONE: comparison.alone}
    if comparison.together:
        results[Variant.COLEARNED] = comparison.together
    raw: dict[Variant, Predictions] = {}
    predictions: dict[Variant, Predictions] = {}
    for variant, result in results.items():
        both = {name: predictor.predict_both(test) for name, predictor in result.predictors.items()}
        raw[variant] = {name: before for name, (before, _) in both.items()}
        predictions[variant] = {name: after for name, (_, after) in both.items()}
    return HeldOutPredictions(
        seed=seed,
        samples=test,
        colearned=predictions.get(Variant.COLEARNED),
        alone=predictions[Variant.ALONE],
        reference=predict_samples(comparison.references, test),
        uncalibrated=raw,
        fused=comparison.fused.predict(test) if comparison.fused else None,
        fused_reference=comparison.fused_reference.predict(test) if comparison.fused_reference else None,
        network=predict_samples(comparison.network.predictors, test) if comparison.network else None,
    )


@dataclass(frozen=True)
class Scorer:
    """Turns test predictions into scores: for one task, with the score that was optimized first.

    Accuracies refer to the ``population``, which differs from samples drawn evenly over classes.
    """

    task: Task
    optimize: Optimize
    seed: int
    population: Population = AS_THEY_ARE

    @property
    def main(self) -> int:
        """Index of the main score in :func:`.weighted.score_names`."""
        return rules_of(self.task).main(self.optimize)

    def sensor(
        self,
        held_out: Sequence[HeldOutPredictions],
        sensor: str,
        variant: Variant,
        choice: Choice | None,
        average: bool = False,
    ) -> SensorScore:
        """Scores of one sensor over all runs; the choice of what is shipped is that of the first run."""
        folds = [_fold(each, each.of(sensor), each.seen(sensor)) for each in held_out]
        paired = bootstrap(self.task, folds, seed=self.seed, population=self.population)
        together, network = COLEARNED in paired.predictors, NETWORK in paired.predictors
        nothing = (None,) * len(paired.names)
        gains = paired.difference(COLEARNED, ALONE) if together else nothing
        colearned = paired.scores(COLEARNED) if together else nothing
        columns = zip(paired.names, colearned, paired.scores(ALONE), paired.scores(REFERENCE), gains, strict=True)
        every = [MetricScore(*column) for column in columns]
        main = every.pop(self.main)
        return SensorScore(
            metric=main.metric,
            colearned=main.colearned,
            alone=main.alone,
            gain=main.gain,
            verdict=verdict(main.gain),
            shipped=variant,
            choice=choice,
            forest=main.reference,
            forest_gap=paired.difference(variant.value, REFERENCE)[self.main],
            calibration=self._calibration(held_out, sensor, variant),
            more=tuple(every),
            network=paired.scores(NETWORK)[self.main] if network else None,
            network_gap=paired.difference(variant.value, NETWORK)[self.main] if network else None,
            average=average,
        )

    def fused(self, held_out: Sequence[HeldOutPredictions]) -> FusedScore | None:
        """Scores of all sensors together over all runs; None if there is only one sensor."""
        folds = [
            _fold(each, {NETWORK: each.fused, REFERENCE: each.fused_reference}, np.ones(len(each.samples), dtype=bool))
            for each in held_out
            if each.fused is not None and each.fused_reference is not None
        ]
        if not folds:
            return None
        paired = bootstrap(self.task, folds, seed=self.seed, population=self.population)
        network, reference = paired.scores(NETWORK)[self.main], paired.scores(REFERENCE)[self.main]
        return FusedScore(paired.names[self.main], network, reference)

    def fused_at(self, held_out: Sequence[HeldOutPredictions], sensor: str) -> dict[str, Estimate]:
        """Every score of all sensors together on the samples that one sensor covers; empty if there is only one."""
        folds = [_fold(each, {NETWORK: each.fused}, each.seen(sensor)) for each in held_out if each.fused is not None]
        if not any(len(fold.target) for fold in folds):
            return {}
        paired = bootstrap(self.task, folds, seed=self.seed, population=self.population)
        return dict(zip(paired.names, paired.scores(NETWORK), strict=True))

    def _calibration(
        self, held_out: Sequence[HeldOutPredictions], sensor: str, variant: Variant
    ) -> CalibrationError | None:
        if not self.task.has_probabilities:
            return None
        seen = [each.seen(sensor) for each in held_out]
        target = np.concatenate([each.samples.target[rows] for each, rows in zip(held_out, seen, strict=True)])
        before = [each.uncalibrated[variant][sensor] for each in held_out]
        after = [each.of(sensor)[variant.value] for each in held_out]
        raw, calibrated = (
            np.concatenate([own[rows] for own, rows in zip(each, seen, strict=True)]) for each in (before, after)
        )
        population = self.population
        classes = class_reliability(self.task, target, calibrated, population=population)
        return CalibrationError(
            before=reliability(self.task, target, raw, population=replace(population, decision=())).error,
            after=reliability(self.task, target, calibrated, population=population).error,
            classes=tuple(each.error for each in classes),
        )


def _fold(held_out: HeldOutPredictions, predictions: Mapping[str, Floats | None], rows: Flags | Indices) -> Fold:
    covered = {name: found[rows] for name, found in predictions.items() if found is not None}
    return Fold(held_out.seed, held_out.samples.target[rows], held_out.samples.groups[rows], covered)
