"""Whether a training can start, and its size: the line at the foot of the window."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Optional

from ....engine.contract import THOROUGH_FOLDS, Effort, Method, Task
from .checks import sensor_issues
from .form import TrainingForm
from .labels import LEAST_GROUPS, ClassFacts, LabelFacts, without_class
from .problems import Issue, Mend, Page, Problem

MODEL_ENDING = ".colearn"
_METHODS_OF_AUTO = 2  # methods compared in addition to alone, in units of a full training
_PIXELS_OF_POLYGON = 20  # that are drawn, approximately
_EFFORTS = {Effort.QUICK: 0.1, Effort.STANDARD: 1.0, Effort.THOROUGH: 3.0}  # approximate, relative


@dataclass(frozen=True)
class Surroundings:
    """Facts from outside the form: which files exist, what is being read, what other trainings write."""

    label_places: int = 0
    model_exists: bool = False
    models_in_work: frozenset[str] = frozenset()
    seconds_per_unit: Optional[float] = None  # of earlier trainings on this computer
    rasters_read: tuple[int, int] = (0, 0)  # number read, total


@dataclass(frozen=True)
class Verdict:
    """The issues, and the size of the training; ``minutes`` only if the speed is known from earlier trainings."""

    issues: tuple[Issue, ...]
    sensors: int
    classes: int
    features: int
    shape: str
    minutes: Optional[float]

    @property
    def is_ready(self) -> bool:
        """Whether a training may start."""
        return all(issue.is_warning for issue in self.issues)

    def of_page(self, page: Page) -> tuple[Issue, ...]:
        """The issues to be fixed on one page."""
        return tuple(issue for issue in self.issues if issue.page is page)


def verdict(form: TrainingForm, labels: LabelFacts, around: Surroundings) -> Verdict:
    """Judge a form."""
    issues = (
        *_being_read(around.rasters_read),
        *_labels_as_sensor(form),
        *sensor_issues(form.sensors, around.label_places),
        *_few_sensors(form),
        *label_issues(form, labels),
        *_model_issues(form, around),
    )
    used = used_classes(form, labels)
    minutes = _minutes(form, labels, around.seconds_per_unit)
    features = sum(facts.features for facts in used) if used else labels.features
    return Verdict(tuple(issues), len(form.sensors), len(used), features, labels.shape, minutes)


def _minutes(form: TrainingForm, labels: LabelFacts, speed: Optional[float]) -> Optional[float]:
    """The expected time, within the time limit if there is one; None if the speed is unknown."""
    if speed is None:
        return None
    minutes, limit = speed * work_units(form, labels) / 60, form.settings.get("time_budget_min")
    return minutes if limit is None else min(minutes, float(limit))


def used_classes(form: TrainingForm, labels: LabelFacts) -> tuple[ClassFacts, ...]:
    """The classes that are excluded neither by the user nor by their names; none for regression."""
    if not has_classes(form, labels):
        return ()
    out = without_class(labels.classes, form.labels).union(form.labels.left_out)
    return tuple(facts for facts in labels.classes if facts.value not in out)


def has_classes(form: TrainingForm, labels: LabelFacts) -> bool:
    """Whether the task is single-label classification, as far as known."""
    task = form.settings.get("task")
    if task is Task.AUTO:
        return not labels.measured and len(form.labels.label_fields) <= 1
    return bool(task.one_class)


def work_units(form: TrainingForm, labels: LabelFacts) -> float:
    """The amount of computation, in sample visits: samples × epochs × sensors × trainings."""
    get = form.settings.get
    samples = min(get("max_samples"), _labelled(labels)) + (get("unlabelled_samples") or 0)
    methods = {Method.AUTO: _METHODS_OF_AUTO, Method.ALONE: 0}.get(get("method"), 1) + 2  # alone, and all together
    automatic, effort = get("method") is Method.AUTO, get("effort")
    folds = get("folds") or (THOROUGH_FOLDS if automatic and effort is Effort.THOROUGH else 1)
    trainings = (_EFFORTS[effort] if automatic else 1.0) * folds * get("repeats")
    return trainings * samples * get("epochs") * max(len(form.sensors), 1) * methods


def _labelled(labels: LabelFacts) -> float:
    """The approximate number of labelled pixels; unlimited for rasters, which are not read to count them."""
    if labels.shape == "raster":
        return math.inf
    return max(labels.features * (1 if labels.shape == "points" else _PIXELS_OF_POLYGON), 100)


def label_issues(form: TrainingForm, labels: LabelFacts) -> Iterator[Issue]:
    """What is wrong with the labels."""
    chosen = form.labels
    if not chosen.key:
        yield Issue(Problem.NO_LABELS, Page.LABELS)
        return
    if labels.is_gone:
        yield Issue(Problem.LABELS_GONE, Page.LABELS, names=(chosen.name,))
        return
    if labels.is_being_read:
        yield Issue(Problem.LABELS_BEING_READ, Page.LABELS, names=(chosen.name,))
        return
    if labels.failure:
        yield Issue(Problem.LABELS_FAILED, Page.LABELS, names=(chosen.name,), values=(labels.failure,))
        return
    if not labels.has_crs:
        yield Issue(Problem.LABELS_WITHOUT_CRS, Page.LABELS, names=(chosen.name,))
    if chosen.is_raster:
        return
    if not chosen.label_fields:
        yield Issue(Problem.NO_FIELD, Page.LABELS, names=tuple(field.name for field in labels.fields))
        return
    used = used_classes(form, labels)
    if has_classes(form, labels) and labels.classes and len(used) < 2:
        yield Issue(Problem.ONE_CLASS, Page.LABELS, names=tuple(facts.name for facts in used))
    few = tuple(facts.name for facts in used if facts.groups < LEAST_GROUPS)
    if few and not labels.partly:
        yield Issue(Problem.FEW_GROUPS, Page.LABELS, names=few, values=(str(LEAST_GROUPS),))


def _being_read(rasters: tuple[int, int]) -> Iterator[Issue]:
    if rasters[1]:
        yield Issue(Problem.RASTERS_BEING_READ, values=tuple(map(str, rasters)))


def _labels_as_sensor(form: TrainingForm) -> Iterator[Issue]:
    for at, sensor in enumerate(form.sensors):
        names = tuple(raster.name for raster in sensor.rasters if form.labels.is_raster_of(raster))
        if names:
            yield Issue(Problem.IS_LABELS, sensor=at, names=names, mend=Mend.REMOVE_LABELS)


def _few_sensors(form: TrainingForm) -> Iterator[Issue]:
    alone = form.settings.get("method") is Method.ALONE
    if len(form.sensors) < (1 if alone else 2):
        yield Issue(Problem.ONE_SENSOR, values=(str(len(form.sensors)),))


def _model_issues(form: TrainingForm, around: Surroundings) -> Iterator[Issue]:
    path = form.output_model
    if not path:
        yield Issue(Problem.NO_MODEL_FILE, Page.TRAINING)
    elif not path.endswith(MODEL_ENDING):
        yield Issue(Problem.MODEL_ENDING, Page.TRAINING, names=(path,))
    elif path in around.models_in_work:
        yield Issue(Problem.MODEL_BUSY, Page.TRAINING, names=(path,))
    elif around.model_exists:
        yield Issue(Problem.MODEL_REPLACED, Page.TRAINING, names=(path,))
