"""What the test parts of all runs say: scores of every sensor's contenders, and of all sensors together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..contract.job import Task
from ..contract.method import Optimize
from ..contract.scores import (
    CalibrationError,
    Choice,
    FusedScore,
    MetricScore,
    SensorScore,
    Training,
)
from ..learning.metrics.bootstrap import Run, hold
from ..learning.metrics.calibration import class_reliability, reliability
from ..learning.metrics.intervals import verdict
from ..learning.metrics.population import AS_THEY_ARE, Population
from ..learning.metrics.weighted import score_names
from ..samples.sample_set import Flags, Floats, Indices, SampleSet, Split
from .comparison import Contenders, Predictions, predict_samples

COLEARNED, ALONE = Training.COLEARNED.value, Training.ALONE.value
FOREST, NETWORK = "forest", "network"


@dataclass(frozen=True)
class Tested:
    """The test part of one run, and what every contender says there. Runs of one ``seed`` are its folds.

    Predictions by sensor are NaN at samples the sensor does not cover; ``uncalibrated`` are those of both networks of
    a sensor, by training, before their probabilities were calibrated.
    ``fused`` and ``fused_forest`` (sample, output) see all sensors; None where there is only one.
    """

    seed: int
    samples: SampleSet
    colearned: Predictions | None
    alone: Predictions
    forest: Predictions
    uncalibrated: Mapping[Training, Predictions]
    fused: Floats | None
    fused_forest: Floats | None

    def of(self, sensor: str) -> dict[str, Floats]:
        """A sensor's predictions by contender."""
        told = {COLEARNED: self.colearned[sensor]} if self.colearned else {}
        return {
            **told,
            ALONE: self.alone[sensor],
            FOREST: self.forest[sensor],
        }

    def seen(self, sensor: str) -> Flags:
        """Which samples the sensor covers."""
        at = [each.name for each in self.samples.sensors].index(sensor)
        return self.samples.present[:, at]


def look_at_test(contenders: Contenders, samples: SampleSet, split: Split, seed: int) -> Tested:
    """Predict the test part: the only place where it is looked at."""
    test = samples.take(split.test)
    trials = {Training.ALONE: contenders.alone}
    if contenders.together:
        trials[Training.COLEARNED] = contenders.together
    said = {training: predict_samples(trial.networks, test) for training, trial in trials.items()}
    forests = {
        name: np.where(test.present[:, at : at + 1], contenders.forests[name].predict(test), np.float32(np.nan))
        for at, name in enumerate(contenders.alone.networks)
    }
    return Tested(
        seed=seed,
        samples=test,
        colearned=said.get(Training.COLEARNED),
        alone=said[Training.ALONE],
        forest=forests,
        uncalibrated={
            training: predict_samples(trial.networks, test, calibrated=False) for training, trial in trials.items()
        },
        fused=contenders.fused.fuse(test) if contenders.fused else None,
        fused_forest=contenders.fused_forest.predict(test) if contenders.fused_forest else None,
    )


@dataclass(frozen=True)
class Judge:
    """Turns test predictions into scores: for one task, with the score that was optimized first.

    Accuracies are those of the ``population``: a draw that evens out classes shows another.
    """

    task: Task
    optimize: Optimize
    seed: int
    population: Population = AS_THEY_ARE

    @property
    def main(self) -> int:
        """Position of the main score in :func:`.weighted.score_names`."""
        chosen = "accuracy" if self.optimize is Optimize.ACCURACY else score_names(self.task)[0]
        return score_names(self.task).index(chosen) if self.task is Task.CLASSIFICATION else 0

    def sensor(self, tested: Sequence[Tested], sensor: str, training: Training, choice: Choice | None) -> SensorScore:
        """Scores of one sensor over all runs; what is shipped, and why, is the first run's."""
        runs = [_run(each, each.of(sensor), each.seen(sensor)) for each in tested]
        contest = hold(self.task, runs, seed=self.seed, population=self.population)
        together = COLEARNED in contest.contenders
        nothing = (None,) * len(contest.names)
        gains = contest.lead(COLEARNED, ALONE) if together else nothing
        colearned = contest.scores(COLEARNED) if together else nothing
        columns = zip(contest.names, colearned, contest.scores(ALONE), contest.scores(FOREST), gains, strict=True)
        every = [MetricScore(*column) for column in columns]
        main = every.pop(self.main)
        return SensorScore(
            metric=main.metric,
            colearned=main.colearned,
            alone=main.alone,
            gain=main.gain,
            verdict=verdict(main.gain),
            shipped=training,
            choice=choice,
            forest=main.forest,
            forest_gap=contest.lead(training.value, FOREST)[self.main],
            calibration=self._calibration(tested, sensor, training),
            more=tuple(every),
        )

    def fused(self, tested: Sequence[Tested]) -> FusedScore | None:
        """Scores of all sensors together over all runs; None where there is only one sensor."""
        runs = [
            _run(each, {NETWORK: each.fused, FOREST: each.fused_forest}, np.ones(len(each.samples), dtype=bool))
            for each in tested
            if each.fused is not None and each.fused_forest is not None
        ]
        if not runs:
            return None
        contest = hold(self.task, runs, seed=self.seed, population=self.population)
        network, forest = contest.scores(NETWORK)[self.main], contest.scores(FOREST)[self.main]
        return FusedScore(contest.names[self.main], network, forest)

    def _calibration(self, tested: Sequence[Tested], sensor: str, training: Training) -> CalibrationError | None:
        if self.task is Task.REGRESSION:
            return None
        seen = [each.seen(sensor) for each in tested]
        target = np.concatenate([each.samples.target[rows] for each, rows in zip(tested, seen, strict=True)])
        before = [each.uncalibrated[training][sensor] for each in tested]
        after = [each.of(sensor)[training.value] for each in tested]
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


def _run(tested: Tested, predictions: Mapping[str, Floats | None], rows: Flags | Indices) -> Run:
    told = {name: found[rows] for name, found in predictions.items() if found is not None}
    return Run(tested.seed, tested.samples.target[rows], tested.samples.groups[rows], told)
