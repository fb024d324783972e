"""How far two predictions agree."""

import numpy as np
import pytest
from colearn.engine.contract.job.job import Task
from colearn.engine.learning.tasks.rules import agreement

ONE = np.ones(2, np.float32)


def test_classes_are_what_counts_not_probabilities() -> None:
    one = np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8], [0.3, 0.7]], np.float32)
    other = np.array([[0.51, 0.49], [0.4, 0.6], [0.1, 0.9], [0.4, 0.6]], np.float32)
    assert agreement(Task.CLASSIFICATION, one, other, ONE) == 0.75
    assert agreement(Task.CLASSIFICATION, one, one, ONE) == 1


def test_every_label_is_an_answer() -> None:
    one = np.array([[0.9, 0.1], [0.6, 0.4]], np.float32)
    other = np.array([[0.4, 0.1], [0.6, 0.4]], np.float32)
    assert agreement(Task.MULTILABEL, one, other, ONE) == 0.75


def test_of_values_the_share_of_the_variance_of_the_worst_target() -> None:
    one = np.array([[10.0, 1.0], [20.0, 2.0]], np.float32)
    other = one + np.array([[1.0, 0.1], [-1.0, -0.1]], np.float32)
    found = agreement(Task.REGRESSION, one, other, np.array([10.0, 0.5]))
    assert found == pytest.approx(1 - 0.1**2 / 0.5**2, abs=1e-6)


def test_values_that_have_nothing_in_common() -> None:
    one = np.zeros((3, 1), np.float32)
    assert agreement(Task.REGRESSION, one, one + 5, np.ones(1)) == -24


def test_nothing_to_compare() -> None:
    with pytest.raises(ValueError, match="to compare"):
        agreement(Task.CLASSIFICATION, np.zeros((0, 2)), np.zeros((0, 2)), ONE)
    with pytest.raises(ValueError, match="to compare"):
        agreement(Task.CLASSIFICATION, np.zeros((3, 2)), np.zeros((3, 3)), ONE)
