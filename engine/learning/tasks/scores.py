"""Scores of predictions against labels, by scikit-learn.

Callers exclude nodata first: a prediction or target that is not finite raises :class:`ValueError`.
All scores are finite; the value of undefined scores is documented with each.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import (
    average_precision_score,
    cohen_kappa_score,
    confusion_matrix,
    mean_absolute_error,
    mean_squared_error,
    precision_recall_fscore_support,
    r2_score,
)

from ...arrays import Doubles, Flags
from .population import Population

LEAST_PROBABILITY = 1e-7  # a float32 probability this close to 1 cannot be distinguished from it
_ONE = 1 - 1e-12  # chance agreement if all samples are of one class, with rounding errors

Array = NDArray[Any]
Counts = NDArray[np.int64]


@dataclass(frozen=True)
class ClassScore:
    """Scores of one class or label; None if undefined: never predicted, or not in the target."""

    precision: float | None
    recall: float | None
    f1: float | None
    support: int
    predicted: int


# Each class with its recall, each label with its average precision in addition.
ScoresByClass = tuple[tuple[ClassScore, "float | None"], ...]


@dataclass(frozen=True)
class ClassificationScores:
    """Scores of single-label classification.

    ``balanced_accuracy`` is the mean recall over the classes present in the target; ``macro_f1`` the mean F1 over the
    classes present in target or prediction; ``kappa`` is 0 if target and prediction are all the same class.
    ``confusion`` (class, class) counts samples: rows are the reference, columns the prediction. All except the counts
    refer to the population.
    """

    samples: int
    accuracy: float
    balanced_accuracy: float
    macro_f1: float
    kappa: float
    classes: tuple[ClassScore, ...]
    confusion: Counts


@dataclass(frozen=True)
class TargetScore:
    """Scores of one regression target, in its own unit except for ``r2``.

    ``bias`` is the mean of prediction minus reference, ``scatter`` the (population) standard deviation of these
    differences: rmse² = bias² + scatter². ``r2`` of a constant target is 1 if the prediction is exact and 0 if it
    is not.
    """

    r2: float
    rmse: float
    mae: float
    bias: float
    scatter: float


@dataclass(frozen=True)
class RegressionScores:
    """Scores per target, and their ``mean`` over targets (the same with one target)."""

    samples: int
    targets: tuple[TargetScore, ...]
    mean: TargetScore


@dataclass(frozen=True)
class MultilabelScores:
    """Scores of multi-label classification.

    ``label_precisions`` are average precisions per label, None for a label without samples; ``average_precision`` is
    their mean (0 if no sample has any label). With a threshold of 0.5: ``macro_f1`` over labels present
    in target or prediction, and ``label_accuracy``, the share of correct yes/no decisions.
    """

    samples: int
    average_precision: float
    macro_f1: float
    label_accuracy: float
    label_precisions: tuple[float | None, ...]
    labels: tuple[ClassScore, ...]


def classification_scores(
    target: Array, prediction: Array, population: Population | None = None
) -> ClassificationScores:
    """Scores of class indices (sample,) and probabilities (sample, class).

    Classes are decided by ``population``, and samples weighted to represent it: an accuracy, a precision or
    a kappa depends on the population. Recalls, and so balanced accuracy, do not.
    """
    require_classes(target, prediction)
    population = population or Population()
    indices = np.arange(prediction.shape[1])
    decided, weights = population.decided(prediction), population.sample_weights(target)
    confusion = confusion_matrix(target, decided, labels=indices)
    classes = _class_scores(target, decided, indices, weights)
    chance = float(np.bincount(target, weights, len(indices)) @ np.bincount(decided, weights, len(indices)))
    chance /= len(target) ** 2  # the weights' mean is 1
    return ClassificationScores(
        samples=len(target),
        accuracy=accuracy(target, prediction, population),
        balanced_accuracy=balanced_accuracy(target, prediction, population),
        macro_f1=_mean(score.f1 for score in classes),
        kappa=_kappa(target, decided, indices, weights) if chance < _ONE else 0.0,
        classes=classes,
        confusion=confusion.astype(np.int64),
    )


def accuracy(target: Array, prediction: Array, population: Population) -> float:
    """As in :func:`classification_scores`, without the other scores: it is needed after every epoch."""
    right, weights = _right(target, prediction, population)
    return float(np.average(right, weights=weights))


def balanced_accuracy(target: Array, prediction: Array, population: Population) -> float:
    """As :func:`accuracy`."""
    right, weights = _right(target, prediction, population)
    classes = prediction.shape[1]
    hits = np.bincount(target[right], weights[right], classes)
    support = np.bincount(target, weights, classes)
    there = support > 0
    return _mean((hits[there] / support[there]).tolist())


def _right(target: Array, prediction: Array, population: Population) -> tuple[Flags, Doubles]:
    """Which samples are classified correctly, and the samples' weights."""
    require_classes(target, prediction)
    return population.decided(prediction) == target, population.sample_weights(target)


