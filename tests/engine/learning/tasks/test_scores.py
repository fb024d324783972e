"""Scores against numbers worked out by hand, and the fast weighted scores against scikit-learn's."""

import numpy as np
import pytest
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.job.method import Optimize
from colearn.engine.learning.tasks.population import Population
from colearn.engine.learning.tasks.rules import main_score, statistic
from colearn.engine.learning.tasks.scores import classification_scores, multilabel_scores, regression_scores
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, recall_score


def one_hot(classes, count):
    """Probabilities that say exactly these classes."""
    return np.eye(count, dtype=np.float32)[np.asarray(classes)]


def samples_of(task, count=120, seed=3):
    """Random samples of a task: target and a prediction that is better than chance, with tied scores."""
    random = np.random.default_rng(seed)
    if task is Task.CLASSIFICATION:
        target = random.integers(0, 4, count)
        return target, one_hot(target, 5) * 0.4 + random.random((count, 5), dtype=np.float32)
    if task is Task.REGRESSION:
        target = random.normal([100, 3], [40, 1], (count, 2)).astype(np.float32)
        return target, (target + random.normal(0, [20, 1], (count, 2))).astype(np.float32)
    target = (random.random((count, 4)) < [0.5, 0.2, 0.02, 0]).astype(np.float32)
    return target, np.round(target * 0.3 + random.random((count, 4)) * 0.7, 1).astype(np.float32)


def metrics_of(task, target, prediction):
    """The scores of metrics.py in the order of score_names."""
    if task is Task.CLASSIFICATION:
        scores = classification_scores(target, prediction)
        return [scores.balanced_accuracy, scores.accuracy, scores.macro_f1, scores.kappa]
    if task is Task.REGRESSION:
        mean = regression_scores(target, prediction).mean
        return [mean.r2, mean.rmse, mean.mae, mean.bias, mean.scatter]
    scores = multilabel_scores(target, prediction)
    return [scores.average_precision, scores.macro_f1, scores.label_accuracy]


TASKS = [Task.CLASSIFICATION, Task.REGRESSION, Task.MULTILABEL]


def test_classification_by_hand():
    target = np.array([0, 0, 0, 0, 1, 1])
    scores = classification_scores(target, one_hot([0, 0, 0, 1, 1, 0], 2))
    assert scores.confusion.tolist() == [[3, 1], [1, 1]]
    assert scores.accuracy == pytest.approx(4 / 6)
    assert scores.balanced_accuracy == pytest.approx((3 / 4 + 1 / 2) / 2)
    assert scores.macro_f1 == pytest.approx((3 / 4 + 1 / 2) / 2)
    chance = (4 * 4 + 2 * 2) / 36
    assert scores.kappa == pytest.approx((4 / 6 - chance) / (1 - chance))
    assert [(c.support, c.predicted) for c in scores.classes] == [(4, 4), (2, 2)]


def test_balanced_accuracy_leaves_out_classes_without_labels_and_macro_f1_keeps_predicted_ones():
    scores = classification_scores(np.array([0, 0, 1, 1]), one_hot([0, 0, 1, 2], 4))
    assert scores.balanced_accuracy == pytest.approx((1 + 1 / 2) / 2)
    assert scores.macro_f1 == pytest.approx((1 + 2 / 3 + 0) / 3)
    absent = scores.classes[3]
    assert (absent.precision, absent.recall, absent.f1, absent.support) == (None, None, None, 0)
    only_predicted = scores.classes[2]
    assert (only_predicted.precision, only_predicted.recall, only_predicted.f1) == (0, None, 0)


@pytest.mark.parametrize(("predicted", "accuracy", "kappa"), [(1, 1.0, 0.0), (0, 0.0, 0.0)])
def test_one_sample_of_one_class(predicted, accuracy, kappa):
    scores = classification_scores(np.array([1]), one_hot([predicted], 3))
    assert (scores.accuracy, scores.balanced_accuracy, scores.kappa) == (accuracy, accuracy, kappa)


def test_regression_by_hand():
    target, prediction = np.array([[1.0], [2.0], [3.0]]), np.array([[2.0], [2.0], [5.0]])
    score = regression_scores(target, prediction).mean
    assert score.r2 == pytest.approx(1 - 5 / 2)
    assert score.rmse == pytest.approx(np.sqrt(5 / 3))
    assert score.mae == pytest.approx(1)
    assert score.bias == pytest.approx(1)  # too high: prediction minus reference
    assert score.scatter == pytest.approx(np.sqrt((0 + 1 + 1) / 3))  # errors 1, 0, 2 around 1


def test_regression_means_over_targets():
    target, prediction = samples_of(Task.REGRESSION)
    scores = regression_scores(target, prediction)
    assert scores.mean.rmse == pytest.approx(np.mean([t.rmse for t in scores.targets]))
    assert scores.targets[0].rmse > 10 * scores.targets[1].rmse


@pytest.mark.parametrize("count", [1, 5])
def test_r2_of_a_constant_target_is_one_only_when_exact(count):
    target = np.full((count, 1), 7.3, np.float32)
    assert main_score(Task.REGRESSION, target, target.copy()) == 1
    assert main_score(Task.REGRESSION, target, target + 1) == 0


def test_average_precision_by_hand_with_a_tie():
    target = np.array([[1], [0], [1], [0]])
    scores = multilabel_scores(target, np.array([[0.9], [0.5], [0.5], [0.1]]))
    # Recall 1/2 at precision 1; the tied pair adds recall 1/2 at precision 2/3.
    assert scores.label_precisions == pytest.approx((0.5 * 1 + 0.5 * 2 / 3,))
    assert scores.label_accuracy == pytest.approx(3 / 4)
    assert scores.macro_f1 == pytest.approx(4 / 5)


