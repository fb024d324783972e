"""Scores of weighted samples, fast enough for thousands of bootstrap resamples.

A resample that draws groups with replacement is a vector of weights: how often each sample was drawn. Each function
here takes the samples once and returns a *statistic* that turns such weights (…, sample), those of many resamples at
once, into the task's scores (…, score), in the order of :attr:`.rules.TaskRules.score_names`. With all weights 1 they
equal :mod:`.scores`; tests hold the two together.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...arrays import Doubles, Indices
from .population import Population

_NOTHING = 1e-300  # replaces a denominator of 0

Statistic = Callable[[Doubles], Doubles]

# A spread below this share of the target's size is float32 noise: the target is constant.
_CONSTANT_SHARE = 1e-14


def classification_statistic(target: NDArray[np.int64], prediction: NDArray[Any], population: Population) -> Statistic:
    """The statistic of classes (sample,) and probabilities (sample, class), decided and weighted by ``population``."""
    classes = prediction.shape[1]
    cell = target * classes + population.decided(prediction)
    shares = np.array(population.shares)[:, np.newaxis] if population.shares else None

    def scores(weights: Doubles) -> Doubles:
        confusion = _summed(cell, weights, classes * classes).reshape(*weights.shape[:-1], classes, classes)
        if shares is not None:
            confusion = shares * confusion / np.maximum(confusion.sum(axis=-1, keepdims=True), _NOTHING)
        # Summed in the same order as the total, so that a perfect score is exactly 1.
        right = np.ascontiguousarray(confusion.diagonal(axis1=-2, axis2=-1))
        reference, predicted = confusion.sum(axis=-1), confusion.sum(axis=-2)
        total = reference.sum(axis=-1)
        accuracy, chance = right.sum(axis=-1) / total, (reference * predicted).sum(axis=-1) / total**2
        better = chance < 1
        kappa = np.where(better, (accuracy - chance) / np.where(better, 1 - chance, 1), 0)
        balanced, macro_f1 = _mean_ratio(right, reference), _mean_ratio(2.0 * right, reference + predicted)
        return np.stack([balanced, accuracy, macro_f1, kappa], axis=-1)

    return scores


def _summed(cell: Indices, weights: Doubles, cells: int) -> Doubles:
    """The summed weights (…, sample) of each cell (…, cell); ``cell`` (sample,) is the cell of each sample."""
    rows = weights.reshape(-1, weights.shape[-1])
    places = cell + cells * np.arange(len(rows))[:, np.newaxis]
    sums = np.bincount(places.ravel(), rows.ravel(), minlength=cells * len(rows))
    return np.asarray(sums.reshape(*weights.shape[:-1], cells), np.float64)


def regression_statistic(target: Doubles, prediction: Doubles) -> Statistic:
    """The statistic of values (sample, target)."""
    residual = prediction - target
    squared, absolute = residual**2, np.abs(residual)
    spread, scatter = _variance(target), _variance(residual)
    noise = _CONSTANT_SHARE * np.abs(target).max(axis=0) ** 2

    def scores(weights: Doubles) -> Doubles:
        total = weights.sum(axis=-1, keepdims=True)
        mean_square = weights @ squared / total
        variance = spread(weights)
        constant = variance <= noise
        r2 = np.where(constant, mean_square == 0, 1 - mean_square / np.where(constant, 1, variance))
        bias = weights @ residual / total
        errors = np.sqrt(mean_square), weights @ absolute / total, bias, np.sqrt(np.maximum(scatter(weights), 0))
        return np.stack([each.mean(axis=-1) for each in (r2, *errors)], axis=-1)

    return scores


def _variance(values: Doubles) -> Statistic:
    """The function from weights (…, sample) to the variance (…, column) of ``values`` (sample, column)."""
    centred = values - values.mean(axis=0)  # otherwise the square of a large mean would cancel a small variance
    squared = centred**2

    def variance(weights: Doubles) -> Doubles:
        total = weights.sum(axis=-1, keepdims=True)
        return np.asarray(weights @ squared / total - (weights @ centred / total) ** 2)

    return variance


def multilabel_statistic(target: Doubles, prediction: NDArray[Any]) -> Statistic:
    """The statistic of 0/1 labels and probabilities (sample, label)."""
    decided = prediction >= 0.5
    both, either = decided * target, decided + target
    right = (decided == target).mean(axis=1)
    labels = [_average_precision(target[:, label], prediction[:, label]) for label in range(target.shape[1])]

    def scores(weights: Doubles) -> Doubles:
        precisions = np.stack([label(weights) for label in labels], axis=-1)
        f1 = _mean_ratio(2.0 * (weights @ both), weights @ either)
        label_accuracy = weights @ right / weights.sum(axis=-1)
        return np.stack([_mean_of(precisions, ~np.isnan(precisions)), f1, label_accuracy], axis=-1)

    return scores


def _average_precision(target: Doubles, score: NDArray[Any]) -> Statistic:
    """The function from weights (…, sample) to the average precision (…) of one label; NaN if no sample has it."""
    order = np.argsort(-score, kind="stable")
    positive = target[order]
    ends = np.append(np.flatnonzero(np.diff(score[order])), len(score) - 1)  # tied scores share a threshold

    def average_precision(weights: Doubles) -> Doubles:
        drawn = weights[..., order]
        found = np.cumsum(drawn * positive, axis=-1)[..., ends]
        # 0 / 0 where nothing has been drawn yet: recall is 0, too
        precision = found / np.maximum(np.cumsum(drawn, axis=-1)[..., ends], 1)
        area, every = (np.diff(found, axis=-1, prepend=0) * precision).sum(axis=-1), found[..., -1]
        return np.where(every > 0, area / np.where(every > 0, every, 1), np.nan)

    return average_precision


def _mean_ratio(parts: Doubles, wholes: Doubles) -> Doubles:
    """The mean (…) of parts over wholes (…, class), over nonzero wholes; 0 if there are none."""
    there = wholes > 0
    return _mean_of(parts / np.where(there, wholes, 1), there)


def _mean_of(values: Doubles, there: NDArray[np.bool_]) -> Doubles:
    """The mean (…) of the values (…, class) present; 0 if there are none."""
    return np.asarray(np.where(there, values, 0).sum(axis=-1) / np.maximum(there.sum(axis=-1), 1))
