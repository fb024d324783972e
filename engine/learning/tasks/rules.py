"""Handling of predictions, one object per task: scores, decisions, shares of a population, calibration."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ...arrays import Doubles, Flags, Floats
from ...contract import Optimize, Task, TrainJob
from .classification import Classification
from .multilabel import Multilabel
from .population import Population
from .regression import Regression
from .scaling_fit import Scaling
from .scores import ScoresByClass
from .weighted import Statistic

Array = NDArray[Any]


class TaskRules(Protocol):
    """For targets (class indices (sample,), 0/1 (sample, label), (sample, target)) and predictions (sample, output)."""

    @property
    def score_names(self) -> tuple[str, ...]:
        """Names of the task's scores, the main one first."""

    def require(self, target: Array, prediction: Array) -> None:
        """Refuse what cannot be scored: no samples, shapes that do not fit, classes out of range, non-finite values."""

    def main(self, optimize: Optimize) -> int:
        """The index of the optimized score in the names."""

    def scores(self, target: Array, prediction: Array, population: Population) -> tuple[float, ...]:
        """All scores, in the order of their names."""

    def scores_by_class(self, target: Array, prediction: Array, population: Population) -> ScoresByClass:
        """The scores of every class or label, including the one for comparing networks; none for regression."""

    def as_predictions(self, target: Array, outputs: int) -> Floats:
        """The perfect prediction (sample, output) of these targets: shares, or values."""

    def members(self, target: Array, outputs: int) -> Flags:
        """Which sample is of which class or has which label (sample, output); no outputs for regression."""

    def prior(self, target: Array, outputs: int) -> Doubles:
        """The share (output,) of each class or label, by the rule of succession: never 0, never 1; 0 for regression."""

    def right(self, target: Array, prediction: Array, population: Population) -> Flags:
        """Which samples (sample,) are predicted correctly."""

    def main_score(self, target: Array, prediction: Array, optimize: Optimize, population: Population) -> float:
        """The score that is optimized."""

    def statistic(self, target: Array, prediction: Array, population: Population) -> Statistic:
        """The function from weights (sample,) to all scores."""

    def agreement(self, one: Array, other: Array, target_sd: Array, population: Population) -> float:
        """The agreement of two predictions, 1 at best."""

    def observed_shares(self, target: Array, outputs: int) -> tuple[float, ...]:
        """The share of every class or label among samples; empty if one has none."""

    def prior_shift(self, target: Array, weights: Array | None, shares: tuple[float, ...]) -> Doubles | None:
        """The shift of logits learned from ``target`` to a population with these shares."""

    def logits_of(self, predictions: Doubles) -> Doubles:
        """The inverse of :meth:`predictions_of`."""

    def predictions_of(self, logits: Doubles) -> Doubles:
        """Probabilities, or unchanged values."""

    def scaling(
        self, logits: Doubles, target: Array, bias: Doubles, population: Population, groups: Array | None
    ) -> Scaling:
        """The best temperatures and biases on validation samples, starting at ``bias`` (output,)."""

    def answers(self, target: Array, probabilities: Array, population: Population) -> tuple[Doubles, Flags, Doubles]:
        """Every single prediction: its confidence, whether it is correct, its weight; all (prediction,)."""

    def has(self, target: Array, outputs: int, population: Population) -> tuple[Flags, Doubles]:
        """Which sample is of which class or has which label, and its weight there: both (sample, output)."""


_RULES: dict[Task, TaskRules] = {
    Task.CLASSIFICATION: Classification(),
    Task.MULTILABEL: Multilabel(),
    Task.REGRESSION: Regression(),
}


def rules_of(task: Task) -> TaskRules:
    """The task's rules; the only place in this package that distinguishes tasks."""
    return _RULES[task]


def score_names(task: Task) -> tuple[str, ...]:
    """Names of the task's scores, the main one first."""
    return rules_of(task).score_names


def main_score_name(task: Task, optimize: Optimize) -> str:
    """The name of the score that is optimized."""
    return rules_of(task).score_names[rules_of(task).main(optimize)]


def named_scores(
    task: Task, target: Array, prediction: Array, optimize: Optimize, population: Population
) -> dict[str, float]:
    """All scores by name, the optimized one first."""
    rules = rules_of(task)
    found = dict(zip(rules.score_names, rules.scores(target, prediction, population), strict=True))
    main = main_score_name(task, optimize)
    return {main: found[main], **found}


def check_samples(task: Task, target: Array, prediction: Array) -> None:
    """Refuse what cannot be scored.

    Raises:
        ValueError: no samples, shapes that do not fit, classes out of range, or values that are not finite.
    """
    rules_of(task).require(target, prediction)


def main_score(
    task: Task,
    target: Array,
    prediction: Array,
    optimize: Optimize = TrainJob.optimize,
    population: Population | None = None,
) -> float:
    """The main score: the accuracy to optimize, mean R² over targets, or mean average precision over labels.

    Args:
        population: as for :func:`.scores.classification_scores`.
        target: (sample,) class indices, or (sample, label) 0/1, or (sample, target) values.
        prediction: (sample, K) probabilities or values.

    Raises:
        ValueError: no samples, shapes that do not fit, or values that are not finite.
    """
    return rules_of(task).main_score(target, prediction, optimize, population or Population())


def statistic(task: Task, target: Array, prediction: Array, population: Population | None = None) -> Statistic:
    """The function from weights (sample,) to scores (score,) of these samples.

    Classes are decided, and samples weighted in every resample, by ``population``.
    """
    return rules_of(task).statistic(target, prediction, population or Population())


def agreement(task: Task, one: Array, other: Array, target_sd: Array, population: Population | None = None) -> float:
    """The agreement of two predictions (sample, K), 1 if they are equal for all samples.

    Args:
        target_sd: (K,) standard deviations of the targets, for regression only.
        population: defines the decision rule of classes.

    Raises:
        ValueError: no samples, or shapes that differ.
    """
    if one.shape != other.shape or not one.size:
        raise ValueError(f"predictions {one.shape} and {other.shape} to compare")
    return rules_of(task).agreement(one, other, target_sd, population or Population())


def observed_shares(task: Task, target: Array, outputs: int) -> tuple[float, ...]:
    """The share of every class or label among samples: the estimate of the population if nothing else is known.

    Empty if a class has no sample, and for regression.
    """
    return rules_of(task).observed_shares(target, outputs) if len(target) else ()


def prior_shift(task: Task, target: Array, weights: Array | None, shares: tuple[float, ...]) -> Doubles | None:
    """The shift of logits learned from samples ``target`` to the population; None: no shift.

    A network learns class frequencies in training, times their weights in the loss; Bayes' rule converts that
    prior into another: log(share) - log(learned share), or the difference of log odds for a label.
    (Saerens, Latinne, Decaestecker 2002, Neural Computation 14:21.)

    Args:
        target: (sample,) classes or (sample, label) 0/1 of the training samples.
        weights: (class,) weights of the loss; None: all equal.
    """
    return rules_of(task).prior_shift(target, weights, shares) if shares and len(target) else None


def logits_of(task: Task, probabilities: Array) -> Doubles:
    """Logits that give these probabilities (sample, output); regression values unchanged.

    Probabilities are kept a float32 rounding away from 0, and for labels from 1.
    """
    return rules_of(task).logits_of(np.asarray(probabilities, np.float64))
