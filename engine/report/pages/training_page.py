"""The training report: effect of co-learning, data, settings to reproduce it."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from ...contract import LEAST_AGREEMENT, Manifest, Method, SensorManifest, Target
from ...learning.metrics import MINIMUM_GROUPS, REPEATS, RESAMPLES
from ...learning.tasks import Population, rules_of
from ..content import (
    PartCounts,
    SensorEvidence,
    SensorResult,
    TrainingEvidence,
    chance,
    findings,
    fixed,
    sensor_results,
    shipped_words,
    spread_text,
    summary,
    uncertainty_remark,
    untested_classes,
    words_of,
)
from ..figures import (
    Calibrated,
    Card,
    Curve,
    Outcome,
    PlaceMap,
    calibrated,
    card,
    curves,
    dots,
    outcome,
    places,
    scatter,
)
from ..tables import (
    AVERAGE,
    ClassRow,
    Confusion,
    ShareRow,
    TargetRow,
    class_rows,
    confusion_of,
    copies_learned_on,
    coverage,
    fast_rows,
    importance_tables,
    method_rows,
    method_sentence,
    precision_rows,
    share_rows,
    share_sentence,
    target_rows,
)
from .page import render

MOST_OPEN_BANDS = 12
MOST_OPEN_CURVES = 8
BY_CHANCE = "chance"  # the manifest's name of a random split
_CONSTANTS = {
    "shuffles": REPEATS,
    "least_agreement": fixed(100 * LEAST_AGREEMENT, 0),
    "minimum_groups": MINIMUM_GROUPS,
    "resamples": RESAMPLES,
    "most_open_bands": MOST_OPEN_BANDS,
    "most_open_curves": MOST_OPEN_CURVES,
}
FIGURES_PER_SENSOR = 1000  # a figure's number makes its SVG ids unique


@dataclass(frozen=True)
class Scatter:
    """Prediction against reference of one target: the shipped network, and the other one if there are two."""

    target: str
    shipped: Markup
    other: Markup | None


@dataclass(frozen=True)
class SensorView:
    """The page's content about one sensor with test samples; ``network`` describes what was shipped."""

    sensor: SensorManifest
    network: str
    result: SensorResult
    card: Card
    confusion: Confusion | None
    classes: tuple[ClassRow, ...]
    shares: tuple[ShareRow, ...]
    targets: tuple[TargetRow, ...]
    scatters: tuple[Scatter, ...]
    reliability: Calibrated | None
    outcome: Outcome
    maps: tuple[PlaceMap, ...]


def training_report(manifest: Manifest, evidence: TrainingEvidence) -> str:
    """The report as one HTML page.

    Raises:
        ValueError: predictions or targets that are not finite, or do not fit each other or the manifest.
    """
    results = sensor_results(manifest, evidence)
    metric = manifest.sensors[0].score.metric
    return render(
        "training.html.j2",
        manifest=manifest,
        evidence=evidence,
        summary=summary(results),
        findings=findings(manifest, results),
        explanation=words_of(manifest.task).explanation(manifest, evidence.target),
        apart=_apart(manifest),
        share_sentence=share_sentence(manifest),
        uncertainty=uncertainty_remark(manifest),
        spread=spread_text(manifest),
        untested=untested_classes(manifest, evidence.class_counts),
        intervals=any(row.of(result.shipped).low is not None for result in results for row in result.rows),
        dots=dots(results, chance(metric, evidence.target, Population.of_model(manifest)), manifest.fused),
        views=tuple(_view(manifest, evidence, result, at) for at, result in enumerate(results) if result.rows),
        precisions=precision_rows(manifest),
        copies=fast_rows(manifest),
        copies_learned_on=copies_learned_on(manifest),
        importances=importance_tables(manifest),
        averaged=manifest.method == AVERAGE,
        methods=method_rows(manifest),
        method_sentence=method_sentence(manifest),
        curves=_kept_first(manifest, curves(evidence.history, metric)),
        coverage=coverage(manifest),
        class_counts=_class_counts(manifest, evidence),
        test_counts=_test_counts(manifest, evidence),
        test_groups=len(np.unique(evidence.groups)),
        every_sample_tested=len(evidence.groups) == manifest.samples.total,
        job=json.dumps(manifest.job, indent=2, ensure_ascii=False),
        **_CONSTANTS,
    )


