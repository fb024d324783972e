"""The share of each class in the labelled area, before sampling: the population of probabilities and accuracies.

Samples are drawn evenly over classes and at most so many from a polygon. A point counts one, a labelled pixel one, a
polygon the pixels of the sensor at which it is sampled; only labels covered by some sensor are counted.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...arrays import Doubles
from ...contract import LabelClass
from ...process import Reporter
from ..labels import LabelSpace
from .label_points import LabelPoints

_NAMED = 12  # classes, in the log


def with_shares(points: LabelPoints, reporter: Reporter) -> LabelPoints:
    """The candidates, their classes (or labels) with the share each has of all that the candidates stand for."""
    space = points.space
    if not space.task.has_probabilities or not len(points):
        return points
    weight = points.weights
    if space.task.one_class:
        target = np.asarray(points.target, np.int64)
        counted = np.bincount(target, weight, minlength=len(space.classes)).astype(np.float64)
    else:
        counted = weight @ np.asarray(points.target > 0, np.float64)
    classes = _shared(space.classes, counted / weight.sum())
    shares = ", ".join(f"{label.name} {100 * (label.share or 0):.1f} %" for label in classes[:_NAMED])
    more = f" and {len(classes) - _NAMED} more" if len(classes) > _NAMED else ""
    reporter.info("label_shares", f"Class proportions of the labels before sampling: {shares}{more}.")
    return replace(points, space=replace(space, classes=classes))


def of_what_is_left(space: LabelSpace) -> LabelSpace:
    """The space after removal of classes, with the shares of the remaining ones normalized."""
    known = [label.share for label in space.classes if label.share is not None]
    if not space.task.one_class or len(known) < len(space.classes) or not sum(known):
        return space
    return replace(space, classes=_shared(space.classes, np.array(known) / sum(known)))


def _shared(classes: tuple[LabelClass, ...], shares: Doubles) -> tuple[LabelClass, ...]:
    return tuple(replace(label, share=float(share)) for label, share in zip(classes, shares, strict=True))
