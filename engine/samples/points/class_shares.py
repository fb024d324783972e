"""Class proportions of the labels before sampling: the population that probabilities and accuracies refer to.

Stratified sampling changes class proportions, so the original ones are recorded here. A point counts as one unit, a
labelled pixel as one, a polygon as the number of pixels, inside it, of the sensor at which it is sampled. Only labels
covered by at least one sensor are counted.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...arrays import Doubles
from ...contract import LabelClass
from ...process import Reporter
from ..labels import LabelSpace
from .label_points import LabelPoints

_NAMED = 12  # classes listed in the log


def with_shares(points: LabelPoints, reporter: Reporter) -> LabelPoints:
    """The candidates; each class (or label) carries its proportion of the population. Unchanged for regression."""
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
    """The label space after classes were removed, with the proportions of the remaining ones rescaled to sum to 1."""
    known = [label.share for label in space.classes if label.share is not None]
    if not space.task.one_class or len(known) < len(space.classes) or not sum(known):
        return space
    return replace(space, classes=_shared(space.classes, np.array(known) / sum(known)))


def _shared(classes: tuple[LabelClass, ...], shares: Doubles) -> tuple[LabelClass, ...]:
    return tuple(replace(label, share=float(share)) for label, share in zip(classes, shares, strict=True))
