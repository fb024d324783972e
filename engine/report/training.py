"""The training report: what training together brought, what the data were, how to repeat it."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from ..contract.job import Task
from ..contract.manifest import Manifest, SensorManifest
from ..learning.intervals import MINIMUM_GROUPS, RESAMPLES
from .curves import Curve, curves
from .dots import dots
from .evidence import PartCounts, TrainingEvidence
from .page import render
from .places import Outcome, PlaceMap, outcome, places
from .results import SensorResult, chance, sensor_results
from .scatter import scatter
from .sentences import findings, summary
from .tables import ClassRow, Confusion, TargetRow, class_rows, confusion_of, target_rows

MOST_OPEN_BANDS = 12


@dataclass(frozen=True)
class Scatter:
    """Prediction against reference of one target: the shipped network, and the one trained alone."""

    target: str
    shipped: Markup
    alone: Markup | None


@dataclass(frozen=True)
class SensorView:
    """All the page shows of one sensor."""

    sensor: SensorManifest
    result: SensorResult
    confusion: Confusion | None
    classes: tuple[ClassRow, ...]
    targets: tuple[TargetRow, ...]
    scatters: tuple[Scatter, ...]
    outcome: Outcome
    map: PlaceMap | None


def training_report(manifest: Manifest, evidence: TrainingEvidence) -> str:
    """The report as one HTML page.

    Raises:
        ValueError: predictions or targets that are not finite, or do not fit each other.
    """
    results = sensor_results(manifest, evidence)
    return render(
        "training.html.j2",
        manifest=manifest,
        evidence=evidence,
        summary=summary(results),
        findings=findings(manifest, evidence, results),
        dots=dots(results, chance(manifest.task, evidence.target)),
        views=tuple(_view(manifest, evidence, result, at) for at, result in enumerate(results)),
        curves=_curves(manifest, evidence),
        class_counts=_class_counts(manifest, evidence),
        test_groups=len(np.unique(evidence.groups)),
        minimum_groups=MINIMUM_GROUPS,
        resamples=RESAMPLES,
        most_open_bands=MOST_OPEN_BANDS,
        job=json.dumps(manifest.job, indent=2, ensure_ascii=False),
    )


def _curves(manifest: Manifest, evidence: TrainingEvidence) -> tuple[Curve, ...]:
    return curves(evidence.history, manifest.sensors[0].score.metric)


def _view(manifest: Manifest, evidence: TrainingEvidence, result: SensorResult, at: int) -> SensorView:
    target, found = evidence.target, result.evidence
    compared = found.alone if found.colearned is not None else None
    number = 1000 * (at + 1)  # a figure's number keeps its SVG ids apart
    names = tuple(item.name for item in manifest.targets)
    told = outcome(manifest.task, target, found.shipped)
    return SensorView(
        sensor=result.sensor,
        result=result,
        confusion=confusion_of(manifest.classes, target, found.shipped) if _has_matrix(manifest) else None,
        classes=class_rows(manifest.task, manifest.classes, target, found.shipped, compared),
        targets=target_rows(names, target, found.shipped) if names else (),
        scatters=_scatters(names, evidence, result, number),
        outcome=told,
        map=places(evidence.longitude, evidence.latitude, told, number + 999),
    )


def _has_matrix(manifest: Manifest) -> bool:
    return manifest.task is Task.CLASSIFICATION


def _scatters(
    names: tuple[str, ...], evidence: TrainingEvidence, result: SensorResult, number: int
) -> tuple[Scatter, ...]:
    found, drawn = result.evidence, []
    for at, name in enumerate(names):
        reference = evidence.target[:, at]
        shipped = scatter(reference, found.shipped[:, at], number + 2 * at)
        alone = scatter(reference, found.alone[:, at], number + 2 * at + 1) if found.colearned is not None else None
        drawn.append(Scatter(name, shipped, alone))
    return tuple(drawn)


def _class_counts(manifest: Manifest, evidence: TrainingEvidence) -> tuple[PartCounts, ...]:
    if evidence.class_counts and len(evidence.class_counts) != len(manifest.classes):
        raise ValueError(f"{len(evidence.class_counts)} class counts for {len(manifest.classes)} classes")
    return evidence.class_counts
