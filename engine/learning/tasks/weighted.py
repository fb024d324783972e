"""Scores of weighted samples, fast enough for thousands of bootstrap resamples.

A resample that draws groups with replacement is a vector of weights: how often each sample was drawn. Each function
here takes the samples once and returns a *statistic* that turns such weights into the task's scores, in the order of
:attr:`.rules.TaskRules.score_names`. With all weights 1 they equal :mod:`.scores`; tests hold the two together.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...arrays import Doubles
from .population import Population

_NOTHING = 1e-300  # what 0 is divided by

Statistic = Callable[[Doubles], Doubles]

# A spread below this share of the target's size is float32 noise: the target is constant.
_CONSTANT_SHARE = 1e-14


def classification_statistic(target: NDArray[np.int64], prediction: NDArray[Any], population: Population) -> Statistic:
    """Of classes (sample,) and probabilities (sample, class), decided and weighted anew as ``population`` has it."""
    classes = prediction.shape[1]
    cell = target * classes + population.decided(prediction)
    shares = np.array(population.shares)[:, np.newaxis] if population.shares else None

    def scores(weights: Doubles) -> Doubles:
        confusion = np.bincount(cell, weights, minlength=classes * classes).reshape(classes, classes)
        if shares is not None:
            confusion = shares * confusion / np.maximum(confusion.sum(axis=1, keepdims=True), _NOTHING)
        right, reference, predicted = confusion.diagonal(), confusion.sum(axis=1), confusion.sum(axis=0)
        total = reference.sum()
        in_target, in_either = reference > 0, reference + predicted > 0
        balanced = (right[in_target] / reference[in_target]).mean()
        macro_f1 = (2 * right[in_either] / (reference + predicted)[in_either]).mean()
        accuracy, chance = right.sum() / total, (reference @ predicted) / total**2
        kappa = (accuracy - chance) / (1 - chance) if chance < 1 else 0.0
        return np.array([balanced, accuracy, macro_f1, kappa])

    return scores


def regression_statistic(target: Doubles, prediction: Doubles) -> Statistic:
    """Of values (sample, target)."""
    residual = prediction - target
    squared, absolute = residual**2, np.abs(residual)
    spread, scatter = _variance(target), _variance(residual)
    noise = _CONSTANT_SHARE * np.abs(target).max(axis=0) ** 2

    def scores(weights: Doubles) -> Doubles:
        total = weights.sum()
        mean_square = weights @ squared / total
        variance = spread(weights)
        constant = variance <= noise
        r2 = np.where(constant, mean_square == 0, 1 - mean_square / np.where(constant, 1, variance))
        bias = weights @ residual / total
        errors = np.sqrt(mean_square), weights @ absolute / total, bias, np.sqrt(np.maximum(scatter(weights), 0))
        return np.array([r2.mean(), *(error.mean() for error in errors)])

    return scores


def _variance(values: Doubles) -> Statistic:
    """The function from weights (sample,) to the variance (column,) of ``values`` (sample, column)."""
    centred = values - values.mean(axis=0)  # else the square of a large mean would swallow a small variance
    squared = centred**2

    def variance(weights: Doubles) -> Doubles:
        return np.asarray(weights @ squared / weights.sum() - (weights @ centred / weights.sum()) ** 2)

    return variance


def multilabel_statistic(target: Doubles, prediction: NDArray[Any]) -> Statistic:
    """Of 0/1 labels and probabilities (sample, label)."""
    decided = prediction >= 0.5
    both, either = decided * target, decided + target
    right = (decided == target).mean(axis=1)
    labels = [_average_precision(target[:, label], prediction[:, label]) for label in range(target.shape[1])]

    def scores(weights: Doubles) -> Doubles:
        precisions = [value for value in (label(weights) for label in labels) if value is not None]
        drawn = weights @ either
        f1 = 2 * (weights @ both)[drawn > 0] / drawn[drawn > 0]
        return np.array([_mean(precisions), _mean(f1), weights @ right / weights.sum()])

    return scores


def _average_precision(target: Doubles, score: NDArray[Any]) -> Callable[[Doubles], float | None]:
    order = np.argsort(-score, kind="stable")
    positive = target[order]
    ends = np.append(np.flatnonzero(np.diff(score[order])), len(score) - 1)  # tied scores are one threshold

    def average_precision(weights: Doubles) -> float | None:
        drawn = weights[order]
        found = np.cumsum(drawn * positive)[ends]
        if found[-1] == 0:
            return None
        precision = found / np.maximum(np.cumsum(drawn)[ends], 1)  # 0 / 0 where nothing was drawn yet: no recall either
        return float(np.diff(found, prepend=0) @ precision / found[-1])

    return average_precision


def _mean(values: list[float] | Doubles) -> float:
    return float(np.mean(values)) if len(values) else 0.0
