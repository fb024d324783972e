"""Intervals of scores, of one or two predictions, and the verdict on a gain, by :mod:`.cluster_bootstrap`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from ...contract import Estimate, Task, Verdict
from ..tasks import Population
from .cluster_bootstrap import MINIMUM_GROUPS, RESAMPLES, Fold, bootstrap

__all__ = ["MINIMUM_GROUPS", "RESAMPLES", "Comparison", "compare", "estimates", "verdict"]

_WITH_OTHERS, _ALONE = "with others", "alone"

Array = NDArray[Any]


@dataclass(frozen=True)
class Comparison:
    """All scores of one sensor, in the order of ``names``: with the others, alone, and the paired difference."""

    names: tuple[str, ...]
    colearned: tuple[Estimate, ...]
    alone: tuple[Estimate, ...]
    gain: tuple[Estimate, ...]


def estimates(
    task: Task,
    target: Array,
    prediction: Array,
    groups: Array,
    *,
    seed: int,
    resamples: int = RESAMPLES,
    population: Population | None = None,
) -> tuple[Estimate, ...]:
    """Every score of :func:`.weighted.score_names` with its interval, the main one first.

    Args:
        target: (sample,) class indices, or (sample, label) 0/1, or (sample, target) values.
        prediction: (sample, K) probabilities or values, finite.
        groups: (sample,) group of each sample.
        population: the population that the samples represent, and its decision rule.

    Raises:
        ValueError: no samples, shapes that do not fit, or values that are not finite.
    """
    fold = Fold(0, target, groups, {_ALONE: prediction})
    return bootstrap(task, [fold], seed=seed, resamples=resamples, population=population).scores(_ALONE)


def compare(
    task: Task,
    target: Array,
    with_others: Array,
    alone: Array,
    groups: Array,
    *,
    seed: int,
    resamples: int = RESAMPLES,
    population: Population | None = None,
) -> Comparison:
    """All scores of both trainings and their differences, on the same resamples; arguments as :func:`estimates`."""
    fold = Fold(0, target, groups, {_WITH_OTHERS: with_others, _ALONE: alone})
    paired = bootstrap(task, [fold], seed=seed, resamples=resamples, population=population)
    both = paired.scores(_WITH_OTHERS), paired.scores(_ALONE)
    return Comparison(paired.names, *both, paired.difference(_WITH_OTHERS, _ALONE))


def verdict(gain: Estimate | None) -> Verdict:
    """The verdict on co-learning: no effect is claimed unless the whole interval lies on one side of zero."""
    if gain is None:
        return Verdict.NOT_MEASURED
    if gain.low is not None and gain.low > 0:
        return Verdict.HELPED
    if gain.high is not None and gain.high < 0:
        return Verdict.HARMED
    return Verdict.NO_DIFFERENCE
