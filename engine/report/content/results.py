"""The scores of each sensor, from the manifest, in the form used by tables, figures and sentences."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...contract import Estimate, Manifest, MetricScore, SensorManifest, Task, Variant
from ...learning.metrics import estimates
from ...learning.tasks import AS_THEY_ARE, Population, score_names
from .evidence import Groups, Scores, SensorEvidence, Target, TrainingEvidence
from .numbers import Style, style_of


@dataclass(frozen=True)
class Score:
    """One score of one prediction."""

    name: str
    style: Style
    estimate: Estimate


@dataclass(frozen=True)
class ScoreRow:
    """One score of one sensor: of its networks, their paired difference, the reference, all sensors; None: unknown.

    All are of the same samples: the test samples that the sensor covers.
    """

    name: str
    style: Style
    colearned: Estimate | None
    alone: Estimate
    gain: Estimate | None
    reference: Estimate | None = None
    fused: Estimate | None = None

    def of(self, training: Variant) -> Estimate:
        """The score of one of the networks, or of the only one."""
        return self.alone if self.colearned is None or training is Variant.ALONE else self.colearned


@dataclass(frozen=True)
class SensorResult:
    """One sensor: its manifest entry, predictions, and scores (the main score first).

    ``rows`` is empty if the sensor covers no test sample.
    """

    sensor: SensorManifest
    evidence: SensorEvidence
    rows: tuple[ScoreRow, ...]
    population: Population = AS_THEY_ARE

    @property
    def main(self) -> ScoreRow:
        """The score that training optimized."""
        return self.rows[0]

    @property
    def shipped(self) -> Variant:
        """Which network the model file contains."""
        return Variant.ALONE if self.sensor.score.colearned is None else self.sensor.score.shipped

    @property
    def one_class(self) -> bool:
        """Whether all test samples of a classification are of one class, so that scores are meaningless."""
        return self.row("balanced accuracy") is not None and len(np.unique(self.evidence.target)) == 1

    def row(self, name: str) -> ScoreRow | None:
        """The score with this name, if the task has it."""
        return next((row for row in self.rows if row.name == name), None)


def sensor_results(manifest: Manifest, evidence: TrainingEvidence) -> tuple[SensorResult, ...]:
    """Scores of every sensor, from the manifest, so that report and model always agree.

    Raises:
        ValueError: manifest and evidence disagree on what was shipped.
    """
    results = []
    for found in evidence.sensors:
        sensor = manifest.sensor(found.name)
        if found.colearned is not None and found.shipped_variant is not sensor.score.shipped:
            raise ValueError(f"{found.name}: the manifest says another network was shipped than the evidence")
        rows = _rows(sensor, found) if len(found) else ()
        results.append(SensorResult(sensor, found, rows, Population.of_model(manifest)))
    return tuple(results)


def scores(
    task: Task, target: Target, prediction: Scores, groups: Groups, seed: int, population: Population
) -> tuple[Score, ...]:
    """All scores of one prediction."""
    named = _named(task, target, prediction, groups, seed, population)
    scale = _error_scale(named)
    return tuple(Score(name, style_of(name, scale), estimate) for name, estimate in named.items())


def chance(metric: str, target: Target, population: Population) -> float | None:
    """The score of a trivial prediction: one class for all, the mean, random labels; None if undefined."""
    if metric == "balanced accuracy":
        return 1 / len(np.unique(target))
    if metric == "accuracy":
        return commonest_class(target, population)[1]
    if metric == "average precision":
        shares = np.asarray(target, np.float64).mean(axis=0)
        return float(shares[shares > 0].mean()) if shares.any() else 0.0
    return 0.0 if metric == "R²" else None


def commonest_class(target: Target, population: Population) -> tuple[int, float]:
    """The index of the most frequent class among samples that represent the population, and its share."""
    weights = np.bincount(np.asarray(target, np.int64), population.sample_weights(target))
    return int(weights.argmax()), float(weights.max() / weights.sum())


def _rows(sensor: SensorManifest, found: SensorEvidence) -> tuple[ScoreRow, ...]:
    """The manifest's scores of a sensor, and those of all sensors on the same samples; the main one first."""
    score = sensor.score
    every = (MetricScore(score.metric, score.colearned, score.alone, score.reference, score.gain), *score.more)
    scale = _error_scale({each.metric: each.alone for each in every})
    return tuple(
        ScoreRow(
            each.metric,
            style_of(each.metric, scale),
            each.colearned,
            each.alone,
            each.gain,
            each.reference,
            found.fused.get(each.metric),
        )
        for each in every
    )


def _named(
    task: Task, target: Target, prediction: Scores, groups: Groups, seed: int, population: Population
) -> dict[str, Estimate]:
    found = estimates(task, target, prediction, groups, seed=seed, population=population)
    return dict(zip(score_names(task), found, strict=True))


def _error_scale(scores: dict[str, Estimate]) -> float:
    return scores["RMSE"].value if "RMSE" in scores else 1.0
