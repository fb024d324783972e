"""How sure a score is, of one prediction or of two, and the verdict on a gain; :mod:`.contest` says how it is found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from ...contract import Estimate, SensorScore, Task, Verdict
from .cluster_bootstrap import MINIMUM_GROUPS, RESAMPLES, Fold, bootstrap
from .population import Population
from .weighted import score_names

__all__ = ["MINIMUM_GROUPS", "RESAMPLES", "Comparison", "compare", "estimate", "estimates", "sensor_score", "verdict"]

_WITH_OTHERS, _ALONE = "with others", "alone"

Array = NDArray[Any]


@dataclass(frozen=True)
class Comparison:
    """All scores of one sensor, in the order of ``names``: with the others, alone, and the paired difference."""

    names: tuple[str, ...]
    colearned: tuple[Estimate, ...]
    alone: tuple[Estimate, ...]
    gain: tuple[Estimate, ...]


def estimate(
    task: Task,
    target: Array,
    prediction: Array,
    groups: Array,
    *,
    seed: int,
    resamples: int = RESAMPLES,
    population: Population | None = None,
) -> Estimate:
    """The main score of ``prediction`` with its interval.

    Args:
        target: (sample,) class indices, or (sample, label) 0/1, or (sample, target) values.
        prediction: (sample, K) probabilities or values, finite.
        groups: (sample,) group of each sample.
        population: what the samples are to show, and how classes are decided.

    Raises:
        ValueError: no samples, shapes that do not fit, or values that are not finite.
    """
    return estimates(task, target, prediction, groups, seed=seed, resamples=resamples, population=population)[0]


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
    """Every score of :func:`.weighted.score_names` with its interval; arguments as :func:`estimate`."""
    run = Fold(0, target, groups, {_ALONE: prediction})
    return bootstrap(task, [run], seed=seed, resamples=resamples, population=population).scores(_ALONE)


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
    """All scores of both trainings and their differences, on the same resamples; arguments as :func:`estimate`."""
    run = Fold(0, target, groups, {_WITH_OTHERS: with_others, _ALONE: alone})
    contest = bootstrap(task, [run], seed=seed, resamples=resamples, population=population)
    both = contest.scores(_WITH_OTHERS), contest.scores(_ALONE)
    return Comparison(contest.names, *both, contest.difference(_WITH_OTHERS, _ALONE))


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
