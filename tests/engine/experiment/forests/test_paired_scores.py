"""Which of two predictions is better, here of two teachers: a lead counts beyond its standard error over groups."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.job.method import Optimize
from colearn.engine.experiment.forests.paired_scores import PairedScores, compare_predictions
from colearn.engine.learning.tasks import Population
from colearn.engine.samples.sample_set import SampleSet


def _samples(groups: int, each: int = 10) -> SampleSet:
    """Two classes in turn, so that every group has as many of both."""
    count = groups * each
    nowhere = np.zeros(count)
    target = np.tile([0, 1], count // 2)
    return SampleSet(
        Task.CLASSIFICATION, (), np.ones((count, 0), bool), target, np.repeat(np.arange(groups), each), nowhere, nowhere
    )


def _right(samples: SampleSet, wrong_groups: int) -> np.ndarray:
    """Soft targets of a teacher that is wrong in the first groups and right in all others."""
    answer = np.where(samples.groups < wrong_groups, 1 - samples.target, samples.target)
    return np.eye(2, dtype=np.float32)[answer]


def _compared(groups: int, every_wrong: int, own_wrong: int) -> PairedScores:
    samples = _samples(groups)
    every, own = _right(samples, every_wrong), _right(samples, own_wrong)
    return compare_predictions(samples, every, own, Optimize.BALANCED_ACCURACY, Population(), seed=1)


def test_the_standard_error_is_that_of_a_share_of_groups() -> None:
    """All sensors wrong in 20 of 100 groups, the sensor itself in none: a lead of p = .2 ± √(p (1 − p) / 100) = .04."""
    found = _compared(100, 20, 0)
    assert (found.first, found.second) == pytest.approx((0.8, 1.0))
    assert found.error == pytest.approx(0.04, rel=0.12)
    assert found.second_is_better


def test_one_group_of_ten_is_no_lead() -> None:
    """p = .1 ± √(.1 · .9 / 10) = .095: within reach; of two groups .2 ± .126: beyond."""
    one, two = _compared(10, 1, 0), _compared(10, 2, 0)
    assert one.error == pytest.approx(0.095, rel=0.12)
    assert two.error == pytest.approx(0.126, rel=0.12)
    assert two.second_is_better


@pytest.mark.parametrize(("own", "better"), [(0.60, False), (0.65, False), (0.66, True), (0.50, False)])
def test_a_lead_counts_beyond_one_standard_error(own: float, better: bool) -> None:
    assert PairedScores(0.6, own, 0.055).second_is_better is better


def test_of_five_groups_no_lead_counts() -> None:
    found = _compared(5, 5, 0)
    assert (found.first, found.second, found.error) == (0.0, 1.0, math.inf)
    assert not found.second_is_better


def test_what_is_optimized_decides() -> None:
    """A teacher that always names the commoner class: right in 90 % of samples, and in half of the classes."""
    samples = _samples(50)
    samples = replace(samples, target=(np.arange(500) % 10 == 0).astype(np.int64))
    always, never = np.tile(np.float32([1, 0]), (500, 1)), np.tile(np.float32([0, 1]), (500, 1))
    found = {
        each: compare_predictions(samples, never, always, each, Population(), seed=1)
        for each in (Optimize.ACCURACY, Optimize.BALANCED_ACCURACY)
    }
    assert found[Optimize.ACCURACY].second == pytest.approx(0.9)
    assert found[Optimize.ACCURACY].second_is_better
    assert found[Optimize.BALANCED_ACCURACY].second == pytest.approx(0.5)
    assert not found[Optimize.BALANCED_ACCURACY].second_is_better  # a lead of nothing
