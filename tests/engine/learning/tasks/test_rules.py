"""What each task makes of targets and predictions, worked out by hand."""

import numpy as np
import pytest
from colearn.engine.contract.job.job import Optimize, Task
from colearn.engine.learning.tasks.population import AS_THEY_ARE, Population
from colearn.engine.learning.tasks.rules import main_score, named_scores, rules_of, score_names

CLASSES = np.array([0, 2, 2])
LABELS = np.array([[1, 0], [0, 0], [1, 1]], np.float32)
VALUES = np.array([[1.0, 10.0], [2.0, 10.0], [3.0, 40.0]], np.float32)
TARGETS = {Task.CLASSIFICATION: CLASSES, Task.MULTILABEL: LABELS, Task.REGRESSION: VALUES}
OUTPUTS = {Task.CLASSIFICATION: 3, Task.MULTILABEL: 2, Task.REGRESSION: 2}
tasks = pytest.mark.parametrize("task", list(TARGETS))


def test_samples_are_members_of_their_class_or_labels_and_of_no_value() -> None:
    members = {task: rules_of(task).members(target, OUTPUTS[task]) for task, target in TARGETS.items()}
    assert members[Task.CLASSIFICATION].tolist() == [[True, False, False], [False, False, True], [False, False, True]]
    assert members[Task.MULTILABEL].tolist() == [[True, False], [False, False], [True, True]]
    assert members[Task.REGRESSION].shape == (3, 0)


def test_a_prior_is_by_the_rule_of_succession() -> None:
    priors = {task: rules_of(task).prior(target, OUTPUTS[task]) for task, target in TARGETS.items()}
    assert priors[Task.CLASSIFICATION].tolist() == pytest.approx([2 / 6, 1 / 6, 3 / 6])
    assert priors[Task.MULTILABEL].tolist() == pytest.approx([3 / 5, 2 / 5])
    assert priors[Task.REGRESSION].tolist() == [0, 0]


@tasks
def test_perfect_predictions_are_all_right_and_score_highest(task: Task) -> None:
    rules, target = rules_of(task), TARGETS[task]
    perfect = rules.as_predictions(target, OUTPUTS[task])
    assert (perfect.dtype, perfect.shape) == (np.float32, (3, OUTPUTS[task]))
    assert rules.right(target, perfect, AS_THEY_ARE).all()
    assert main_score(task, target, perfect) == 1


def test_a_class_is_right_as_the_population_decides() -> None:
    probabilities = np.array([[0.6, 0.4], [0.6, 0.4]])
    rules, target = rules_of(Task.CLASSIFICATION), np.array([0, 1])
    assert rules.right(target, probabilities, AS_THEY_ARE).tolist() == [True, False]
    assert rules.right(target, probabilities, Population((), (0.5, 1.0))).tolist() == [False, True]  # .3 against .4


def test_labels_are_right_where_all_are_and_values_within_the_usual_error() -> None:
    probabilities = np.array([[0.9, 0.1], [0.6, 0.2], [0.5, 0.7]])
    assert rules_of(Task.MULTILABEL).right(LABELS, probabilities, AS_THEY_ARE).tolist() == [True, False, True]
    off = VALUES + np.array([[0.0, 1.0], [0.0, -1.0], [3.0, 1.0]])  # RMSE 1.73 and 1
    assert rules_of(Task.REGRESSION).right(VALUES, off, AS_THEY_ARE).tolist() == [True, True, False]


@tasks
@pytest.mark.parametrize("optimize", list(Optimize))
def test_the_scores_are_the_statistics_of_single_weights_and_the_optimized_one_is_first(
    task: Task, optimize: Optimize
) -> None:
    rules, target = rules_of(task), TARGETS[task]
    predicted = rules.as_predictions(target, OUTPUTS[task]) * 0.4 + np.linspace(0.1, 0.5, OUTPUTS[task])
    predicted[0] = predicted[0, ::-1]
    found = named_scores(task, target, predicted, optimize, AS_THEY_ARE)
    assert set(found) == set(score_names(task))
    of_weights = rules.statistic(target, predicted, AS_THEY_ARE)(np.ones(3))
    assert [found[name] for name in score_names(task)] == pytest.approx(of_weights.tolist())
    assert next(iter(found.values())) == pytest.approx(main_score(task, target, predicted, optimize))
    first = "accuracy" if task is Task.CLASSIFICATION and optimize is Optimize.ACCURACY else score_names(task)[0]
    assert next(iter(found)) == first


def test_classes_are_compared_by_recall_and_labels_by_average_precision() -> None:
    wrong = np.array([[0.2, 0.0, 0.8], [0.1, 0.0, 0.9], [0.1, 0.0, 0.9]])
    assert [main for _, main in rules_of(Task.CLASSIFICATION).scores_by_class(CLASSES, wrong, AS_THEY_ARE)] == [
        0.0,
        None,
        1.0,
    ]
    labels = np.array([[1, 0], [0, 0]], np.float32)
    second = np.array([[0.4, 0.1], [0.6, 0.1]])  # the sample with the label comes second: one of two
    found = rules_of(Task.MULTILABEL).scores_by_class(labels, second, AS_THEY_ARE)
    assert [main for _, main in found] == [0.5, None]
    assert rules_of(Task.REGRESSION).scores_by_class(VALUES, VALUES, AS_THEY_ARE) == ()
