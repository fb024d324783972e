"""Intervals that are as wide as they should be, and verdicts that claim nothing unproven."""

import json
import time

import numpy as np
import pytest
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.manifest.scores import Estimate, Verdict
from colearn.engine.contract.wire.codec import from_plain, to_plain
from colearn.engine.learning.metrics.intervals import (
    MINIMUM_GROUPS,
    compare,
    estimates,
    verdict,
)
from colearn.engine.learning.tasks.rules import main_score


def estimate(*given, **options) -> Estimate:
    """The main score with its interval."""
    return estimates(*given, **options)[0]


def right_or_wrong(right):
    """A two-class target of class 0 and 1 in turn, and probabilities right where ``right`` is true."""
    target = np.arange(len(right)) % 2
    return target, np.eye(2)[np.where(right, target, 1 - target)]


def test_interval_of_independent_samples_is_the_binomial_one():
    count, share = 1000, 0.8
    target, prediction = right_or_wrong(np.arange(count) % 10 < share * 10)
    accuracy = estimates(Task.CLASSIFICATION, target, prediction, np.arange(count), seed=1)[1]
    half = 1.96 * np.sqrt(share * (1 - share) / count)
    assert accuracy.value == pytest.approx(share)
    assert (accuracy.low, accuracy.high) == pytest.approx((share - half, share + half), abs=0.004)


def test_samples_that_resemble_their_group_widen_the_interval():
    groups = np.repeat(np.arange(50), 20)
    target, prediction = right_or_wrong(groups % 5 > 0)  # whole groups right or wrong
    alone = estimate(Task.CLASSIFICATION, target, prediction, np.arange(1000), seed=1)
    grouped = estimate(Task.CLASSIFICATION, target, prediction, groups, seed=1)
    assert (grouped.high - grouped.low) > 3 * (alone.high - alone.low)


def test_an_interval_holds_its_score_even_if_nearly_all_resamples_are_below_it():
    """Each class is right in one large group and wrong in one small one: without the large one, its recall is 0."""
    classes = 24
    target = np.repeat(np.tile(np.arange(classes), 2), np.repeat([50, 1], classes))
    groups = np.repeat(np.arange(2 * classes), np.repeat([50, 1], classes))
    prediction = np.eye(classes)[np.where(groups < classes, target, (target + 1) % classes)]
    found = estimate(Task.CLASSIFICATION, target, prediction, groups, seed=1)
    assert found.value == pytest.approx(50 / 51)
    assert found.low < 0.8
    assert found.low < found.value <= found.high


@pytest.mark.slow
def test_intervals_of_few_groups_have_their_nominal_coverage():
    random = np.random.default_rng(5)
    groups = np.repeat(np.arange(8), 10)
    held = 0
    for result in range(200):
        effect = random.normal(0, 1, (8, 1))[groups] + random.normal(0, 1, (80, 1))  # true bias: 0
        zero = np.zeros((80, 1))
        bias = estimates(Task.REGRESSION, zero, effect, groups, seed=result, resamples=400)[3]
        held += bias.low <= 0 <= bias.high
    assert 0.90 <= held / 200 <= 0.995


def test_no_interval_and_no_claim_from_few_groups():
    groups = np.arange(500) % (MINIMUM_GROUPS - 1)
    target, perfect = right_or_wrong(np.ones(500, bool))
    _, wrong = right_or_wrong(np.zeros(500, bool))
    gain = compare(Task.CLASSIFICATION, target, perfect, wrong, groups, seed=0).gain[0]
    assert gain == Estimate(1.0, None, None)
    assert verdict(gain) is Verdict.NO_DIFFERENCE


@pytest.mark.parametrize("count", [1, 2])
def test_one_sample_has_a_score_but_no_interval(count):
    target, prediction = right_or_wrong(np.ones(count, bool))
    assert estimate(Task.CLASSIFICATION, target, prediction, np.zeros(count, int), seed=0) == Estimate(1.0)


