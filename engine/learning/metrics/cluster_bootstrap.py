"""Paired comparison of predictors' scores: 95 % intervals by bootstrap over groups, over any number of runs.

Samples of one polygon (plot, spatial block) resemble each other, so whole groups are drawn with replacement, never
single samples. A group is drawn for all predictors and all runs at once: differences are paired. The interval is the
*expanded percentile* interval (Hesterberg 2015, The American Statistician 69:371): percentiles widened by Student's t,
since plain percentiles of few groups are too narrow. It is extended to the score itself, if need be: where a few groups
hold most samples of some classes, nearly every resample lacks one of them and scores lower than all samples do.

Fewer than six groups get no interval: without any real difference, five groups would still all agree in sign once
in 16 times (2 · ½⁵); six less than once in 20.

If every prediction was correct, every resample gives 1, and the interval would have no width. Its other end is then the
exact form of the *rule of three*: the share of correct groups with which G groups in a row are correct once in 20,
0.05 to the power 1 / G, about 1 - 3 / G; likewise above 0 if every prediction was wrong. That is exact for a share of
groups, and an approximation for other scores (F1, kappa, average precision), which are also 1 only without errors.

For a single run, intervals reflect the sampling of test locations, for the networks as trained. For several (repeats;
or the folds of one), the variation between trainings is added as a random effect (DerSimonian, Laird 1986): runs
scatter by s², of which their own samples explain the mean bootstrap variance w̄ of a run's score; the rest
τ² = max(0, s² − w̄) is due to training. To the bootstrap variance v of the mean over U runs, τ² / U is added, with the
degrees of freedom ν of Welch and Satterthwaite; each half of the interval grows by
√((v + τ²/U) / v) · t(ν) / t(G − 1). (See :mod:`.between_runs`.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, stdtrit

from ...arrays import Doubles
from ...contract import Estimate, Task
from ..tasks import Population, Statistic, check_samples, score_names, statistic
from .between_runs import Reruns, with_reruns

MINIMUM_GROUPS = 6
RESAMPLES = 2000
_AT_ONCE = 1 << 18  # number of weights (resample × sample) in memory at a time
_TAIL = 0.025
_ONE_IN = 0.05
_ONE_AT_BEST = ("balanced accuracy", "accuracy", "macro F1", "kappa", "average precision", "label accuracy")
_ERRORS = ("RMSE", "MAE", "scatter")
_ZERO_AT_WORST = ("balanced accuracy", "accuracy", "macro F1", "label accuracy")

Array = NDArray[Any]


@dataclass(frozen=True)
class Fold:
    """The test part of one training (a fold, or a whole repeat), and each predictor's predictions for it.

    Those of the same ``seed`` form a partition: no sample is in two of them. ``groups`` (sample,) have the same meaning
    in all of them. ``target`` and ``predictions`` (by predictor) are as in :func:`.metrics.main_score`, all finite.
    """

    seed: int
    target: Array
    groups: Array
    predictions: Mapping[str, Array]


@dataclass(frozen=True)
class PairedBootstrap:
    """Scores of all predictors on the same samples and the same resamples.

    ``by_seed`` is (predictor, seed, score): over the pooled folds of each seed, seeds ascending. ``drawn`` is
    (predictor, resample, score), without any resample if there are fewer than six ``groups``. ``run_scores``
    (predictor, run, score) and ``run_drawn`` (predictor, run, resample, score) are those of each repeat, or, if
    there is only one, of each of its folds; NaN if a resample drew none of a run's groups.
    """

    names: tuple[str, ...]
    predictors: tuple[str, ...]
    groups: int
    by_seed: Doubles
    drawn: Doubles
    run_scores: Doubles
    run_drawn: Doubles

    def scores(self, predictor: str) -> tuple[Estimate, ...]:
        """Every score of a predictor, the mean over seeds, with its interval."""
        at = self.predictors.index(predictor)
        point = self.by_seed[at].mean(axis=0)
        estimates = self._estimates(point, self.drawn[at], self.run_scores[at], self.run_drawn[at])
        return tuple(self._bounded(*each) for each in zip(self.names, estimates, strict=True))

    def difference(self, predictor: str, over: str) -> tuple[Estimate, ...]:
        """The score of one predictor minus another's, for every score, paired."""
        at, other = self.predictors.index(predictor), self.predictors.index(over)
        by_seed, drawn, run_scores, run_drawn = (
            each[at] - each[other] for each in (self.by_seed, self.drawn, self.run_scores, self.run_drawn)
        )
        return self._estimates(by_seed.mean(axis=0), drawn, run_scores, run_drawn)

    def _estimates(
        self, point: Doubles, drawn: Doubles, run_scores: Doubles, run_drawn: Doubles
    ) -> tuple[Estimate, ...]:
        """Every score (score,) with its interval: from sampling, then with the variation between trainings."""
        return tuple(
            with_reruns(
                _estimate(float(value), drawn[:, at], self.groups),
                drawn[:, at],
                self.groups,
                Reruns(run_scores[:, at], run_drawn[:, :, at]),
            )
            for at, value in enumerate(point)
        )

    def _bounded(self, name: str, estimate: Estimate) -> Estimate:
        """The estimate, by the rule of three if nothing varied because all predictions were correct, or all wrong."""
        share = _ONE_IN ** (1 / self.groups)
        if estimate.low == estimate.high == 1 and name in _ONE_AT_BEST:
            return Estimate(estimate.value, share, 1.0)
        if estimate.low == estimate.high == 0 and name in _ZERO_AT_WORST:
            return Estimate(estimate.value, 0.0, 1 - share)
        if estimate.low is None or estimate.high is None:
            return estimate
        low = max(estimate.low, 0.0) if name in (*_ZERO_AT_WORST, *_ERRORS) else estimate.low
        high = min(estimate.high, 1.0) if name in (*_ONE_AT_BEST, "R²") else estimate.high
        return Estimate(estimate.value, low, high)


