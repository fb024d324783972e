"""Calibration finds the distortion it was given, and leaves alone what it cannot estimate."""

import numpy as np
import pytest
from colearn.engine.contract.job.job import Task
from colearn.engine.learning.metrics.calibration import class_reliability, fit_calibration, reliability
from colearn.engine.learning.tasks.population import Population
from colearn.engine.learning.tasks.rules import logits_of
from colearn.engine.learning.tasks.scaling_fit import LEAST_SAMPLES, TEMPERATURE_BOUNDS

CLASSES, LABELS, VALUES = Task.CLASSIFICATION, Task.MULTILABEL, Task.REGRESSION


def true_classes(count=4000, classes=4, seed=0):
    """Logits that mean what they say, and classes drawn by them."""
    random = np.random.default_rng(seed)
    logits = random.normal(0, 2, (count, classes))
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return logits, (random.random((count, 1)) > probabilities.cumsum(axis=1)).sum(axis=1)


def true_labels(count=4000, labels=2, seed=0):
    random = np.random.default_rng(seed)
    logits = random.normal(0, 2, (count, labels))
    return logits, (random.random((count, labels)) < 1 / (1 + np.exp(-logits))).astype(np.float32)


@pytest.mark.parametrize("distortion", [0.25, 1.0, 3.0])
def test_the_temperature_that_was_applied_is_found(distortion):
    logits, target = true_classes()
    found = fit_calibration(CLASSES, logits * distortion, target)
    assert found.temperature == pytest.approx(distortion, rel=0.08)
    assert np.ptp(found.temperature) == 0
    assert (found.bias == 0).all()


def test_temperature_and_bias_of_each_label_are_found():
    logits, target = true_labels()
    found = fit_calibration(LABELS, (logits - [1.0, -0.5]) * [3.0, 0.5], target)
    assert found.temperature == pytest.approx([3.0, 0.5], rel=0.12)
    assert found.bias == pytest.approx([1.0, -0.5], abs=0.12)


def test_calibration_lowers_loss_and_calibration_error_on_samples_it_has_not_seen():
    logits, target = true_classes()
    sure = logits * 4
    found = fit_calibration(CLASSES, sure[:2000], target[:2000])
    raw, calibrated = np.exp(sure) / np.exp(sure).sum(axis=1, keepdims=True), found.probabilities(sure)
    before, after = (reliability(CLASSES, target[2000:], p[2000:]) for p in (raw, calibrated))
    assert before.error > 0.1
    assert after.error < 0.03
    assert found.loss_after < found.loss_before - 0.1


def test_no_class_of_a_map_changes():
    logits, target = true_classes(500)
    found = fit_calibration(CLASSES, logits * 5, target)
    assert found.changes
    np.testing.assert_array_equal(found.probabilities(logits * 5).argmax(axis=1), logits.argmax(axis=1))


@pytest.mark.parametrize("count", [0, 1, LEAST_SAMPLES - 1])
def test_too_few_samples_change_nothing(count):
    logits, target = true_classes(count)
    assert not fit_calibration(CLASSES, logits * 9, target).changes
    logits, target = true_labels(count)
    assert not fit_calibration(LABELS, logits * 9, target).changes


@pytest.mark.parametrize("bias", [0.0, 0.7])
def test_a_class_without_validation_samples_does_not_become_unlikely(bias):
    """Of four classes the last has too few groups for validation: a quarter of the ground is its own all the same.

    The logits are twice too sure, and those of the first class too low: the last keeps its odds against the others.
    """
    logits, target = true_classes(6000)
    seen = target < 3
    wrong = 2 * (logits - [bias, 0, 0, 0])
    found = fit_calibration(CLASSES, wrong[seen], target[seen])
    assert found.temperature == pytest.approx(2, rel=0.08)
    adjusted = found.probabilities(wrong)
    assert adjusted[:, 3].mean() == pytest.approx((target == 3).mean(), abs=0.03)
    assert (found.loss_after < found.loss_before, found.bias[3]) == (True, 0)


def test_validation_samples_of_one_class_say_nothing():
    logits, target = true_classes(500)
    assert not fit_calibration(CLASSES, logits[target == 1], target[target == 1]).changes


def test_few_samples_of_a_label_do_not_give_extreme_confidence():
    """Three with it lie above seventeen without: any temperature, however low, fits them better still.

    20 ln(1 + exp(-e^a)) + a² / 2 is least at a = 1.39, where log odds of 1 become e^a = 4.0: 98 %.
    """
    target = (np.arange(20) < 3).astype(np.float32)[:, np.newaxis]
    fitted = fit_calibration(LABELS, 2 * target - 1, target)
    given = fitted.probabilities(2 * target - 1)[:, 0]
    assert given[0] == pytest.approx(0.98, abs=0.01)
    assert given[-1] == pytest.approx(0.02, abs=0.01)


