"""The scores of each sensor, worked out once for tables, figures and sentences."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ...contract import Estimate, Manifest, MetricScore, SensorManifest, Task, Variant
from ...learning.metrics import AS_THEY_ARE, Comparison, Population, compare, estimates, score_names
from .evidence import Groups, Scores, Target, TrainingEvidence
from .numbers import Style, style_of
from .tested import Tested, tested

# Between the manifest's numbers and those worked out here from the same predictions.
_ROUNDING = 1e-6


@dataclass(frozen=True)
class Score:
    """One score of one prediction."""

    name: str
    style: Style
    estimate: Estimate


@dataclass(frozen=True)
class ScoreRow:
    """One score of one sensor: of its networks, their paired difference, the forest, all sensors; None: not measured.

    All are of the same samples: the test samples that the sensor covers.
    """

    name: str
    style: Style
    colearned: Estimate | None
    alone: Estimate
    gain: Estimate | None
    forest: Estimate | None = None
    fused: Estimate | None = None

    def of(self, training: Variant) -> Estimate:
        """The score of one of the networks; of the one there is, where there is but one."""
        return self.alone if self.colearned is None or training is Variant.ALONE else self.colearned


@dataclass(frozen=True)
class SensorResult:
    """One sensor: what the manifest says, what was predicted, how good it is (the main score first).

    ``rows`` is empty where no test sample lies in the sensor.
    """

    sensor: SensorManifest
    tested: Tested
    rows: tuple[ScoreRow, ...]
    population: Population = AS_THEY_ARE

    @property
    def main(self) -> ScoreRow:
        """The score the training was judged by."""
        return self.rows[0]

    @property
    def shipped(self) -> Variant:
        """Which network the model file holds."""
        return Variant.ALONE if self.sensor.score.colearned is None else self.sensor.score.shipped

    @property
    def one_class(self) -> bool:
        """Whether all test samples of a classification are of one class: scores then say nothing of telling apart."""
        return self.row("balanced accuracy") is not None and len(np.unique(self.tested.target)) == 1

    def row(self, name: str) -> ScoreRow | None:
        """The score of that name, where the task has it."""
        return next((row for row in self.rows if row.name == name), None)


def sensor_results(manifest: Manifest, evidence: TrainingEvidence) -> tuple[SensorResult, ...]:
    """Scores of every sensor; what the manifest says is kept, so that report and model never disagree.

    Raises:
        ValueError: manifest and evidence disagree on what was shipped, or predictions that cannot be scored.
    """
    fused = _fused(manifest, evidence)
    results = []
    for found in evidence.sensors:
        sensor = manifest.sensor(found.name)
        if found.colearned is not None and found.shipped_variant is not sensor.score.shipped:
            raise ValueError(f"{found.name}: the manifest says another network was shipped than the evidence")
        samples = tested(evidence, found)
        own = fused if samples.covers(evidence) else _fused_at(manifest, samples)
        rows = _rows(manifest, samples, sensor, own) if len(samples) else ()
        results.append(SensorResult(sensor, samples, rows, Population.of_model(manifest)))
    return tuple(results)


def scores(
    task: Task, target: Target, prediction: Scores, groups: Groups, seed: int, population: Population
) -> tuple[Score, ...]:
    """All scores of one prediction."""
    named = _named(task, target, prediction, groups, seed, population)
    scale = _error_scale(named)
    return tuple(Score(name, style_of(name, scale), estimate) for name, estimate in named.items())


def chance(metric: str, target: Target, population: Population) -> float | None:
    """The score of a guess: one class for all, the mean, labels at random; None for scores no guess is told of."""
    if metric == "balanced accuracy":
        return 1 / len(np.unique(target))
    if metric == "accuracy":
        return commonest_class(target, population)[1]
    if metric == "average precision":
        shares = np.asarray(target, np.float64).mean(axis=0)
        return float(shares[shares > 0].mean()) if shares.any() else 0.0
    return 0.0 if metric == "R²" else None


def commonest_class(target: Target, population: Population) -> tuple[int, float]:
    """The index of the commonest class among samples that show the population, and its share."""
    weights = np.bincount(np.asarray(target, np.int64), population.sample_weights(target))
    return int(weights.argmax()), float(weights.max() / weights.sum())


def _rows(
    manifest: Manifest, samples: Tested, sensor: SensorManifest, fused: dict[str, Estimate]
) -> tuple[ScoreRow, ...]:
    """Rows measured on the samples, then what the manifest says of them; its main score first."""
    score = sensor.score
    told = {row.metric: row for row in score.more}
    told[score.metric] = MetricScore(score.metric, score.colearned, score.alone, score.forest, score.gain)
    rows = [_as_recorded(row, told.get(row.name)) for row in _measured(manifest, samples, fused, told)]
    main = next(at for at, row in enumerate(rows) if row.name == score.metric)
    return (replace(rows[main], gain=score.gain), *rows[:main], *rows[main + 1 :])


def _measured(
    manifest: Manifest, samples: Tested, fused: dict[str, Estimate], told: dict[str, MetricScore]
) -> list[ScoreRow]:
    task, target, groups, seed = manifest.task, samples.target, samples.groups, manifest.seed
    population = Population.of_model(manifest)
    colearned, gain, forest = {}, {}, {}
    if samples.colearned is None:
        alone = _named(task, target, samples.alone, groups, seed, population)
    else:
        both = compare(task, target, samples.colearned, samples.alone, groups, seed=seed, population=population)
        colearned, alone, gain = (dict(zip(both.names, part, strict=True)) for part in _parts(both))
    if samples.forest is not None and not all(name in told and told[name].forest for name in alone):
        forest = _named(task, target, samples.forest, groups, seed, population)
    scale = _error_scale(alone)
    return [
        ScoreRow(
            name, style_of(name, scale), colearned.get(name), own, gain.get(name), forest.get(name), fused.get(name)
        )
        for name, own in alone.items()
    ]


def _parts(both: Comparison) -> tuple[tuple[Estimate, ...], ...]:
    return both.colearned, both.alone, both.gain


def _as_recorded(row: ScoreRow, told: MetricScore | None) -> ScoreRow:
    """The row with the manifest's numbers; a difference that does not belong to them (of other samples) is dropped."""
    if told is None:
        return row
    gain = told.gain or row.gain  # of all runs, where the manifest has it
    kept = replace(row, colearned=told.colearned, alone=told.alone, gain=gain, forest=told.forest or row.forest)
    if kept.colearned is None or kept.gain is None:
        return replace(kept, gain=None)
    fits = abs(kept.colearned.value - kept.alone.value - kept.gain.value) < _ROUNDING * max(1, abs(kept.alone.value))
    return kept if fits else replace(kept, gain=None)


