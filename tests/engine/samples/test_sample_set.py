"""What samples say of their classes."""

import numpy as np
from colearn.engine.contract.job.job import Task
from colearn.engine.samples import SampleSet


def samples_of(task: Task, target: np.ndarray) -> SampleSet:
    number = np.arange(len(target))
    return SampleSet(task, (), np.ones((len(target), 0), bool), target, number, number * 1.0, number * 1.0)


def test_classes_are_those_of_the_samples_asked_for() -> None:
    samples = samples_of(Task.CLASSIFICATION, np.array([0, 2, 2, 1]))
    assert samples.classes_among(np.arange(4)) == {0, 1, 2}
    assert samples.classes_among(np.array([1, 2])) == {2}
    assert samples.shows_one_class(np.array([1, 2]))
    assert samples.shows_one_class(np.arange(0))
    assert not samples.shows_one_class(np.array([0, 1]))


def test_labels_and_values_are_of_no_class() -> None:
    for task in (Task.MULTILABEL, Task.REGRESSION):
        samples = samples_of(task, np.ones((3, 1), np.float32))
        assert samples.classes_among(np.arange(3)) == set()
        assert not samples.shows_one_class(np.arange(3))


def test_constant_targets_are_those_of_one_value_among_the_samples_asked_for() -> None:
    samples = samples_of(Task.REGRESSION, np.array([[1, 5], [1, 6], [2, 6]], np.float32))
    assert samples.constant_targets(np.array([0, 1])).tolist() == [0]
    assert samples.constant_targets(np.array([1, 2])).tolist() == [1]
    assert samples.constant_targets(np.arange(3)).tolist() == []
    assert samples.constant_targets(np.arange(0)).tolist() == [0, 1]
    assert samples_of(Task.CLASSIFICATION, np.array([3, 3])).constant_targets(np.arange(2)).tolist() == []