def test_a_label_that_nearly_none_or_nearly_all_have_is_not_calibrated():
    logits, target = true_labels(200, labels=3)
    target[:, 1], target[:, 2] = 0, 1
    target[:2, 1], target[:2, 2] = 1, 0
    found = fit_calibration(LABELS, logits * 4, target)
    assert (found.temperature[1:] == 1).all()
    assert (found.bias[1:] == 0).all()
    assert found.temperature[0] > 2


def test_temperatures_stay_within_bounds():
    eye = np.eye(3)[np.arange(60) % 3]
    right = fit_calibration(CLASSES, eye * 0.01, np.arange(60) % 3)
    assert right.temperature[0] == pytest.approx(TEMPERATURE_BOUNDS[0], rel=0.01)
    wrong = fit_calibration(CLASSES, eye * 90, (np.arange(60) + 1) % 3)
    assert wrong.temperature[0] == pytest.approx(TEMPERATURE_BOUNDS[1], rel=0.01)


def test_logits_that_say_nothing_are_left_as_they_are():
    found = fit_calibration(CLASSES, np.zeros((50, 3)), np.arange(50) % 3)
    assert not found.changes
    assert found.loss_before == found.loss_after == pytest.approx(np.log(3))


def test_regression_has_no_probabilities():
    values = np.random.default_rng(0).normal(size=(30, 2))
    found = fit_calibration(VALUES, values, values)
    assert not found.changes
    assert np.isnan(found.loss_before)
    np.testing.assert_array_equal(found.probabilities(values), values.astype(np.float32))


@pytest.mark.parametrize("make", [true_classes, true_labels])
def test_probabilities_are_as_good_as_logits(make):
    task = CLASSES if make is true_classes else LABELS
    logits, target = make(300)
    raw = fit_calibration(task, np.zeros((0, logits.shape[1])), target[:0]).probabilities(logits)
    again = fit_calibration(task, logits_of(task, raw), target)
    assert again.temperature == pytest.approx(fit_calibration(task, logits, target).temperature, rel=1e-3)
    np.testing.assert_allclose(logits_of(VALUES, raw), raw)


def test_certainty_has_finite_logits():
    for task in (CLASSES, LABELS):
        assert np.isfinite(logits_of(task, np.array([[0.0, 1.0]], np.float32))).all()


@pytest.mark.parametrize(
    ("task", "logits", "target"),
    [
        (CLASSES, np.full((20, 3), np.nan), np.zeros(20, int)),
        (CLASSES, np.zeros((20, 3)), np.zeros(19, int)),
        (LABELS, np.zeros((20, 3)), np.zeros((20, 2))),
    ],
)
def test_what_cannot_be_calibrated_is_refused(task, logits, target):
    with pytest.raises(ValueError, match="logits"):
        fit_calibration(task, logits, target)


def test_reliability_of_classes_by_hand():
    probabilities = np.array([[0.9, 0.1], [0.8, 0.2], [0.4, 0.6], [0.0, 1.0]])
    found = reliability(CLASSES, np.array([0, 1, 1, 1]), probabilities, bins=5)
    assert found.count.tolist() == [0, 0, 1, 1, 2]  # 0.6 and 0.8 belong to the bins they end
    np.testing.assert_allclose(found.confidence[2:], [0.6, 0.8, 0.95])
    np.testing.assert_allclose(found.accuracy[2:], [1, 0, 1])
    assert np.isnan(found.accuracy[:2]).all()
    assert found.error == pytest.approx((0.4 + 0.8 + 2 * 0.05) / 4)
    np.testing.assert_allclose(found.edges, [0, 0.2, 0.4, 0.6, 0.8, 1])


def test_reliability_of_labels_by_hand():
    found = reliability(LABELS, np.array([[1, 0], [0, 0]]), np.array([[0.9, 0.0], [0.7, 0.3]]), bins=2)
    assert found.count.tolist() == [2, 2]
    np.testing.assert_allclose(found.confidence, [0.15, 0.8])
    np.testing.assert_allclose(found.accuracy, [0, 0.5])
    assert found.error == pytest.approx((2 * 0.15 + 2 * 0.3) / 4)


@pytest.mark.parametrize(
    ("task", "probabilities"),
    [(VALUES, np.ones((3, 1))), (CLASSES, np.zeros((0, 2))), (CLASSES, np.full((3, 2), np.nan))],
)
def test_what_has_no_reliability_is_refused(task, probabilities):
    with pytest.raises(ValueError, match="no probabilities"):
        reliability(task, np.zeros(len(probabilities), int), probabilities)


