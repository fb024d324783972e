"""What the test parts of all runs say: scores of every sensor's contenders, and of all sensors together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..contract.job import Task
from ..contract.manifest import CalibrationError, Choice, Estimate, FusedScore, MetricScore, SensorScore, Training
from ..contract.method import Optimize
from ..samples.sample_set import Flags, Floats, Indices, SampleSet, Split
from .calibration import reliability
from .contenders import Contenders, Predictions, predict_samples
from .contest import Contest, Run, hold
from .intervals import verdict
from .weighted import score_names

COLEARNED, ALONE, FOREST, SHIPPED, NETWORK = "co-learned", "alone", "forest", "shipped", "network"


@dataclass(frozen=True)
class Tested:
    """The test part of one run, and what every contender says there. Runs of one ``seed`` are its folds.

    Predictions by sensor are NaN at samples the sensor does not cover; ``uncalibrated`` is the shipped network's.
    ``fused`` and ``fused_forest`` (sample, output) see all sensors; None where there is only one.
    """

    seed: int
    samples: SampleSet
    colearned: Predictions | None
    alone: Predictions
    forest: Predictions
    shipped: Predictions
    uncalibrated: Predictions
    fused: Floats | None
    fused_forest: Floats | None

    def of(self, sensor: str) -> dict[str, Floats]:
        """A sensor's predictions by contender."""
        told = {COLEARNED: self.colearned[sensor]} if self.colearned else {}
        return {
            **told,
            ALONE: self.alone[sensor],
            FOREST: self.forest[sensor],
            SHIPPED: self.shipped[sensor],
        }

    def seen(self, sensor: str) -> Flags:
        """Which samples the sensor covers."""
        at = [each.name for each in self.samples.sensors].index(sensor)
        return self.samples.present[:, at]


def look_at_test(contenders: Contenders, samples: SampleSet, split: Split, seed: int) -> Tested:
    """Predict the test part: the only place where it is looked at."""
    test = samples.take(split.test)
    together = predict_samples(contenders.together.networks, test) if contenders.together else None
    shipped = {sensor.name: contenders.shipped(sensor.name) for sensor in test.sensors}
    forests = {
        name: np.where(test.present[:, at : at + 1], contenders.forests[name].predict(test), np.float32(np.nan))
        for at, name in enumerate(shipped)
    }
    return Tested(
        seed=seed,
        samples=test,
        colearned=together,
        alone=predict_samples(contenders.alone.networks, test),
        forest=forests,
        shipped=predict_samples(shipped, test),
        uncalibrated=predict_samples(shipped, test, calibrated=False),
        fused=contenders.fused.fuse(test) if contenders.fused else None,
        fused_forest=contenders.fused_forest.predict(test) if contenders.fused_forest else None,
    )


@dataclass(frozen=True)
class Judge:
    """Turns test predictions into scores: for one task, with the score that was optimized first."""

    task: Task
    optimize: Optimize
    seed: int

    @property
    def main(self) -> int:
        """Position of the main score in :func:`.weighted.score_names`."""
        chosen = "accuracy" if self.optimize is Optimize.ACCURACY else score_names(self.task)[0]
        return score_names(self.task).index(chosen) if self.task is Task.CLASSIFICATION else 0

    def sensor(self, tested: Sequence[Tested], sensor: str, training: Training, choice: Choice | None) -> SensorScore:
        """Scores of one sensor over all runs; what is shipped, and why, is the first run's."""
        contest = hold(self.task, [_run(each, each.of(sensor), each.seen(sensor)) for each in tested], seed=self.seed)
        together = COLEARNED in contest.contenders
        gain = contest.lead(COLEARNED, ALONE)[self.main] if together else None
        every = [
            MetricScore(name, _score(contest, COLEARNED, at), contest.scores(ALONE)[at], _score(contest, FOREST, at))
            for at, name in enumerate(contest.names)
        ]
        main = every.pop(self.main)
        return SensorScore(
            metric=main.metric,
            colearned=main.colearned,
            alone=main.alone,
            gain=gain,
            verdict=verdict(gain),
            shipped=training,
            choice=choice,
            forest=main.forest,
            forest_gap=contest.lead(SHIPPED, FOREST)[self.main],
            calibration=self._calibration(tested, sensor),
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
        contest = hold(self.task, runs, seed=self.seed)
        network, forest = contest.scores(NETWORK)[self.main], contest.scores(FOREST)[self.main]
        return FusedScore(contest.names[self.main], network, forest)

    def _calibration(self, tested: Sequence[Tested], sensor: str) -> CalibrationError | None:
        if self.task is Task.REGRESSION:
            return None
        errors = []
        for predictions in ([each.uncalibrated for each in tested], [each.shipped for each in tested]):
            seen = [each.seen(sensor) for each in tested]
            target = np.concatenate([each.samples.target[rows] for each, rows in zip(tested, seen, strict=True)])
            told = np.concatenate([found[sensor][rows] for found, rows in zip(predictions, seen, strict=True)])
            errors.append(reliability(self.task, target, told).error)
        return CalibrationError(*errors)


def _score(contest: Contest, contender: str, at: int) -> Estimate | None:
    return contest.scores(contender)[at] if contender in contest.contenders else None


def _run(tested: Tested, predictions: Mapping[str, Floats | None], rows: Flags | Indices) -> Run:
    told = {name: found[rows] for name, found in predictions.items() if found is not None}
    return Run(tested.seed, tested.samples.target[rows], tested.samples.groups[rows], told)
