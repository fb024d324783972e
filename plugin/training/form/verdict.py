"""Whether a training can start, and its size: the line at the foot of the window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Optional

from ....engine.contract import Method, Task
from .checks import sensor_issues
from .form import TrainingForm
from .labels import LEAST_GROUPS, ClassFacts, LabelFacts, without_class
from .problems import Issue, Mend, Page, Problem
from .progress.cost import Cost, expected_cost

MODEL_ENDING = ".colearn"


@dataclass(frozen=True)
class Surroundings:
    """Facts from outside the form: which files exist, what is being read, what other trainings write."""

    label_places: int = 0
    model_exists: bool = False
    models_in_work: frozenset[str] = frozenset()
    slowness: Callable[[Cost], float] = lambda _cost: 1.0  # of this computer, with such a training
    rasters_read: tuple[int, int] = (0, 0)  # number read, total


@dataclass(frozen=True)
class Verdict:
    """The issues, and the size of the training; ``minutes`` only with sensors and labels."""

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
    minutes = _minutes(form, labels, around)
    features = sum(facts.features for facts in used) if used else labels.features
    return Verdict(tuple(issues), len(form.sensors), len(used), features, labels.shape, minutes)


def _minutes(form: TrainingForm, labels: LabelFacts, around: Surroundings) -> Optional[float]:
    """The expected time, within the time limit if there is one; None as long as sensors or labels are missing."""
    if not form.sensors or not labels.shape:
        return None
    cost, limit = expected_cost(form, labels), form.settings.get("time_budget_min")
    minutes = cost.seconds(around.slowness(cost)) / 60
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
