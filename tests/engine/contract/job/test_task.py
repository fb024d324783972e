"""What both processes know of a task."""

import pytest
from colearn.engine.contract import Task


@pytest.mark.parametrize(
    ("task", "one_class", "has_probabilities", "in_percent"),
    [
        (Task.CLASSIFICATION, True, True, True),
        (Task.MULTILABEL, False, True, True),
        (Task.REGRESSION, False, False, False),
    ],
)
def test_each_task_says_what_it_is_like(task: Task, one_class: bool, has_probabilities: bool, in_percent: bool) -> None:
    assert (task.one_class, task.has_probabilities, task.in_percent) == (one_class, has_probabilities, in_percent)


def test_a_task_that_is_not_yet_known_is_like_none() -> None:
    with pytest.raises(KeyError):
        _ = Task.AUTO.has_probabilities