def test_an_estimate_without_interval_is_plain_json():
    text = json.dumps(to_plain(Estimate(0.5)), allow_nan=False)
    assert from_plain(Estimate, json.loads(text)) == Estimate(0.5, None, None)


def test_the_same_seed_gives_the_same_interval_and_another_seed_nearly_the_same():
    random = np.random.default_rng(2)
    target, groups = random.normal(size=(300, 1)), np.arange(300) // 5
    prediction = target + random.normal(size=(300, 1))
    first, again, other = (estimate(Task.REGRESSION, target, prediction, groups, seed=seed) for seed in (4, 4, 5))
    assert first == again
    assert first != other
    assert (first.low, first.high) == pytest.approx((other.low, other.high), abs=0.03)


def test_group_names_and_order_of_samples_do_not_matter_to_the_value():
    random = np.random.default_rng(2)
    target, groups = random.normal(size=(60, 1)), np.arange(60) // 5
    prediction = target + random.normal(size=(60, 1))
    plain = estimate(Task.REGRESSION, target, prediction, groups, seed=0)
    renamed = estimate(Task.REGRESSION, target, prediction, groups * 1000 - 7, seed=0)
    assert plain == renamed


def test_pairing_finds_a_small_gain_that_separate_intervals_hide():
    random = np.random.default_rng(0)
    groups = np.arange(600) // 6
    right = random.random(600) < 0.6
    better = right | (random.random(600) < 0.08)
    target, alone = right_or_wrong(right)
    _, with_others = right_or_wrong(better)
    both = compare(Task.CLASSIFICATION, target, with_others, alone, groups, seed=0)
    assert both.colearned[0].low < both.alone[0].high
    assert both.gain[0].low > 0
    assert both.gain[0].value == pytest.approx(both.colearned[0].value - both.alone[0].value)
    assert verdict(both.gain[0]) is Verdict.HELPED
    assert verdict(compare(Task.CLASSIFICATION, target, alone, with_others, groups, seed=0).gain[0]) is Verdict.HARMED


def test_equal_predictions_make_no_difference():
    target, prediction = right_or_wrong(np.arange(100) % 3 > 0)
    gain = compare(Task.CLASSIFICATION, target, prediction, prediction.copy(), np.arange(100), seed=0).gain[0]
    assert gain == Estimate(0.0, 0.0, 0.0)
    assert verdict(gain) is Verdict.NO_DIFFERENCE


@pytest.mark.parametrize(
    ("gain", "expected"),
    [
        (None, Verdict.NOT_MEASURED),
        (Estimate(0.1, 0.01, 0.2), Verdict.HELPED),
        (Estimate(0.1, 0.0, 0.2), Verdict.NO_DIFFERENCE),
        (Estimate(0.1, -0.01, 0.2), Verdict.NO_DIFFERENCE),
        (Estimate(-0.1, -0.2, 0.0), Verdict.NO_DIFFERENCE),
        (Estimate(-0.1, -0.2, -0.01), Verdict.HARMED),
    ],
)
def test_verdicts(gain, expected):
    assert verdict(gain) is expected


def test_a_label_drawn_by_no_resample_does_not_break_the_interval():
    target = np.zeros((40, 2))
    target[0, 0] = target[:20, 1] = 1
    prediction = np.random.default_rng(0).random((40, 2))
    score = estimate(Task.MULTILABEL, target, prediction, np.arange(40), seed=0)
    assert score.value == pytest.approx(main_score(Task.MULTILABEL, target, prediction))
    assert 0 <= score.low <= score.high <= 1


def test_prediction_that_is_nodata_is_refused():
    with pytest.raises(ValueError, match="nodata"):
        estimate(Task.REGRESSION, np.zeros((9, 1)), np.full((9, 1), np.nan), np.arange(9), seed=0)


def test_thousands_of_samples_take_seconds():
    random = np.random.default_rng(0)
    target = random.integers(0, 9, 5000)
    begun = time.process_time()
    compare(
        Task.CLASSIFICATION, target, random.random((5000, 9)), random.random((5000, 9)), np.arange(5000) // 4, seed=0
    )
    assert time.process_time() - begun < 5