def test_labels_no_sample_has_are_left_out_of_the_mean():
    target = np.array([[1, 0], [0, 0]])
    scores = multilabel_scores(target, np.array([[0.9, 0.2], [0.1, 0.3]]))
    assert scores.label_precisions == (1.0, None)
    assert scores.average_precision == 1.0
    assert multilabel_scores(np.zeros((2, 2)), np.zeros((2, 2))).average_precision == 0.0


def test_bias_and_scatter_make_up_the_error():
    target, prediction = samples_of(Task.REGRESSION)
    for score in regression_scores(target, prediction + 50).targets:
        assert score.rmse**2 == pytest.approx(score.bias**2 + score.scatter**2)
        assert score.bias > score.scatter


def test_weighted_scatter_of_an_error_that_never_varies_is_zero():
    target = np.array([[1e6], [2e6], [4e6]])
    scatter = statistic(Task.REGRESSION, target, target + 1e5)(np.array([3.0, 1.0, 2.0]))[4]
    assert scatter == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("task", TASKS)
def test_main_score_is_the_first_score(task):
    target, prediction = samples_of(task)
    assert main_score(task, target, prediction) == metrics_of(task, target, prediction)[0]


@given(st.integers(1, 60), st.integers(2, 6), st.integers(0, 2**31), st.sampled_from(Optimize), st.booleans())
def test_the_accuracy_that_is_optimized_is_that_among_all_scores_to_the_bit(count, classes, seed, optimize, weighted):
    """It is asked for after every epoch, where all of them would take two hundred times as long."""
    random = np.random.default_rng(seed)
    target = random.integers(0, classes, count)
    prediction = random.dirichlet(np.ones(classes), count).astype(np.float32)
    shares = tuple(random.dirichlet(np.ones(classes)).tolist()) if weighted else ()
    population = Population.of(Task.CLASSIFICATION, shares, optimize)
    scores = classification_scores(target, prediction, population)
    whole = scores.accuracy if optimize is Optimize.ACCURACY else scores.balanced_accuracy
    assert main_score(Task.CLASSIFICATION, target, prediction, optimize, population) == whole
    decided, weights = population.decided(prediction), population.sample_weights(target)
    if optimize is Optimize.ACCURACY:
        assert whole == pytest.approx(accuracy_score(target, decided, sample_weight=weights), abs=1e-12)
    else:
        recalls = recall_score(target, decided, labels=np.unique(target), average=None, sample_weight=weights)
        assert whole == pytest.approx(recalls.mean(), abs=1e-12)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("count", [1, 2, 120])
def test_weighted_scores_with_weights_of_one_are_the_metrics(task, count):
    target, prediction = samples_of(task, count)
    assert statistic(task, target, prediction)(np.ones(count)) == pytest.approx(metrics_of(task, target, prediction))


@pytest.mark.parametrize("task", TASKS)
def test_a_weight_counts_as_so_many_copies_of_the_sample(task):
    target, prediction = samples_of(task)
    times = np.random.default_rng(8).integers(0, 4, len(target))
    copies = np.repeat(np.arange(len(target)), times)
    expected = metrics_of(task, target[copies], prediction[copies])
    assert statistic(task, target, prediction)(times.astype(float)) == pytest.approx(expected)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("shares", [(), (0.4, 0.3, 0.2, 0.1, 0.0)])
def test_many_resamples_at_once_score_as_each_by_itself(task, shares):
    """Small draws, so that some leave out whole classes and labels, some all that is positive."""
    target, prediction = samples_of(task)
    score = statistic(task, target, prediction, Population(shares if task is Task.CLASSIFICATION else ()))
    times = np.random.default_rng(5).multinomial(4, np.full(len(target), 1 / len(target)), (2, 30)).astype(float)
    found = score(times)
    assert found.shape == (2, 30, len(score(times[0, 0])))
    for place in np.ndindex(2, 30):
        assert found[place] == pytest.approx(score(times[place]))


@pytest.mark.parametrize("shares", [(), tuple(np.arange(1, 13) / 78)])
def test_what_is_all_right_is_one_to_the_bit_however_many_classes(shares):
    target = np.arange(120) % 12
    score = statistic(Task.CLASSIFICATION, target, one_hot(target, 12), Population(shares))
    times = np.random.default_rng(6).integers(0, 5, (50, 120)).astype(float)
    assert (score(times) == 1).all()


def test_weighted_r2_is_finite_where_a_resample_draws_one_value_only():
    target = np.array([[101.3], [101.3], [55.1], [12.7]], np.float32)
    score = statistic(Task.REGRESSION, target, target + 1)
    assert score(np.array([2.0, 2.0, 0.0, 0.0]))[0] == 0


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_values_that_are_not_finite_are_refused(task, value):
    target, prediction = samples_of(task)
    prediction[7, 0] = value
    with pytest.raises(ValueError, match="nodata"):
        main_score(task, target, prediction)


@pytest.mark.parametrize(
    ("task", "target", "prediction"),
    [
        (Task.CLASSIFICATION, np.zeros(0, np.int64), np.zeros((0, 3))),
        (Task.CLASSIFICATION, np.zeros(4, np.int64), np.zeros((3, 3))),
        (Task.CLASSIFICATION, np.array([3]), np.zeros((1, 3))),
        (Task.CLASSIFICATION, np.array([-1]), np.zeros((1, 3))),
        (Task.REGRESSION, np.zeros(4), np.zeros((4, 1))),
        (Task.REGRESSION, np.array([[np.nan]]), np.zeros((1, 1))),
        (Task.MULTILABEL, np.full((2, 2), 0.5), np.zeros((2, 2))),
    ],
)
def test_samples_that_cannot_be_scored_are_refused(task, target, prediction):
    with pytest.raises(ValueError):
        main_score(task, target, prediction)
