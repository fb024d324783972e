"""The limits and tick marks of an axis, chosen so that curves fill the panel."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from .....engine.contract import thousands

SCORES = (0.0, 1.0)  # values beyond (an R² below 0) are drawn on the border
LOSSES = (0.0, math.inf)
_NOTHING_YET = (0.0, 0.25, 0.5, 0.75, 1.0)
_STEPS = 4  # approximate number of steps
_FLAT = 0.05  # share of the value: smaller ranges are not magnified


def marks(values: Iterable[float], bounds: tuple[float, float]) -> tuple[float, ...]:
    """Round, evenly spaced ticks that enclose the finite values within the bounds; first and last are the limits."""
    least, most = bounds
    known = [round(min(max(value, least), most), 9) for value in values if math.isfinite(value)]
    if not known:
        return _NOTHING_YET
    low, high = min(known), max(known)
    step = round_up(max(high - low, _FLAT * high) / _STEPS)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    if first == last:
        first, last = (first - 1, last) if high >= most else (first, last + 1)
    return tuple(round(at * step, 12) for at in range(first, last + 1))


def mark_texts(ticks: Sequence[float], factor: float = 1.0) -> tuple[str, ...]:
    """The labels of evenly spaced ticks, times a factor (100 for percent), all with as many decimals as the step needs.

    ``ticks`` has at least two.
    """
    step = factor * (ticks[1] - ticks[0])
    decimals = max(0, -math.floor(math.log10(step) + 1e-6))
    while round(step, decimals) != round(step, decimals + 6):  # a step of 0.25
        decimals += 1
    return tuple(thousands(factor * value + 0.0, f".{decimals}f") for value in ticks)


def round_up(value: float) -> float:
    """The next of 1, 2, 5 times a power of ten."""
    if value <= 0:
        return 1.0
    power: float = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1.0, 2.0, 5.0, 10.0) if step * power >= value * (1 - 1e-9))
