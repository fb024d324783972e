"""How contenders score against one another: 95 % intervals by bootstrap over groups, over any number of runs.

Samples of one polygon (plot, spatial block) resemble each other, so whole groups are drawn with replacement, never
single samples. A group is drawn for all contenders and all runs at once: differences are paired. The interval is the
*expanded percentile* interval (Hesterberg 2015, The American Statistician 69:371): percentiles widened by Student's t,
since plain percentiles of few groups are too narrow.

Fewer than six groups get no interval: were there no difference at all, five groups would still all point one way once
in 16 times (2 · ½⁵); six do so less than once in 20.

Where every answer was right, every resample says 1, and the interval would be no interval. Its other end is then the
exact form of the *rule of three*: the share of right groups of which G groups in a row are right one time in 20,
0.05 to the power 1 / G, about 1 - 3 / G; likewise above 0 where every answer was wrong. That is exact for a share of
groups, and a stand-in for scores that are none (F1, kappa, average precision), which also are 1 only without an error.

Intervals are about the places that could have been drawn, for networks as they were trained. What training again with
another seed changes is told by :attr:`Contest.by_seed`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, stdtrit

from ..contract.job import Task
from ..contract.scores import Estimate
from .metrics import check_samples
from .weighted import Doubles, Statistic, score_names, statistic

MINIMUM_GROUPS = 6
RESAMPLES = 2000
_TAIL = 0.025
_ONE_IN = 0.05
_ONE_AT_BEST = ("balanced accuracy", "accuracy", "macro F1", "kappa", "average precision", "label accuracy")
_ZERO_AT_WORST = ("balanced accuracy", "accuracy", "macro F1", "label accuracy")

Array = NDArray[Any]


@dataclass(frozen=True)
class Run:
    """The test part of one training, and what each contender said there.

    Runs of one ``seed`` are the folds of one partition: no sample is in two of them. ``groups`` (sample,) mean the same
    in all runs. ``target`` and ``predictions`` (by contender) are as in :func:`.metrics.main_score`, all finite.
    """

    seed: int
    target: Array
    groups: Array
    predictions: Mapping[str, Array]


@dataclass(frozen=True)
class ContenderScores:
    """One contender: its scores in the order of :func:`.weighted.score_names`, and how far it leads another."""

    name: str
    scores: tuple[Estimate, ...]
    lead: tuple[Estimate, ...]


@dataclass(frozen=True)
class Contest:
    """Scores of all contenders on the same samples and the same resamples.

    ``by_seed`` is (contender, seed, score): over the pooled folds of each seed, seeds ascending. ``drawn`` is
    (contender, resample, score), without any resample where there are fewer than six ``groups``.
    """

    names: tuple[str, ...]
    contenders: tuple[str, ...]
    groups: int
    by_seed: Doubles
    drawn: Doubles

    def scores(self, contender: str) -> tuple[Estimate, ...]:
        """Every score of a contender, the mean over seeds, with its interval."""
        at = self.contenders.index(contender)
        point, drawn = self.by_seed[at].mean(axis=0), self.drawn[at]
        return tuple(
            self._bounded(name, _estimate(float(value), drawn[:, score], self.groups))
            for score, (name, value) in enumerate(zip(self.names, point, strict=True))
        )

    def lead(self, contender: str, over: str) -> tuple[Estimate, ...]:
        """The score of one contender minus another's, for every score, paired."""
        at, other = self.contenders.index(contender), self.contenders.index(over)
        point = self.by_seed[at].mean(axis=0) - self.by_seed[other].mean(axis=0)
        drawn = self.drawn[at] - self.drawn[other]
        return tuple(_estimate(float(value), drawn[:, score], self.groups) for score, value in enumerate(point))

    def _bounded(self, name: str, estimate: Estimate) -> Estimate:
        """The estimate, by the rule of three where nothing varied because all was right, or all wrong."""
        share = _ONE_IN ** (1 / self.groups)
        if estimate.low == estimate.high == 1 and name in _ONE_AT_BEST:
            return Estimate(estimate.value, share, 1.0)
        if estimate.low == estimate.high == 0 and name in _ZERO_AT_WORST:
            return Estimate(estimate.value, 0.0, 1 - share)
        return estimate


