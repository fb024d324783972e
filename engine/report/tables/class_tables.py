"""Tables of classes: confusion matrix, and scores of each class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...contract import LabelClass, Task
from ...learning.tasks import ClassScore, Population, classification_scores, regression_scores, rules_of
from ..content import NONE, Scores, Target, count, decimals_for, fixed, share

# Up to this number of classes the columns have names and the cells row percentages; beyond, codes and counts.
NAMED_COLUMNS = 12
# With more classes a matrix is no longer readable: only the most frequent confusions are listed.
LARGEST_MATRIX = 40
SHADES = 20
_LISTED = 10


@dataclass(frozen=True)
class Cell:
    """Samples of the row's class predicted as the column's; ``shade`` 0..20 is the share of the row."""

    count: str
    percent: str
    shade: int
    right: bool


@dataclass(frozen=True)
class MatrixRow:
    """One class of the reference: its cells in the order of the classes, and its number of samples."""

    label: LabelClass
    cells: tuple[Cell, ...]
    total: str


@dataclass(frozen=True)
class Confusion:
    """A confusion matrix for display; ``rows`` is empty if there are too many classes.

    ``mistakes`` are the most frequent confusions, in descending order.
    """

    classes: tuple[LabelClass, ...]
    rows: tuple[MatrixRow, ...]
    named: bool
    mistakes: tuple[Mistake, ...]


@dataclass(frozen=True)
class Mistake:
    """A frequent confusion: ``count`` samples, ``percent`` of their class."""

    reference: LabelClass
    predicted: LabelClass
    count: str
    percent: str


@dataclass(frozen=True)
class ClassRow:
    """One class, or one label of several, as text."""

    label: LabelClass
    support: str
    predicted: str
    precision: str
    recall: str
    f1: str
    average_precision: str
    other: str  # recall of the network that was not shipped; for several labels its average precision


@dataclass(frozen=True)
class TargetRow:
    """One regression target as text, in its own unit except for R²."""

    name: str
    r2: str
    rmse: str
    mae: str
    bias: str
    scatter: str


def confusion_of(
    classes: tuple[LabelClass, ...], target: Target, prediction: Scores, population: Population
) -> Confusion:
    """The confusion matrix over the classes that occur in the reference or the prediction."""
    counts = classification_scores(target, prediction, population).confusion
    met = np.flatnonzero(counts.sum(axis=0) + counts.sum(axis=1))
    labels = tuple(classes[index] for index in met)
    counts = counts[np.ix_(met, met)]
    rows = tuple(_matrix_row(label, counts[at], at) for at, label in enumerate(labels))
    shown = rows if len(labels) <= LARGEST_MATRIX else ()
    return Confusion(labels, shown, len(labels) <= NAMED_COLUMNS, _mistakes(labels, counts))


def class_rows(
    task: Task,
    classes: tuple[LabelClass, ...],
    target: Target,
    shipped: Scores,
    other: Scores | None,
    population: Population,
) -> tuple[ClassRow, ...]:
    """Every class of the model, also those without a test sample; none for regression.

    Precision and F1 refer to the population.
    """
    rules = rules_of(task)
    found = rules.scores_by_class(target, shipped, population)
    compared = rules.scores_by_class(target, other, population) if other is not None else ()
    others = [_score(main) for _, main in compared] or [""] * len(classes)
    precisions = ["" if task.one_class else _score(main) for _, main in found]
    return tuple(
        _class_row(label, score, precision, beside)
        for label, (score, _), precision, beside in zip(classes, found, precisions, others, strict=True)
    )


def target_rows(names: tuple[str, ...], target: Target, prediction: Scores) -> tuple[TargetRow, ...]:
    """Scores of each regression target."""
    scores = regression_scores(target, prediction).targets
    rows = []
    for name, score in zip(names, scores, strict=True):
        decimals = decimals_for(score.rmse)
        rmse, mae, scatter = (fixed(error, decimals) for error in (score.rmse, score.mae, score.scatter))
        rows.append(TargetRow(name, fixed(score.r2, 3), rmse, mae, fixed(score.bias, decimals, signed=True), scatter))
    return tuple(rows)


def _class_row(label: LabelClass, score: ClassScore, average_precision: str, other: str) -> ClassRow:
    return ClassRow(
        label,
        count(score.support),
        count(score.predicted),
        _score(score.precision),
        _score(score.recall),
        _score(score.f1),
        average_precision,
        other,
    )


def _matrix_row(label: LabelClass, counts: NDArray[np.int64], at: int) -> MatrixRow:
    total = int(counts.sum())
    cells = tuple(
        Cell(count(int(number)), share(number, total), _shade(number, total), column == at)
        for column, number in enumerate(counts)
    )
    return MatrixRow(label, cells, count(total))


def _shade(number: int, total: int) -> int:
    return int(np.ceil(SHADES * number / total)) if total else 0


def _mistakes(labels: tuple[LabelClass, ...], counts: NDArray[np.int64]) -> tuple[Mistake, ...]:
    wrong = counts - np.diag(counts.diagonal())
    largest = np.argsort(-wrong, axis=None, kind="stable")[:_LISTED]
    pairs = [(int(cell) // len(labels), int(cell) % len(labels)) for cell in largest]
    return tuple(
        Mistake(
            labels[row], labels[column], count(int(wrong[row, column])), share(wrong[row, column], counts[row].sum())
        )
        for row, column in pairs
        if wrong[row, column]
    )


def _score(value: float | None) -> str:
    return NONE if value is None else share(value, 1)