def bootstrap(
    task: Task,
    folds: Sequence[Fold],
    *,
    seed: int,
    resamples: int = RESAMPLES,
    population: Population | None = None,
) -> PairedBootstrap:
    """Score every predictor over all folds.

    A predictor's score is the mean over seeds of its score over the pooled folds of a seed. Runs without samples are
    ignored: a sensor may cover none of a fold.

    Args:
        folds: one or more with samples, all with the same predictors.
        seed: of the resampling.
        population: the population that the samples represent, and its decision rule.

    Raises:
        ValueError: no samples at all, folds with other predictors, or samples that cannot be scored
            (:func:`.metrics.check_samples`).
    """
    folds = [fold for fold in folds if len(fold.target)]
    predictors = _predictors(task, folds)
    groups, member = np.unique(np.concatenate([fold.groups for fold in folds]), return_inverse=True)
    parts = list(zip(folds, np.split(member, np.cumsum([len(fold.groups) for fold in folds])[:-1]), strict=True))
    population = population or Population()
    seeds = [
        _Pooled.of(task, [part for part in parts if part[0].seed == number], population)
        for number in sorted({fold.seed for fold in folds})
    ]
    times = _drawn_groups(len(groups), resamples if len(groups) >= MINIMUM_GROUPS else 0, seed)
    by_seed, of_seeds = _scored(seeds, times)
    run_scores, run_drawn = by_seed, of_seeds
    if len(seeds) == 1 and len(folds) > 1:
        run_scores, run_drawn = _scored([_Pooled.of(task, [part], population) for part in parts], times)
    # A seed that tests none of the drawn groups has no score; each group is tested by some seed.
    tested = np.stack([each.tests(times) for each in seeds])[..., np.newaxis]
    drawn = of_seeds.mean(axis=1, where=tested)
    return PairedBootstrap(score_names(task), predictors, len(groups), by_seed, drawn, run_scores, run_drawn)


def _drawn_groups(groups: int, resamples: int, seed: int) -> Doubles:
    """How often each resample draws each group: (resample, group)."""
    random = np.random.default_rng(seed)
    times = [np.bincount(random.integers(groups, size=groups), minlength=groups) for _ in range(resamples)]
    return np.array(times, np.float64).reshape(resamples, groups)


@dataclass(frozen=True)
class _Pooled:
    """Pooled folds, such as those of one seed: the group of each sample, and a statistic per predictor."""

    member: NDArray[np.int64]
    statistics: tuple[Statistic, ...]

    @classmethod
    def of(cls, task: Task, parts: Sequence[tuple[Fold, NDArray[np.int64]]], population: Population) -> _Pooled:
        """Several folds as one, each with the groups (sample,) of its samples."""
        target = np.concatenate([fold.target for fold, _ in parts])
        statistics = tuple(
            statistic(task, target, np.concatenate([fold.predictions[name] for fold, _ in parts]), population)
            for name in parts[0][0].predictions
        )
        return cls(np.concatenate([member for _, member in parts]), statistics)

    def scores(self, weights: Doubles) -> Doubles:
        """(predictor, …, score) of the samples weighted (…, sample)."""
        return np.stack([score(weights) for score in self.statistics])

    def tests(self, times: Doubles) -> NDArray[np.bool_]:
        """Which resamples (resample,) drew any of these groups, from the counts (resample, group)."""
        return np.asarray(times[:, np.unique(self.member)].any(axis=1))

    def drawn(self, times: Doubles) -> Doubles:
        """(predictor, resample, score) from how often a resample draws each group; NaN if it draws none of these."""
        tested = self.tests(times)
        rows = max(1, _AT_ONCE // len(self.member))
        parts = [
            self.scores(part[:, self.member]) for part in np.split(times[tested], range(rows, int(tested.sum()), rows))
        ]
        scores = np.concatenate(parts, axis=1)
        found = np.full((len(scores), len(times), scores.shape[2]), np.nan)
        found[:, tested] = scores
        return found


def _scored(pools: Sequence[_Pooled], times: Doubles) -> tuple[Doubles, Doubles]:
    """Scores of all samples (predictor, pool, score), and of resamples (predictor, pool, resample, score)."""
    whole = np.stack([each.scores(np.ones(len(each.member))) for each in pools], axis=1)
    return whole, np.stack([each.drawn(times) for each in pools], axis=1)


def _predictors(task: Task, folds: Sequence[Fold]) -> tuple[str, ...]:
    if not folds:
        raise ValueError("no samples to score in any fold")
    predictors = tuple(folds[0].predictions)
    for fold in folds:
        if tuple(fold.predictions) != predictors or not predictors:
            raise ValueError(f"predictors {tuple(fold.predictions)} in one fold, {predictors} in another")
        for prediction in fold.predictions.values():
            check_samples(task, fold.target, prediction)
        if fold.groups.shape != fold.target.shape[:1]:
            raise ValueError(f"{fold.groups.shape} groups of {fold.target.shape[:1]} samples")
    return predictors


def _estimate(value: float, drawn: Doubles, groups: int) -> Estimate:
    if not len(drawn):
        return Estimate(value)
    tail = ndtr(stdtrit(groups - 1, _TAIL) * np.sqrt(groups / (groups - 1)))
    low, high = np.quantile(drawn, [tail, 1 - tail])
    return Estimate(value, min(float(low), value), max(float(high), value))
