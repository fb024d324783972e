"""Calibration finds the distortion it was given, and leaves alone what it cannot judge."""

import numpy as np
import pytest
from colearn.engine.contract.job import Task
from colearn.engine.learning.calibration import (
    LEAST_SAMPLES,
    fit_calibration,
    logits_of,
    reliability,
)
from colearn.engine.learning.scaling_fit import TEMPERATURE_BOUNDS

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


def test_a_label_that_nearly_none_or_nearly_all_have_is_left_alone():
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
