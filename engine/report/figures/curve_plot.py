"""Learning curves: loss and validation score per epoch, one figure per training."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from ...contract import Epoch
from ..content import style_of
from .svg import BLUE, GREY, INK, MUTED, figure, look, svg


@dataclass(frozen=True)
class Curve:
    """One training: its name, the epoch of the lowest validation loss, epochs run and allowed, the figure."""

    training: str
    best: int
    run: int
    allowed: int
    svg: Markup


def curves(history: tuple[Epoch, ...], metric: str, first_number: int = 0) -> tuple[Curve, ...]:
    """Curves of each training in ``history``, in the order in which they ran."""
    trainings = list(dict.fromkeys(epoch.training for epoch in history))
    return tuple(
        _curve([epoch for epoch in history if epoch.training == name], metric, first_number + at)
        for at, name in enumerate(trainings)
    )


def _curve(epochs: list[Epoch], metric: str, number: int) -> Curve:
    numbers = np.array([epoch.epoch for epoch in epochs])
    validation = np.array([epoch.validation_loss for epoch in epochs])
    best = int(numbers[np.nanargmin(validation)]) if np.isfinite(validation).any() else int(numbers[-1])
    with look():
        made = figure(4.6, 2.0)
        loss, score = made.subplots(1, 2)
        style, dashed = ("o", "s") if len(epochs) == 1 else ("-", "--")
        loss.plot(numbers, [epoch.train_loss for epoch in epochs], dashed, color=GREY, markersize=3)
        loss.plot(numbers, validation, style, color=BLUE, markersize=3)
        loss.set_title("Loss", loc="left")
        written = style_of(metric)
        score.plot(numbers, [written.factor * epoch.score for epoch in epochs], style, color=BLUE, markersize=3)
        unit = f" ({written.unit})" if written.unit else ""
        score.set_title(f"{metric[:1].upper()}{metric[1:]}{unit}", loc="left")  # a longer title would be cut off
        if written.unit:
            score.set_ylim(top=min(score.get_ylim()[1], 101))  # no score exceeds 100 %
        for axes in (loss, score):
            _mark_epochs(axes, best, int(numbers[-1]))
        drawn = svg(made, f"Loss and validation {metric} by epoch", number)
    return Curve(epochs[0].training, best, len(epochs), epochs[0].epochs, drawn)


def _mark_epochs(axes: Axes, best: int, last: int) -> None:
    axes.axvline(best, color=INK, linewidth=0.8, linestyle=(0, (2, 2)))
    axes.set_xlim(0.5 if last == 1 else 1, max(last, 1.5))
    axes.set_xlabel("epoch", color=MUTED)
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True, min_n_ticks=1))
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.grid(axis="x", visible=False)
