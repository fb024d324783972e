"""How sure a score is: 95 % intervals by bootstrap over groups, and the verdict on a gain.

Samples of one polygon (plot, spatial block) resemble each other, so whole groups are drawn with replacement, never
single samples. The interval is the *expanded percentile* interval (Hesterberg 2015, The American Statistician 69:371):
percentiles widened by Student's t, since plain percentiles of few groups are too narrow.

Fewer than six groups get no interval, and so no verdict but "no difference that can be shown": were there no
difference at all, five groups would still all point one way once in 16 times (2 · ½⁵); six do so less than once in 20.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, stdtrit

from ..contract.job import Task
from ..contract.manifest import Estimate, SensorScore, Verdict
from .metrics import check_samples
from .weighted import Doubles, Statistic, score_names, statistic

MINIMUM_GROUPS = 6
RESAMPLES = 2000
_TAIL = 0.025

Array = NDArray[Any]


@dataclass(frozen=True)
class Comparison:
    """All scores of one sensor, in the order of ``names``: with the others, alone, and the paired difference."""

    names: tuple[str, ...]
    colearned: tuple[Estimate, ...]
    alone: tuple[Estimate, ...]
    gain: tuple[Estimate, ...]


def estimate(
    task: Task, target: Array, prediction: Array, groups: Array, *, seed: int, resamples: int = RESAMPLES
) -> Estimate:
    """The main score of ``prediction`` with its interval.

    Args:
        target: (sample,) class indices, or (sample, label) 0/1, or (sample, target) values.
        prediction: (sample, K) probabilities or values, finite.
        groups: (sample,) group of each sample.

    Raises:
        ValueError: no samples, shapes that do not fit, or values that are not finite.
    """
    return estimates(task, target, prediction, groups, seed=seed, resamples=resamples)[0]


def estimates(
    task: Task, target: Array, prediction: Array, groups: Array, *, seed: int, resamples: int = RESAMPLES
) -> tuple[Estimate, ...]:
    """Every score of :func:`.weighted.score_names` with its interval; arguments as :func:`estimate`."""
    check_samples(task, target, prediction)
    point, drawn = _resampled([statistic(task, target, prediction)], groups, seed, resamples)
    return _estimates(point[0], drawn[0], groups)


def compare(
    task: Task,
    target: Array,
    with_others: Array,
    alone: Array,
    groups: Array,
    *,
    seed: int,
    resamples: int = RESAMPLES,
) -> Comparison:
    """All scores of both trainings and their differences, on the same resamples; arguments as :func:`estimate`."""
    for prediction in (with_others, alone):
        check_samples(task, target, prediction)
    both = [statistic(task, target, prediction) for prediction in (with_others, alone)]
    point, drawn = _resampled(both, groups, seed, resamples)
    return Comparison(
        score_names(task),
        _estimates(point[0], drawn[0], groups),
        _estimates(point[1], drawn[1], groups),
        _estimates(point[0] - point[1], drawn[0] - drawn[1], groups),
    )


def sensor_score(
    task: Task, target: Array, with_others: Array | None, alone: Array, groups: Array, *, seed: int
) -> SensorScore:
    """What the manifest says of one sensor; ``with_others`` is None when it was trained alone only."""
    name = score_names(task)[0]
    if with_others is None:
        alone_only = estimate(task, target, alone, groups, seed=seed)
        return SensorScore(name, None, alone_only, None, verdict(None))
    both = compare(task, target, with_others, alone, groups, seed=seed)
    return SensorScore(name, both.colearned[0], both.alone[0], both.gain[0], verdict(both.gain[0]))


def verdict(gain: Estimate | None) -> Verdict:
    """What training with the others brought: nothing is claimed unless the whole interval lies on one side of zero."""
    if gain is None:
        return Verdict.NOT_MEASURED
    if gain.low is not None and gain.low > 0:
        return Verdict.HELPED
    if gain.high is not None and gain.high < 0:
        return Verdict.HARMED
    return Verdict.NO_DIFFERENCE


def _resampled(statistics: list[Statistic], groups: Array, seed: int, resamples: int) -> tuple[Doubles, Doubles]:
    """Scores of all samples (statistic, score), and of each resample (statistic, resample, score)."""
    _, member = np.unique(groups, return_inverse=True)
    count = int(member.max()) + 1
    point = np.array([score(np.ones(len(member))) for score in statistics])
    random = np.random.default_rng(seed)
    drawn = np.empty((len(statistics), resamples if count >= MINIMUM_GROUPS else 0, point.shape[1]))
    for resample in range(drawn.shape[1]):
        times = np.bincount(random.integers(count, size=count), minlength=count)
        weights = times[member].astype(np.float64)
        drawn[:, resample] = [score(weights) for score in statistics]
    return point, drawn


def _estimates(point: Doubles, drawn: Doubles, groups: Array) -> tuple[Estimate, ...]:
    if not len(drawn):
        return tuple(Estimate(float(value)) for value in point)
    count = len(np.unique(groups))
    tail = ndtr(stdtrit(count - 1, _TAIL) * np.sqrt(count / (count - 1)))
    low, high = np.quantile(drawn, [tail, 1 - tail], axis=0)
    return tuple(Estimate(float(v), float(a), float(b)) for v, a, b in zip(point, low, high, strict=True))
