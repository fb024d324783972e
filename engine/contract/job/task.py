"""The tasks, and the properties of them that both processes need: one line per task."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True)
class TaskTraits:
    """``one_class``: every sample and pixel belongs to exactly one class: a map has codes in one band; otherwise
    there is one output, and one band, per label or target. ``has_probabilities``: outputs are probabilities of
    classes or labels, from which the map is decided; otherwise they are values in the targets' units, and are the map.
    ``in_percent``: the main score is a proportion.
    """

    one_class: bool
    has_probabilities: bool
    in_percent: bool


class Task(str, Enum):
    """The task. ``auto`` is derived from the labels, and has no traits: use those of the derived task."""

    AUTO = "auto"
    CLASSIFICATION = "classification"
    MULTILABEL = "multilabel"
    REGRESSION = "regression"

    @property
    def one_class(self) -> bool:
        """As in :class:`TaskTraits`."""
        return _TRAITS[self].one_class

    @property
    def has_probabilities(self) -> bool:
        """As in :class:`TaskTraits`."""
        return _TRAITS[self].has_probabilities

    @property
    def in_percent(self) -> bool:
        """As in :class:`TaskTraits`."""
        return _TRAITS[self].in_percent


_TRAITS = {
    Task.CLASSIFICATION: TaskTraits(one_class=True, has_probabilities=True, in_percent=True),
    Task.MULTILABEL: TaskTraits(one_class=False, has_probabilities=True, in_percent=True),
    Task.REGRESSION: TaskTraits(one_class=False, has_probabilities=False, in_percent=False),
}