def _fused(manifest: Manifest, evidence: TrainingEvidence) -> dict[str, Estimate]:
    """Scores of all sensors together on all test samples; nothing where some of them have no such prediction.

    Of several seeds the evidence holds the first, the manifest the mean: only the mean is told beside other means.
    """
    found = {} if manifest.fused is None else {manifest.fused.metric: manifest.fused.network}
    if evidence.fused is None or manifest.repeats > 1:
        return found
    if not np.isfinite(evidence.fused).all():
        return {}
    population = Population.of_model(manifest)
    named = _named(manifest.task, evidence.target, evidence.fused, evidence.groups, manifest.seed, population)
    return _of_places(manifest, named) | found


def _fused_at(manifest: Manifest, samples: Tested) -> dict[str, Estimate]:
    """Scores of all sensors together on the samples of one of them."""
    if samples.fused is None or not len(samples) or manifest.repeats > 1:
        return {}
    population = Population.of_model(manifest)
    named = _named(manifest.task, samples.target, samples.fused, samples.groups, manifest.seed, population)
    return _of_places(manifest, named)


def _of_places(manifest: Manifest, found: dict[str, Estimate]) -> dict[str, Estimate]:
    """Scores with intervals that are of the test places only: without them beside such as hold training again too."""
    return found if manifest.folds == 1 else {name: Estimate(each.value) for name, each in found.items()}


def _named(
    task: Task, target: Target, prediction: Scores, groups: Groups, seed: int, population: Population
) -> dict[str, Estimate]:
    found = estimates(task, target, prediction, groups, seed=seed, population=population)
    return dict(zip(score_names(task), found, strict=True))


def _error_scale(scores: dict[str, Estimate]) -> float:
    return scores["RMSE"].value if "RMSE" in scores else 1.0
