"""Classes and targets of a model, the shares of classes, and the decision rule for one class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from ..job import Optimize, Task
from ..wire import require_color


@dataclass(frozen=True)
class LabelClass:
    """A class: its code in the map, its name, its colour ``#rrggbb``, its value in the labels if that is not its name.

    ``share`` is its share of all labels covered by some sensor, before sampling; for multilabel the share of samples
    that have it; None in older models.
    """

    code: int
    name: str
    color: str
    value: str = ""
    share: Optional[float] = None

    def __post_init__(self) -> None:
        require_color(self.color)


@dataclass(frozen=True)
class Target:
    """A regression target over the training samples, in the label field's ``unit``; empty if unknown."""

    name: str
    mean: float
    sd: float
    minimum: float
    maximum: float
    unit: str = ""

    @property
    def title(self) -> str:
        """The name, with the unit if known."""
        return f"{self.name} ({self.unit})" if self.unit else self.name


def known_shares(classes: tuple[LabelClass, ...]) -> tuple[float, ...]:
    """The shares of all classes; empty if any is unknown, or there are no classes."""
    known = [label.share for label in classes if label.share]
    return tuple(known) if len(known) == len(classes) else ()


def decision_weights(task: Task, shares: tuple[float, ...], optimize: Optimize) -> tuple[float, ...]:
    """Class weights of the decision: the class with the largest weighted probability is predicted; empty: unweighted.

    The most probable class maximizes overall accuracy (Bayes' rule), which is used when accuracy is optimized. Balanced
    accuracy weights all classes equally: it is maximized by the largest probability *over the class's share*.
    """
    if not task.one_class or optimize is Optimize.ACCURACY or not shares or min(shares) <= 0:
        return ()
    return tuple(min(shares) / share for share in shares)