def regression_scores(target: Array, prediction: Array) -> RegressionScores:
    """Scores of values (sample, target)."""
    require_values(target, prediction)
    targets = tuple(
        _target_score(np.asarray(target[:, at], np.float64), np.asarray(prediction[:, at], np.float64))
        for at in range(target.shape[1])
    )
    mean = TargetScore(*np.mean([astuple(score) for score in targets], axis=0).tolist())
    return RegressionScores(len(target), targets, mean)


def multilabel_scores(target: Array, prediction: Array) -> MultilabelScores:
    """Scores of 0/1 targets and probabilities (sample, label)."""
    require_labels(target, prediction)
    decided = (prediction >= 0.5).astype(np.int64)
    truth = np.asarray(target, np.int64)
    precisions = tuple(
        float(average_precision_score(truth[:, at], prediction[:, at])) if truth[:, at].any() else None
        for at in range(truth.shape[1])
    )
    labels = tuple(_class_scores(truth[:, at], decided[:, at], np.array([1]))[0] for at in range(truth.shape[1]))
    return MultilabelScores(
        samples=len(truth),
        average_precision=_mean(precisions),
        macro_f1=_mean(score.f1 for score in labels),
        label_accuracy=float((decided == truth).mean()),
        label_precisions=precisions,
        labels=labels,
    )


def require_classes(target: Array, prediction: Array) -> None:
    """Refuse anything but class indices (sample,) and probabilities (sample, class).

    Raises:
        ValueError: no samples, shapes that do not fit, classes out of range, or values that are not finite.
    """
    _require(target, prediction, prediction.shape[:1])
    if not (target.min() >= 0 and target.max() < prediction.shape[1]):
        raise ValueError(f"class indices {target.min()} to {target.max()} for {prediction.shape[1]} probabilities")


def require_values(target: Array, prediction: Array) -> None:
    """Refuse anything but values (sample, target) for both; raises as :func:`require_classes`."""
    _require(target, prediction, prediction.shape)


def require_labels(target: Array, prediction: Array) -> None:
    """Refuse anything but 0/1 and probabilities, both (sample, label); raises as :func:`require_classes`."""
    _require(target, prediction, prediction.shape)
    if not np.isin(target, (0, 1)).all():
        raise ValueError("multi-label targets other than 0 and 1")


def _require(target: Array, prediction: Array, shape: tuple[int, ...]) -> None:
    if prediction.ndim != 2 or target.shape != shape or not prediction.size:
        raise ValueError(f"target {target.shape} and prediction {prediction.shape}: no samples to score")
    if not np.isfinite(prediction).all() or not np.isfinite(target).all():
        raise ValueError("values that are not finite among those to score: leave out nodata first")


def _kappa(target: Array, decided: Array, indices: Array, weights: Array) -> float:
    return float(cohen_kappa_score(target, decided, labels=indices, sample_weight=weights))


def _class_scores(
    target: Array, decided: Array, indices: Array, weights: Array | None = None
) -> tuple[ClassScore, ...]:
    precision, recall, f1, _ = precision_recall_fscore_support(
        target, decided, labels=indices, average=None, sample_weight=weights, zero_division=0
    )
    predicted = [int((decided == index).sum()) for index in indices]
    support = [int((target == index).sum()) for index in indices]
    return tuple(
        ClassScore(
            precision=float(precision[at]) if predicted[at] else None,
            recall=float(recall[at]) if support[at] else None,
            f1=float(f1[at]) if predicted[at] or support[at] else None,
            support=support[at],
            predicted=predicted[at],
        )
        for at in range(len(indices))
    )


def _target_score(target: NDArray[np.float64], prediction: NDArray[np.float64]) -> TargetScore:
    exact = float(np.array_equal(target, prediction))
    return TargetScore(
        r2=float(r2_score(target, prediction)) if np.ptp(target) > 0 else exact,
        rmse=float(np.sqrt(mean_squared_error(target, prediction))),
        mae=float(mean_absolute_error(target, prediction)),
        bias=float((prediction - target).mean()),
        scatter=float((prediction - target).std()),
    )


def _mean(values: Iterable[float | None]) -> float:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else 0.0
