"""What is learned, and what both processes have to know of it: one line a task."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True)
class TaskTraits:
    """``one_class``: every sample and every pixel is of exactly one class, so that a map holds codes in one band; else
    there is one answer for each label or target, and one band. ``has_probabilities``: answers are probabilities of
    classes or labels, from which a map decides; else they are values in the targets' units, and are the map.
    ``in_percent``: the main score is a share.
    """

    one_class: bool
    has_probabilities: bool
    in_percent: bool


class Task(str, Enum):
    """What is learned. ``auto`` looks at the labels, and has no traits: ask those of the task that was found."""

    AUTO = "auto"
    CLASSIFICATION = "classification"
    MULTILABEL = "multilabel"
    REGRESSION = "regression"

    @property
    def one_class(self) -> bool:
        """As :class:`TaskTraits` has it."""
        return _TRAITS[self].one_class

    @property
    def has_probabilities(self) -> bool:
        """As :class:`TaskTraits` has it."""
        return _TRAITS[self].has_probabilities

    @property
    def in_percent(self) -> bool:
        """As :class:`TaskTraits` has it."""
        return _TRAITS[self].in_percent


_TRAITS = {
    Task.CLASSIFICATION: TaskTraits(one_class=True, has_probabilities=True, in_percent=True),
    Task.MULTILABEL: TaskTraits(one_class=False, has_probabilities=True, in_percent=True),
    Task.REGRESSION: TaskTraits(one_class=False, has_probabilities=False, in_percent=False),
}
