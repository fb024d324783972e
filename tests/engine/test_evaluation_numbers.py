"""The numbers of an evaluation: those of the task, what training optimized first."""

from types import SimpleNamespace

import numpy as np
import pytest
from colearn.engine.contract.job.job import Task
from colearn.engine.evaluate import numbers_of


def numbers(task, target, prediction, optimize="balanced_accuracy"):
    return numbers_of(SimpleNamespace(task=task, optimize=optimize, decision=()), np.array(target), prediction)


@pytest.mark.parametrize("optimize", ["accuracy", "balanced_accuracy"])
def test_both_accuracies_with_the_optimized_one_first(optimize):
    found = numbers(Task.CLASSIFICATION, [0, 0, 0, 1], np.array([[0.9, 0.1]] * 4, np.float32), optimize)
    assert next(iter(found)) == optimize.upper()
    assert (found["ACCURACY"], found["BALANCED_ACCURACY"], found["N"]) == (0.75, 0.5, 4)


def test_a_constant_error_is_bias_and_no_scatter():
    target = np.array([[1.0], [2.0], [4.0]], np.float32)
    found = numbers(Task.REGRESSION, target, target + 3)
    assert (found["BIAS"], found["SCATTER"]) == pytest.approx((3, 0))
    spread = numbers(Task.REGRESSION, target, target + np.array([[-1.0], [0.0], [1.0]], np.float32))
    assert (spread["BIAS"], spread["SCATTER"]) == pytest.approx((0, np.sqrt(2 / 3)))


def test_several_labels_have_the_score_their_training_optimized():
    target = np.array([[1, 0], [0, 1], [1, 1]], np.float32)
    found = numbers(Task.MULTILABEL, target, target * 0.8)
    assert found == {"AVERAGE_PRECISION": 1, "MACRO_F1": 1, "LABEL_ACCURACY": 1, "N": 3}


def test_classes_are_decided_as_the_model_decides():
    """Over shares of .9 and .1: .56 and 5, .94 and 1.5, 1.06 and .5; most probable alone, two would be wrong."""
    model = SimpleNamespace(task=Task.CLASSIFICATION, optimize="balanced_accuracy", decision=(1 / 9, 1.0))
    prediction = np.array([[0.5, 0.5], [0.85, 0.15], [0.95, 0.05]], np.float32)
    found = numbers_of(model, np.array([1, 1, 0]), prediction)
    assert found["ACCURACY"] == 1
