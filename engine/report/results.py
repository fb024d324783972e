"""The scores of each sensor, worked out once for tables, figures and sentences."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..contract.job import Task
from ..contract.manifest import Estimate, Manifest, SensorManifest
from ..learning.intervals import compare, estimates
from ..learning.weighted import score_names
from .evidence import Groups, Scores, SensorEvidence, Target, TrainingEvidence
from .numbers import Style, style_of


@dataclass(frozen=True)
class ScoreRow:
    """One score of one sensor: with the others, alone, and the paired difference; None where not measured."""

    name: str
    style: Style
    colearned: Estimate | None
    alone: Estimate | None
    gain: Estimate | None

    @property
    def shipped(self) -> Estimate:
        """The score of the network in the model file."""
        estimate = self.colearned or self.alone
        if estimate is None:
            raise ValueError(f"no network was scored for {self.name}")
        return estimate


@dataclass(frozen=True)
class SensorResult:
    """One sensor: what the manifest says, what was predicted, how good it is (the main score first)."""

    sensor: SensorManifest
    evidence: SensorEvidence
    rows: tuple[ScoreRow, ...]

    @property
    def main(self) -> ScoreRow:
        """The score the task is judged by."""
        return self.rows[0]

    def row(self, name: str) -> ScoreRow:
        """The score of that name."""
        return next(row for row in self.rows if row.name == name)


def sensor_results(manifest: Manifest, evidence: TrainingEvidence) -> tuple[SensorResult, ...]:
    """Scores of every sensor; the main one is the manifest's own, so that report and model never disagree."""
    results = []
    for found in evidence.sensors:
        sensor = manifest.sensor(found.name)
        rows = _rows(manifest, evidence, found)
        main = rows[0]
        score = sensor.score
        kept = ScoreRow(main.name, main.style, score.colearned, score.alone, score.gain)
        results.append(SensorResult(sensor, found, (kept, *rows[1:])))
    return tuple(results)


def evaluation_rows(task: Task, target: Target, prediction: Scores, groups: Groups, seed: int) -> tuple[ScoreRow, ...]:
    """Scores of one prediction, as rows without a comparison."""
    found = estimates(task, target, prediction, groups, seed=seed)
    names = score_names(task)
    scale = _error_scale(dict(zip(names, found, strict=True)))
    return tuple(
        ScoreRow(name, style_of(name, scale), None, estimate, None) for name, estimate in zip(names, found, strict=True)
    )


def chance(task: Task, target: Target) -> float:
    """The main score of a guess: one class for all, the mean, or labels at random."""
    if task is Task.CLASSIFICATION:
        return 1 / len(np.unique(target))
    if task is Task.MULTILABEL:
        shares = np.asarray(target, np.float64).mean(axis=0)
        return float(shares[shares > 0].mean()) if shares.any() else 0.0
    return 0.0


def _rows(manifest: Manifest, evidence: TrainingEvidence, found: SensorEvidence) -> tuple[ScoreRow, ...]:
    task, target, groups, seed = manifest.task, evidence.target, evidence.groups, manifest.seed
    if found.colearned is None:
        return evaluation_rows(task, target, found.alone, groups, seed)
    both = compare(task, target, found.colearned, found.alone, groups, seed=seed)
    scale = _error_scale(dict(zip(both.names, both.alone, strict=True)))
    return tuple(
        ScoreRow(name, style_of(name, scale), colearned, alone, gain)
        for name, colearned, alone, gain in zip(both.names, both.colearned, both.alone, both.gain, strict=True)
    )


def _error_scale(scores: dict[str, Estimate]) -> float:
    return scores["RMSE"].value if "RMSE" in scores else 1.0
