"""The evaluation report: one sensor's map against labels the model has not seen."""

from __future__ import annotations

import numpy as np

from ..contract.job import Task
from ..contract.manifest import Manifest
from ..learning.intervals import MINIMUM_GROUPS, RESAMPLES
from .evidence import EvaluationEvidence
from .page import render
from .places import outcome, places
from .results import chance, evaluation_rows
from .scatter import scatter
from .sentences import evaluation_sentences
from .tables import class_rows, confusion_of, target_rows


def evaluation_report(manifest: Manifest, evidence: EvaluationEvidence) -> str:
    """The report as one HTML page.

    Raises:
        ModelError: the model has no sensor of that name.
        ValueError: predictions or targets that are not finite, or do not fit each other.
    """
    sensor = manifest.sensor(evidence.sensor)
    task, target, prediction = manifest.task, evidence.target, evidence.prediction
    rows = evaluation_rows(task, target, prediction, evidence.groups, evidence.seed)
    names = tuple(item.name for item in manifest.targets)
    told = outcome(task, target, prediction)
    return render(
        "evaluation.html.j2",
        manifest=manifest,
        evidence=evidence,
        sensor=sensor,
        rows=rows,
        sentences=evaluation_sentences(manifest, evidence, rows[0], chance(task, target)),
        confusion=confusion_of(manifest.classes, target, prediction) if task is Task.CLASSIFICATION else None,
        classes=class_rows(task, manifest.classes, target, prediction, None),
        targets=target_rows(names, target, prediction) if names else (),
        scatters=[(name, scatter(target[:, at], prediction[:, at], at)) for at, name in enumerate(names)],
        outcome=told,
        map=places(evidence.longitude, evidence.latitude, told, 999),
        groups=len(np.unique(evidence.groups)),
        minimum_groups=MINIMUM_GROUPS,
        resamples=RESAMPLES,
    )