def test_a_label_drawn_half_and_half_is_true_of_the_population_it_is_rare_in():
    """Exact log odds of an even draw, of a label of one sample in ten; calibrated on the draw, applied to others."""
    random = np.random.default_rng(0)

    def drawn(count, share):
        has = random.random(count) < share
        return has[:, None].astype(np.float32), (2 * random.normal(size=count) + 4 * has - 2)[:, None]  # sd 2, means ±2

    (target, logits), (unseen, others) = drawn(2000, 0.5), drawn(40000, 0.1)  # log odds of the draw are these values
    population = Population((0.1,))
    shift = np.log([1 / 9])
    found = fit_calibration(LABELS, logits, target, shift=shift, population=population)
    assert found.temperature == pytest.approx([1.0], abs=0.15)
    assert found.bias == pytest.approx(shift, abs=0.25)
    adjusted = found.probabilities(others)
    assert reliability(LABELS, unseen, adjusted).error < 0.01
    assert reliability(LABELS, unseen, fit_calibration(LABELS, logits, target).probabilities(others)).error > 0.05
    weighted = reliability(LABELS, target, found.probabilities(logits), population=population)
    assert weighted.error < 0.02  # of the draw itself, weighted to show the population


def test_two_classes_are_no_special_case():
    """Even draw, shares .9 and .1: logits ±z / 2 of the log odds z; the shift alone makes them true."""
    random = np.random.default_rng(1)
    target = (random.random(20000) < 0.1).astype(np.int64)
    odds = 2 * random.normal(size=20000) + 4 * target - 2
    logits = np.stack([-odds / 2, odds / 2], axis=1)
    fitted = fit_calibration(CLASSES, logits[:2000], target[:2000], shift=np.log([1.8, 0.2]), groups=np.zeros(2000))
    exact = 1 / (1 + 9 * np.exp(-odds))
    assert np.abs(fitted.probabilities(logits)[:, 1] - exact).mean() < 0.02
    assert class_reliability(CLASSES, target, fitted.probabilities(logits))[1].error < 0.02


def test_a_bias_per_class_is_fitted_where_it_helps():
    logits, target = true_classes(2000, classes=3)
    found = fit_calibration(CLASSES, logits - [1.0, 0.0, -0.5], target)
    adjusted = found.bias - found.bias.mean()
    assert adjusted == pytest.approx(np.array([1.0, 0.0, -0.5]) - 1 / 6, abs=0.15)


def test_biases_of_few_samples_are_left_to_the_prior():
    """Thirty samples show nothing beyond one standard error: the shift stays as Bayes' rule gave it."""
    for seed in range(5):
        logits, target = true_classes(30, classes=3, seed=seed)
        found = fit_calibration(CLASSES, logits, target, shift=np.array([0.2, -0.1, -0.1]))
        if not np.array_equal(found.bias, [0.2, -0.1, -0.1]):
            assert found.loss_after < found.loss_before  # taken only where held-out samples gained


def test_whole_groups_are_held_out():
    """Every group's samples are copies: fitted on half of a group, a bias would seem to pay on the other."""
    random = np.random.default_rng(3)
    classes = random.integers(0, 3, 12)
    target = np.repeat(classes, 40)
    logits = np.repeat(random.normal(0, 1, (12, 3)) + 0.5 * np.eye(3)[classes], 40, axis=0)
    alone = fit_calibration(CLASSES, logits, target)
    together = fit_calibration(CLASSES, logits, target, groups=np.repeat(np.arange(12), 40))
    assert (alone.bias != 0).any()
    assert (together.bias == 0).all()


def test_reliability_of_the_class_given_by_hand():
    """Shares .8 and .2, an even draw: of .6/.4 the second class is given (.4/.2 > .6/.8), with 40 %."""
    probabilities = np.array([[0.6, 0.4], [0.6, 0.4], [0.95, 0.05], [0.95, 0.05]])
    population = Population((0.8, 0.2), (0.25, 1.0))
    found = reliability(CLASSES, np.array([0, 1, 0, 1]), probabilities, bins=5, population=population)
    assert found.count.tolist() == [0, 2, 0, 0, 2]
    np.testing.assert_allclose(found.confidence[[1, 4]], [0.4, 0.95])
    np.testing.assert_allclose(found.accuracy[[1, 4]], [0.2, 0.8])  # weights 1.6 and .4
    assert found.error == pytest.approx((0.2 + 0.15) / 2)


def test_reliability_class_by_class_by_hand():
    """Predicted for the first class: .9 and .9, where one of two is it; for the second .1 and .1."""
    first, second = class_reliability(CLASSES, np.array([0, 1]), np.array([[0.9, 0.1], [0.9, 0.1]]))
    assert (first.error, second.error) == (pytest.approx(0.4), pytest.approx(0.4))
