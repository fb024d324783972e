"""Classes and targets of a model, the shares of classes, and how probabilities become one class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from ..job import Optimize, Task
from ..wire import require_color


@dataclass(frozen=True)
class LabelClass:
    """A class: its code in the map, its name, its colour ``#rrggbb``, its value in the labels where not its name.

    ``share`` is its share of all the labels that some sensor shows, before any draw: of several labels at a time, how
    many have it; None in older models.
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
    """A regression target over the training samples, in the label field's own ``unit``; empty where it is not known."""

    name: str
    mean: float
    sd: float
    minimum: float
    maximum: float
    unit: str = ""

    @property
    def title(self) -> str:
        """The name, with the unit where it is known."""
        return f"{self.name} ({self.unit})" if self.unit else self.name


def known_shares(classes: tuple[LabelClass, ...]) -> tuple[float, ...]:
    """The shares of all classes; empty where some is not known, or none."""
    known = [label.share for label in classes if label.share]
    return tuple(known) if len(known) == len(classes) else ()


def decision_weights(task: Task, shares: tuple[float, ...], optimize: Optimize) -> tuple[float, ...]:
    """How probabilities become one class: the largest product with these weights decides; empty: the largest itself.

    The most probable class is right most often (Bayes' rule), and that is what optimizing accuracy wants. Balanced
    accuracy counts every class the same: it is highest where the probability *over the class's share* is largest.
    """
    if not task.one_class or optimize is Optimize.ACCURACY or not shares or min(shares) <= 0:
        return ()
    return tuple(min(shares) / share for share in shares)
