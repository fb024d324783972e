"""The evaluation report: one sensor's map compared with labels that were not used in training."""

from __future__ import annotations

import numpy as np

from ...contract import Manifest, SensorManifest
from ...learning.metrics import MINIMUM_GROUPS, RESAMPLES
from ...learning.tasks import Population
from ..content import (
    EvaluationEvidence,
    Score,
    Scores,
    Target,
    capital,
    chance,
    commonest,
    count,
    number_of,
    reliance_advice,
    scores,
    words_of,
)
from ..figures import calibrated, outcome, places, scatter
from ..tables import Confusion, area_table, class_rows, confusion_of, target_rows
from .page import render


def evaluation_report(manifest: Manifest, evidence: EvaluationEvidence) -> str:
    """The report as one HTML page.

    Raises:
        ModelError: the model has no sensor of that name.
        ValueError: predictions or targets that are not finite, or do not fit each other.
    """
    sensor = manifest.sensor(evidence.sensor)
    task, target, prediction = manifest.task, evidence.target, evidence.prediction
    population = Population.deciding(manifest)
    found = _main_first(sensor, scores(task, target, prediction, evidence.groups, evidence.seed, population))
    titles = tuple(item.title for item in manifest.targets)
    outcomes = outcome(task, target, prediction, population)
    return render(
        "evaluation.html.j2",
        manifest=manifest,
        evidence=evidence,
        sensor=sensor,
        scores=found,
        sentences=evaluation_sentences(manifest, evidence, found),
        advice=evaluation_advice(manifest, evidence, found),
        confusion=_confusion(manifest, target, prediction) if task.one_class else None,
        classes=class_rows(task, manifest.classes, target, prediction, None, population),
        targets=target_rows(titles, target, prediction) if titles else (),
        scatters=[
            (item.name, scatter(target[:, at], prediction[:, at], at, item.unit))
            for at, item in enumerate(manifest.targets)
        ],
        reliability=calibrated(task, target, prediction, None, 998, population, manifest.classes),
        areas=area_table(manifest.classes, evidence.area) if evidence.area else None,
        outcome=outcomes,
        maps=places(evidence.longitude, evidence.latitude, outcomes, 980),
        groups=len(np.unique(evidence.groups)),
        minimum_groups=MINIMUM_GROUPS,
        resamples=RESAMPLES,
    )


def _confusion(manifest: Manifest, target: Target, prediction: Scores) -> Confusion:
    return confusion_of(manifest.classes, target, prediction, Population.deciding(manifest))


def evaluation_sentences(manifest: Manifest, evidence: EvaluationEvidence, found: tuple[Score, ...]) -> tuple[str, ...]:
    """The map's scores on these labels, compared with the test in training."""
    words = words_of(manifest.task)
    plain = next(score for score in found if score.name == words.plain_score)
    formatted = plain.style.score(plain.estimate)
    samples = number_of(len(evidence.target), "sample")
    clause = words.how_good(manifest, formatted, evidence.target, evidence.prediction, samples)
    then = manifest.sensor(evidence.sensor).score
    now = _optimized(manifest, evidence, found)
    compared = f"{now.style.score(now.estimate)} here, {now.style.score(then.of_shipped)} in the test during training"
    sentences = [f"From {evidence.sensor} alone, the model {clause}.", f"{capital(now.name)}: {compared}."]
    if manifest.task.one_class:
        sentences.append(commonest(manifest, evidence.target, Population.deciding(manifest)))
    return tuple(sentences)


def _flattered(known: int, samples: str) -> str:
    """The warning that some of these labels were used in training."""
    return (
        f"At least {count(known)} of {samples} are at locations used in training or model selection, where scores "
        f"are optimistic. Other pixels of the same polygons are not counted."
    )


def _main_first(sensor: SensorManifest, found: tuple[Score, ...]) -> tuple[Score, ...]:
    """The scores, the optimized one first."""
    return tuple(sorted(found, key=lambda score: score.name != sensor.score.metric))


def evaluation_advice(manifest: Manifest, evidence: EvaluationEvidence, found: tuple[Score, ...]) -> tuple[str, ...]:
    """Warnings about the scores: known locations, one class only, no better than a trivial prediction."""
    target, advice = evidence.target, []
    if evidence.known_locations:
        advice.append(_flattered(evidence.known_locations, number_of(len(target), "sample")))
    if manifest.task.one_class and len(np.unique(target)) == 1:
        label = manifest.classes[int(target[0])].name
        advice.append(f"All samples are {label}: these scores do not show whether classes are separated.")
        return tuple(advice)
    score = _optimized(manifest, evidence, found)
    relied = reliance_advice(score, chance(score.name, target, Population.deciding(manifest)))
    return tuple([*advice, relied] if relied else advice)


def _optimized(manifest: Manifest, evidence: EvaluationEvidence, found: tuple[Score, ...]) -> Score:
    """The score that training optimized."""
    metric = manifest.sensor(evidence.sensor).score.metric
    return next(score for score in found if score.name == metric)