def _apart(manifest: Manifest) -> str:
    """The distance between test and training samples on the ground; empty if unknown."""
    counts = manifest.samples
    if counts.rims is None:
        return ""
    rims = _edges(counts.rims)
    if manifest.split == BY_CHANCE:
        return f"The split is random, so neighbouring samples are in different parts and scores are optimistic. {rims}."
    left = f" {fixed(counts.too_near, 0)} samples were excluded for this." if counts.too_near else ""
    only = ", but only at the edge" if counts.rims else ""
    return f"No training patch contains a pixel of a sample of another part of the split.{left} {rims}{only}."


def _edges(rims: float) -> str:
    if not rims:
        return "No patch of a test sample overlaps a training patch"
    return f"{fixed(100 * rims, 1)} % of the test samples have a patch whose edge overlaps a training patch"


def _view(manifest: Manifest, evidence: TrainingEvidence, result: SensorResult, at: int) -> SensorView:
    task, samples, number = manifest.task, result.evidence, FIGURES_PER_SENSOR * (at + 1)
    titles = tuple(item.title for item in manifest.targets)
    target, shipped, classes = samples.target, samples.shipped, task.one_class
    outcomes, population = outcome(task, target, shipped, result.population), result.population
    return SensorView(
        sensor=result.sensor,
        network=shipped_words(result),
        result=result,
        card=card(result, manifest.fused if samples.covers(evidence) else None),
        confusion=confusion_of(manifest.classes, target, shipped, population) if classes else None,
        classes=class_rows(task, manifest.classes, target, shipped, samples.other, population),
        shares=share_rows(manifest, target, shipped) if classes else (),
        targets=target_rows(titles, target, shipped) if titles else (),
        scatters=_scatters(manifest.targets, samples, number),
        reliability=calibrated(task, target, shipped, samples.uncalibrated, number + 998, population, manifest.classes),
        outcome=outcomes,
        maps=places(samples.longitude, samples.latitude, outcomes, number + 980),
    )


def _scatters(targets: tuple[Target, ...], samples: SensorEvidence, number: int) -> tuple[Scatter, ...]:
    drawn, other = [], samples.other
    for at, item in enumerate(targets):
        reference, figure = samples.target[:, at], number + 2 * at
        shipped = scatter(reference, samples.shipped[:, at], figure, item.unit)
        beside = scatter(reference, other[:, at], figure + 1, item.unit) if other is not None else None
        drawn.append(Scatter(item.name, shipped, beside))
    return tuple(drawn)


def _kept_first(manifest: Manifest, found: tuple[Curve, ...]) -> tuple[Curve, ...]:
    """Trainings of the kept method and its comparisons, before those of dropped methods.

    An average drops none.
    """
    if manifest.method == AVERAGE:
        return found
    dropped = {candidate.method for candidate in manifest.candidates} - {manifest.method, Method.ALONE.value}
    return tuple(sorted(found, key=lambda curve: curve.training.split(": ")[0] in dropped))


def _class_counts(manifest: Manifest, evidence: TrainingEvidence) -> tuple[PartCounts, ...]:
    if evidence.class_counts and len(evidence.class_counts) != len(manifest.classes):
        raise ValueError(f"{len(evidence.class_counts)} class counts for {len(manifest.classes)} classes")
    return evidence.class_counts


def _test_counts(manifest: Manifest, evidence: TrainingEvidence) -> tuple[int, ...]:
    """Test samples of every class, or with every label."""
    members = rules_of(manifest.task).members(evidence.target, len(manifest.classes))
    return tuple(int(number) for number in members.sum(axis=0))
