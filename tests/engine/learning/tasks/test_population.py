"""Shares, decisions and prior shifts, by hand."""

import numpy as np
import pytest
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.job.method import ClassWeight, Optimize
from colearn.engine.contract.manifest.label_classes import LabelClass, decision_weights, known_shares
from colearn.engine.experiment.forests.forest import Forest
from colearn.engine.learning.tasks.population import AS_THEY_ARE, Population
from colearn.engine.learning.tasks.rules import observed_shares, prior_shift, statistic
from colearn.engine.learning.tasks.scores import classification_scores, multilabel_scores
from hypothesis import given
from hypothesis import strategies as st

CLASSES, LABELS = Task.CLASSIFICATION, Task.MULTILABEL
BALANCED = Population.of(CLASSES, (0.6, 0.3, 0.1), Optimize.BALANCED_ACCURACY)


def test_the_largest_probability_over_its_share_decides() -> None:
    """.5/.6 = .83, .2/.3 = .67, .3/.1 = 3: the rare class, though it is not the most probable one."""
    probabilities = np.array([[0.5, 0.2, 0.3], [0.9, 0.05, 0.05]], np.float32)
    assert BALANCED.decided(probabilities).tolist() == [2, 0]
    assert Population.of(CLASSES, (0.6, 0.3, 0.1), Optimize.ACCURACY).decided(probabilities).tolist() == [0, 0]
    assert AS_THEY_ARE.decided(probabilities).tolist() == [0, 0]


def test_no_share_no_decision_but_the_most_probable() -> None:
    assert decision_weights(CLASSES, (), Optimize.BALANCED_ACCURACY) == ()
    assert decision_weights(LABELS, (0.2, 0.4), Optimize.BALANCED_ACCURACY) == ()
    assert known_shares((LabelClass(1, "a", "#000000", share=0.4), LabelClass(2, "b", "#000000"))) == ()


@given(st.lists(st.floats(0.01, 1), min_size=2, max_size=6), st.integers(0, 2**32 - 1))
def test_a_balanced_decision_is_the_most_probable_class_of_an_even_population(shares: list[float], seed: int) -> None:
    shares = np.array(shares) / sum(shares)
    even = np.random.default_rng(seed).dirichlet(np.ones(len(shares)), 5)
    posterior = even * shares / (even * shares).sum(axis=1, keepdims=True)
    decided = Population.of(CLASSES, tuple(shares.tolist()), Optimize.BALANCED_ACCURACY).decided(posterior)
    ordered = np.sort(even, axis=1)
    clear = ordered[:, -1] - ordered[:, -2] > 1e-9
    np.testing.assert_array_equal(decided[clear], even.argmax(axis=1)[clear])


def test_samples_are_weighted_to_show_the_population() -> None:
    """Two of each class; shares .6/.3/.1, so .6/(2/6) = 1.8, .9 and .3."""
    weights = BALANCED.sample_weights(np.array([0, 1, 2, 2, 1, 0]))
    np.testing.assert_allclose(weights, [1.8, 0.9, 0.3, 0.3, 0.9, 1.8])
    without_the_last = BALANCED.sample_weights(np.array([0, 1]))  # .6 to .3 among one another
    np.testing.assert_allclose(without_the_last, [4 / 3, 2 / 3])


def test_each_label_is_weighted_by_itself() -> None:
    """Half of the samples have the first label, a tenth of the labelled ground does."""
    weights = Population((0.1, 0.5)).label_weights(np.array([[1, 1], [0, 0]]))
    np.testing.assert_allclose(weights, [[0.2, 1.0], [1.8, 1.0]])


def test_accuracy_is_that_of_the_population_and_balanced_accuracy_stays() -> None:
    """Recalls 1, .5, 0 on even samples: accuracy .6 · 1 + .3 · .5 = .75 of the labels, .5 of the samples."""
    target = np.array([0, 0, 1, 1, 2, 2])
    predicted = np.eye(3)[[0, 0, 1, 0, 0, 1]]
    population = Population((0.6, 0.3, 0.1))
    scores = classification_scores(target, predicted, population)
    assert scores.accuracy == pytest.approx(0.75)
    assert scores.balanced_accuracy == pytest.approx(0.5)
    assert classification_scores(target, predicted).accuracy == pytest.approx(0.5)
    # of what is called the first class: .6 right, .15 of the second and .05 of the third wrong
    assert scores.classes[0].precision == pytest.approx(0.6 / 0.8)
    expected = [scores.balanced_accuracy, scores.accuracy, scores.macro_f1, scores.kappa]
    assert statistic(CLASSES, target, predicted, population)(np.ones(6)) == pytest.approx(expected)


def test_a_prior_is_shifted_from_what_the_loss_showed_to_the_population() -> None:
    """Six, three, one samples with weights 1, 2, 6 count 6 each: the network speaks of thirds."""
    shift = prior_shift(CLASSES, np.repeat([0, 1, 2], [6, 3, 1]), np.array([1.0, 2.0, 6.0]), (0.6, 0.3, 0.1))
    np.testing.assert_allclose(shift, np.log([1.8, 0.9, 0.3]))
    unweighted = prior_shift(CLASSES, np.repeat([0, 1, 2], [6, 3, 1]), None, (0.6, 0.3, 0.1))
    np.testing.assert_allclose(unweighted, 0, atol=1e-12)


def test_a_class_without_training_samples_is_not_raised() -> None:
    """A sensor sees eight and two of two classes, none of the third: .6 and .3 are 2/3 and 1/3 of what it can tell."""
    shift = prior_shift(CLASSES, np.repeat([0, 1], [8, 2]), None, (0.6, 0.3, 0.1))
    np.testing.assert_allclose(shift, np.log([(2 / 3) / 0.8, (1 / 3) / 0.2, (2 / 3) / 0.8]))


def test_the_prior_of_a_label_is_shifted_in_log_odds() -> None:
    """Drawn half and half, one in ten of the population: log(1/9) - log(1)."""
    shift = prior_shift(LABELS, np.array([[1], [0]]), None, (0.1,))
    assert shift == pytest.approx([np.log(1 / 9)])


def test_what_has_no_shares_is_left_alone() -> None:
    assert prior_shift(Task.REGRESSION, np.zeros((3, 1)), None, ()) is None
    assert observed_shares(CLASSES, np.array([0, 0, 2]), 3) == ()
    assert observed_shares(CLASSES, np.array([0, 0, 1, 2]), 3) == (0.5, 0.25, 0.25)


def test_a_forest_with_balanced_weights_predicts_for_the_population() -> None:
    """One feature that says nothing: balanced weights say even chances, the population .9 and .1."""
    random = np.random.default_rng(0)
    target = (np.arange(400) % 10 == 0).astype(np.int64)
    table = random.normal(size=(400, 1)).astype(np.float32)
    forest = Forest.fit_table(CLASSES, ["s"], table, target, 2, 0, ClassWeight.BALANCED)
    shifted = forest.for_population(target, ClassWeight.BALANCED, (0.9, 0.1))
    raw, predicted = (each.predict_table(table[:5]).astype(float) for each in (forest, shifted))
    times = raw * [1.8, 0.2]  # .9 / .5 and .1 / .5
    np.testing.assert_allclose(predicted, times / times.sum(axis=1, keepdims=True), atol=1e-6)


def test_labels_are_decided_by_half() -> None:
    """Whatever their shares: the most probable answer for each label by itself."""
    scores = multilabel_scores(np.array([[1.0], [0.0]]), np.array([[0.5], [0.49]]))
    assert scores.label_accuracy == 1