def score_contenders(
    task: Task, runs: Sequence[Run], against: str, *, seed: int, resamples: int = RESAMPLES
) -> tuple[ContenderScores, ...]:
    """All scores of all contenders, and how far each leads the one named ``against``; arguments as :func:`hold`."""
    contest = hold(task, runs, seed=seed, resamples=resamples)
    return tuple(
        ContenderScores(name, contest.scores(name), contest.lead(name, against)) for name in contest.contenders
    )


def hold(task: Task, runs: Sequence[Run], *, seed: int, resamples: int = RESAMPLES) -> Contest:
    """Score every contender over all runs.

    A contender's score is the mean over seeds of its score over the pooled folds of a seed. Runs without a sample say
    nothing: a sensor may cover none of a fold.

    Args:
        runs: one or more with samples, all with the same contenders.
        seed: of the resampling.

    Raises:
        ValueError: no samples at all, runs with other contenders, or samples that cannot be scored
            (:func:`.metrics.check_samples`).
    """
    runs = [run for run in runs if len(run.target)]
    contenders = _contenders(task, runs)
    groups, member = np.unique(np.concatenate([run.groups for run in runs]), return_inverse=True)
    of_run = np.repeat([run.seed for run in runs], [len(run.groups) for run in runs])
    seeds = [_Seed.pooled(task, runs, number, member[of_run == number]) for number in np.unique(of_run)]
    by_seed = np.stack([each.scores(np.ones(len(each.member))) for each in seeds], axis=1)
    random = np.random.default_rng(seed)
    drawn = np.empty((len(contenders), resamples if len(groups) >= MINIMUM_GROUPS else 0, by_seed.shape[2]))
    for resample in range(drawn.shape[1]):
        times = np.bincount(random.integers(len(groups), size=len(groups)), minlength=len(groups)).astype(np.float64)
        # A seed that tests none of the groups drawn has no score; some seed tests each group.
        tested = [each.scores(times[each.member]) for each in seeds if times[each.member].any()]
        drawn[:, resample] = np.mean(tested, axis=0)
    return Contest(score_names(task), contenders, len(groups), by_seed, drawn)


@dataclass(frozen=True)
class _Seed:
    """The pooled folds of one seed: which group each sample is of, and a statistic per contender."""

    member: NDArray[np.int64]
    statistics: tuple[Statistic, ...]

    @classmethod
    def pooled(cls, task: Task, runs: Sequence[Run], seed: int, member: NDArray[np.int64]) -> _Seed:
        folds = [run for run in runs if run.seed == seed]
        target = np.concatenate([run.target for run in folds])
        statistics = tuple(
            statistic(task, target, np.concatenate([run.predictions[name] for run in folds]))
            for name in folds[0].predictions
        )
        return cls(member, statistics)

    def scores(self, weights: Doubles) -> Doubles:
        """(contender, score) of the samples weighted."""
        return np.array([score(weights) for score in self.statistics])


def _contenders(task: Task, runs: Sequence[Run]) -> tuple[str, ...]:
    if not runs:
        raise ValueError("no samples to score in any run")
    contenders = tuple(runs[0].predictions)
    for run in runs:
        if tuple(run.predictions) != contenders or not contenders:
            raise ValueError(f"contenders {tuple(run.predictions)} in one run, {contenders} in another")
        for prediction in run.predictions.values():
            check_samples(task, run.target, prediction)
        if run.groups.shape != run.target.shape[:1]:
            raise ValueError(f"{run.groups.shape} groups of {run.target.shape[:1]} samples")
    return contenders


def _estimate(value: float, drawn: Doubles, groups: int) -> Estimate:
    if not len(drawn):
        return Estimate(value)
    tail = ndtr(stdtrit(groups - 1, _TAIL) * np.sqrt(groups / (groups - 1)))
    low, high = np.quantile(drawn, [tail, 1 - tail])
    return Estimate(value, float(low), float(high))
