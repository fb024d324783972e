"""Calibration of probabilities: how often a prediction was correct, by its probability."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from ...contract import THIN_SPACE, LabelClass, Task
from ...learning.metrics import Reliability, class_reliability, reliability
from ...learning.tasks import Population
from ..content import Scores, Target, fixed, words_of
from .svg import BLUE, GREY, INK, MUTED, figure, look, svg

MOST_DRAWN = 16  # classes
_STEP = 10_000  # between the numbers of figures, which make their SVG ids unique
_ROOM = {"left": 0.235, "right": 0.93, "bottom": 0.12, "top": 0.977, "hspace": 0.1}  # for counts of six digits
_LEAST_IN_BIN = 5  # minimum predictions in a bin for a sentence about it


@dataclass(frozen=True)
class Calibrated:
    """The diagram, its description, whether it also shows the uncalibrated state, and every class."""

    svg: Markup
    sentences: tuple[str, ...]
    compared: bool
    classes: tuple[ClassReliability, ...] = ()


@dataclass(frozen=True)
class ClassReliability:
    """A single class (or label): its calibration error in points, its diagram (None if there are too many classes)."""

    label: LabelClass
    error: str
    svg: Markup | None


def calibrated(
    task: Task,
    target: Target,
    shipped: Scores,
    before: Scores | None,
    number: int,
    population: Population,
    classes: tuple[LabelClass, ...],
) -> Calibrated | None:
    """The reliability of the shipped probabilities, and of those before calibration; None for regression."""
    if not task.has_probabilities or not len(target):
        return None
    after = reliability(task, target, shipped, population=population)
    earlier = None
    if before is not None:
        earlier = reliability(task, target, before, population=replace(population, decision=()))
    of_classes = class_reliability(task, target, shipped, population=population)
    return Calibrated(
        _draw(after, earlier, number),
        (*_sentences(task, after, earlier), _classwise(task, of_classes)),
        earlier is not None,
        _class_views(classes, of_classes, number),
    )


def _class_views(
    classes: tuple[LabelClass, ...], found: tuple[Reliability, ...], number: int
) -> tuple[ClassReliability, ...]:
    """A table row for every class, and a diagram for the first few."""
    return tuple(
        ClassReliability(
            label,
            fixed(100 * each.error, 1),
            _draw(each, None, number + (at + 1) * _STEP) if at < MOST_DRAWN else None,
        )
        for at, (label, each) in enumerate(zip(classes, found, strict=True))
    )


def _classwise(task: Task, found: tuple[Reliability, ...]) -> str:
    what = words_of(task).answer
    mean = sum(each.error for each in found) / len(found)
    return f"{what.capitalize()} by {what}, the mean difference is {_points(mean)}."


def _draw(after: Reliability, before: Reliability | None, number: int) -> Markup:
    with look():
        made = figure(3.1, 3.7, arranged=False)
        diagram, counts = made.subplots(2, 1, sharex=True, height_ratios=(4, 1), gridspec_kw=_ROOM)
        diagram.plot([0, 1], [0, 1], color=INK, linewidth=0.8, linestyle=(0, (4, 3)))
        if before is not None:
            _line(diagram, before, "s", GREY, (0, (2, 1.5)), filled=False)
        _line(diagram, after, "o", BLUE, "-", filled=True)
        diagram.set(xlim=(0, 1), ylim=(0, 1))
        diagram.set_ylabel("observed accuracy", color=MUTED)
        counts.bar(after.edges[:-1], after.count, np.diff(after.edges) * 0.9, align="edge", color=BLUE)
        counts.set_xlabel("predicted probability", color=MUTED)
        counts.set_ylabel("count", color=MUTED)
        counts.yaxis.set_major_locator(MaxNLocator(2, integer=True))
        for axes in (diagram, counts):
            axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "25 %", "50 %", "75 %", "100 %"])
        diagram.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "25 %", "50 %", "75 %", "100 %"])
        return svg(made, "Accuracy by predicted probability, and number of predictions", number)


def _line(axes: Axes, found: Reliability, marker: str, color: str, style: object, *, filled: bool) -> None:
    some = found.count > 0
    axes.plot(
        found.confidence[some],
        found.accuracy[some],
        marker=marker,
        markersize=4.5,
        color=color,
        linestyle=style,
        linewidth=1.2,
        markerfacecolor=color if filled else "white",
        clip_on=False,
        zorder=3,
    )


def _sentences(task: Task, after: Reliability, before: Reliability | None) -> tuple[str, ...]:
    """The average gap, before and after; then the most confident predictions, on which users rely."""
    gap = f"On average, predicted probability and accuracy differ by {_points(after.error)}"
    sentences = [f"{gap}; before calibration by {_points(before.error)}." if before is not None else f"{gap}."]
    surest = np.flatnonzero(after.count >= _LEAST_IN_BIN)
    if len(surest):
        at = surest[-1]
        stated, right = _percent(after.confidence[at]), _percent(after.accuracy[at])
        what = words_of(task).surest
        sentences.append(
            f"Where the mean probability of {what} is {stated}, {right} are correct ({after.count[at]} predictions)."
        )
    return tuple(sentences)


def _points(share: float) -> str:
    return f"{fixed(100 * share, 1)} points"


def _percent(share: float) -> str:
    return f"{fixed(100 * share, 1)}{THIN_SPACE}%"
