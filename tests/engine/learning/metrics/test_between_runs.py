"""What training again changes, folded into an interval: the formula worked out by hand."""

import numpy as np
import pytest
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.manifest.scores import Estimate
from colearn.engine.learning.metrics.between_runs import Reruns, with_reruns
from colearn.engine.learning.metrics.cluster_bootstrap import Fold, bootstrap

WITHOUT = np.full((3, 10), 0.5)  # resamples that scatter nothing: all scatter is training's


def test_the_interval_grows_by_variation_that_samples_do_not_explain() -> None:
    """s² = .01, so τ²/U = .00333 beside v = .005: ν = (.00833)² / (.005²/19 + .00333²/2) = 10.1, t = 2.225, t(19) =
    2.093; the halves grow by √(.00833 / .005) · 2.225 / 2.093 = 1.372."""
    found = with_reruns(
        Estimate(0.6, 0.5, 0.72), np.array([0.55, 0.65]), 20, Reruns(np.array([0.5, 0.6, 0.7]), WITHOUT)
    )
    assert (found.low, found.high) == pytest.approx((0.6 - 0.1 * 1.372, 0.6 + 0.12 * 1.372), abs=5e-4)


def test_runs_that_vary_no_more_than_their_samples_change_nothing() -> None:
    """s² = .01; the places of each run explain .02 of it."""
    drawn = np.tile([0.5 - 0.1 * np.sqrt(2) / np.sqrt(2), 0.5 + 0.1], (3, 1))  # variance .02
    estimate = Estimate(0.6, 0.5, 0.7)
    assert with_reruns(estimate, np.array([0.5, 0.7]), 20, Reruns(np.array([0.5, 0.6, 0.7]), drawn)) == estimate


def test_one_run_says_nothing_of_training_again() -> None:
    estimate = Estimate(0.6, 0.5, 0.7)
    assert with_reruns(estimate, np.array([0.5, 0.7]), 20, Reruns(np.array([0.6]), WITHOUT[:1])) == estimate


def test_two_runs_without_variation_of_samples() -> None:
    """τ²/U = .02 / 2 = .01, one degree of freedom: t = 12.706, half = 1.2706."""
    found = with_reruns(Estimate(0.5, 0.5, 0.5), np.full(5, 0.5), 20, Reruns(np.array([0.4, 0.6]), WITHOUT[:2]))
    assert (found.low, found.high) == pytest.approx((0.5 - 1.2706, 0.5 + 1.2706), abs=1e-3)


@pytest.mark.parametrize("kind", ["repeats", "folds"])
def test_trainings_that_differ_widen_the_interval_and_those_that_agree_do_not(kind: str) -> None:
    """Of 40 groups of samples, one training names 90 % right, the second 70 %, the third 50 %; or all of them 70 %."""
    random, widths = np.random.default_rng(0), []
    for rates in ((0.9, 0.7, 0.5), (0.7, 0.7, 0.7)):
        runs = []
        for at, rate in enumerate(rates):
            groups = np.repeat(np.arange(40), 10) + (40 * at if kind == "folds" else 0)
            right = random.permutation(400) < rate * 400
            target = np.arange(400) % 2
            predicted = np.eye(2)[np.where(right, target, 1 - target)]
            runs.append(Fold(0 if kind == "folds" else at, target, groups, {"net": predicted}))
        score = bootstrap(Task.CLASSIFICATION, runs, seed=0, resamples=300).scores("net")[1]
        assert score.value == pytest.approx(0.7)
        assert score.high <= 1
        widths.append(score.high - score.low)
    assert widths[0] > 0.3  # three trainings that scatter by .2: t(2) · .2 / √3 = .5 on either side, cut at 1
    assert widths[1] < 0.12
