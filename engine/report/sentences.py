"""What was found, in sentences a forester understands. No gain is claimed that the interval does not show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..contract.job import Task
from ..contract.manifest import Estimate, Manifest, Verdict
from ..learning.intervals import MINIMUM_GROUPS, estimates
from .evidence import EvaluationEvidence, Scores, Target, TrainingEvidence
from .numbers import NO_BREAK_SPACE, Shown, counted, decimals_for, fixed, interval
from .results import ScoreRow, SensorResult, chance

HEADLINES = {
    Verdict.HELPED: "Improved",
    Verdict.NO_DIFFERENCE: "Not improved",
    Verdict.HARMED: "Worse",
    Verdict.NOT_MEASURED: "Trained alone",
}


@dataclass(frozen=True)
class Finding:
    """One sensor's result: a headline of two words, then sentences."""

    sensor: str
    verdict: Verdict
    headline: str
    sentences: tuple[str, ...]


def findings(manifest: Manifest, evidence: TrainingEvidence, results: tuple[SensorResult, ...]) -> tuple[Finding, ...]:
    """One finding per sensor, in the manifest's order."""
    guess = chance(manifest.task, evidence.target)
    groups = len(np.unique(evidence.groups))
    found = []
    for result in results:
        verdict = result.sensor.score.verdict
        sentences = [
            _how_good(manifest, evidence, result),
            _how_it_compares(verdict, result.main, groups),
            _no_better_than_guessing(manifest.task, result.main.shipped, guess),
        ]
        kept = tuple(sentence for sentence in sentences if sentence)
        found.append(Finding(result.sensor.name, verdict, HEADLINES[verdict], kept))
    return tuple(found)


def summary(results: tuple[SensorResult, ...]) -> str:
    """The whole training in one sentence."""
    verdicts = [result.sensor.score.verdict for result in results]
    if all(verdict is Verdict.NOT_MEASURED for verdict in verdicts):
        return "Every sensor was trained alone; what training together would bring was not measured."
    helped, harmed = verdicts.count(Verdict.HELPED), verdicts.count(Verdict.HARMED)
    sensors = f"{len(verdicts)} sensors" if len(verdicts) > 1 else "the one sensor"
    if not helped and not harmed:
        return f"Training together improved none of {sensors}: no difference from training alone can be shown."
    told = f"Training together improved {helped or 'none'} of {sensors}"
    return f"{told} and made {harmed} worse." if harmed else f"{told}."


def evaluation_sentences(
    manifest: Manifest, evidence: EvaluationEvidence, row: ScoreRow, guess: float
) -> tuple[str, ...]:
    """How good the map is on these labels, and how that compares with the test during training."""
    score, errors = (
        row.style.score(row.shipped),
        _usual_errors(manifest, evidence.target, evidence.prediction, evidence),
    )
    own = manifest.sensor(evidence.sensor).score
    then = row.style.score(own.colearned or own.alone)
    clause = _score_clause(manifest.task, score, errors, counted(len(evidence.target), "sample"))
    sentences = (
        f"From {evidence.sensor} alone, the model {clause}.",
        f"In the test during training it reached {then}.",
        _no_better_than_guessing(manifest.task, row.shipped, guess),
    )
    return tuple(sentence for sentence in sentences if sentence)


def _usual_errors(
    manifest: Manifest, target: Target, prediction: Scores, evidence: TrainingEvidence | EvaluationEvidence
) -> str:
    """A regression's RMSE with its interval, per target: ``2.31 [2.02, 2.61] (height), 11.0 [9.1, 13.2] (biomass)``."""
    if manifest.task is not Task.REGRESSION:
        return ""
    told = []
    for at, name in enumerate(manifest.targets):
        column = slice(at, at + 1)
        scores = estimates(manifest.task, target[:, column], prediction[:, column], evidence.groups, seed=manifest.seed)
        told.append(_plain(scores[1]) + (f" ({name.name})" if len(manifest.targets) > 1 else ""))
    return ", ".join(told)


def _score_clause(task: Task, score: Shown, errors: str, samples: str) -> str:
    if task is Task.CLASSIFICATION:
        return f"names the class right for {score} of {samples} (balanced over classes)"
    if task is Task.REGRESSION:
        return f"reaches R² {score} on {samples}; its usual error (RMSE) is {errors}, in the label’s own unit"
    return f"finds the labels of {samples} with an average precision of {score}"


def _how_good(manifest: Manifest, evidence: TrainingEvidence, result: SensorResult) -> str:
    found, row = result.evidence, result.main
    model = "the co-trained model" if found.colearned is not None else "the model trained on this sensor only"
    errors = _usual_errors(manifest, evidence.target, found.shipped, evidence)
    score = row.style.score(row.shipped)
    clause = _score_clause(manifest.task, score, errors, "test samples")
    sentence = f"From {result.sensor.name} alone, {model} {clause}"
    if found.colearned is None or row.alone is None:
        return sentence + "."
    alone = row.style.score(row.alone)
    if manifest.task is Task.REGRESSION:
        own = _usual_errors(manifest, evidence.target, found.alone, evidence)
        return f"{sentence}. Trained alone: R² {alone}, error {own}."
    return f"{sentence}; trained alone {alone}."


def _how_it_compares(verdict: Verdict, row: ScoreRow, groups: int) -> str:
    if row.gain is None:
        return "Whether training with other sensors would help was not measured."
    gain = f"{row.style.difference(row.gain)}" if row.style.unit else f"{row.name} {row.style.difference(row.gain)}"
    if verdict is Verdict.HELPED:
        return f"Training with the others helped: {gain}."
    if verdict is Verdict.HARMED:
        return f"Training with the others harmed: {gain}. To map from this sensor, train again with the method “alone”."
    if row.gain.low is None:
        return (
            f"Training with the others made no difference that can be shown: {gain}, but the test samples come from "
            f"{groups} {'group' if groups == 1 else 'groups'} only, and fewer than {MINIMUM_GROUPS} prove nothing."
        )
    return f"Training with the others made no difference that can be shown: {gain}."


def _no_better_than_guessing(task: Task, score: Estimate, guess: float) -> str:
    lowest = score.value if score.low is None else score.low
    if lowest > guess:
        return ""
    if task is Task.REGRESSION:
        return "That is not shown to be better than giving every place the mean (R² 0)."
    if task is Task.CLASSIFICATION:
        return f"That is not shown to be better than guessing ({fixed(100 * guess, 1)} %)."
    return f"That is not shown to be better than guessing ({fixed(guess, 3)})."


def _plain(estimate: Estimate) -> str:
    decimals = decimals_for(estimate.value)
    value = fixed(estimate.value, decimals)
    if estimate.low is None or estimate.high is None:
        return value
    return f"{value}{NO_BREAK_SPACE}{interval(fixed(estimate.low, decimals), fixed(estimate.high, decimals))}"
