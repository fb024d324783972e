"""Prediction against reference for one regression target."""

from __future__ import annotations

from typing import Any

import numpy as np
from markupsafe import Markup
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from .svg import BLUE, INK, MUTED, RASTERIZED_FROM, figure, look, svg


def scatter(reference: NDArray[Any], prediction: NDArray[Any], number: int, unit: str = "") -> Markup:
    """A square figure with the line of equality; arrays are (sample,) in ``unit``, the target's own."""
    low, high = _limits(reference, prediction)
    count = len(reference)
    with look():
        made = figure(3.1, 3.1)
        axes = made.subplots()
        axes.plot([low, high], [low, high], color=INK, linewidth=0.8, linestyle=(0, (4, 3)), zorder=3)
        axes.scatter(
            reference,
            prediction,
            s=9 if count < RASTERIZED_FROM else 4,
            alpha=float(np.clip(60 / np.sqrt(count), 0.06, 0.6)),
            color=BLUE,
            linewidths=0,
            rasterized=count >= RASTERIZED_FROM,
        )
        axes.set(xlim=(low, high), ylim=(low, high), aspect="equal")
        axes.set_xlabel(f"reference{_in(unit)}", color=MUTED)
        axes.set_ylabel(f"prediction{_in(unit)}", color=MUTED)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(MaxNLocator(5))
        return svg(made, "Prediction against reference, with the line of equality", number)


def _in(unit: str) -> str:
    # a dollar sign would begin a formula
    return f" ({unit})".replace("$", r"\$") if unit else ""


def _limits(reference: NDArray[Any], prediction: NDArray[Any]) -> tuple[float, float]:
    low = float(min(reference.min(), prediction.min()))
    high = float(max(reference.max(), prediction.max()))
    margin = 0.04 * (high - low) or max(abs(high) * 0.1, 1.0)
    return low - margin, high + margin
