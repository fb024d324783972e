"""Which values of a band are plausible: so near the bulk of the values that they may shape its mean and spread.

A fill value that nobody declared, or a few broken pixels, would else decide both, and what tells classes apart would be
left with a thousandth of a standard deviation. The limits are wide: of normally distributed values none lies outside.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...arrays import Doubles

REACH = 20.0  # halves of the middle spread on either side: thirteen standard deviations of a normal distribution
MOST_LOOKED_AT = 200_000  # pixels, evenly chosen
# Shares of values left out on either side. Where the middle half is one single value (zeros with a few others, marks
# of 0 and 1), more of the values must say how they spread.
_TAILS = (0.25, 0.1, 0.05, 0.01, 0.001)
_NARROW = 1e-6  # of the value itself: rounding


def plausible_range(pixels: Doubles) -> tuple[Doubles, Doubles]:
    """The least and the largest plausible value (band,) of pixels (pixel, band); infinite where nothing tells."""
    low, high = np.full(pixels.shape[1], -np.inf), np.full(pixels.shape[1], np.inf)
    undecided = np.ones(pixels.shape[1], dtype=bool)
    for tail in _TAILS:
        below, middle, above = np.quantile(pixels[:, undecided], (tail, 0.5, 1 - tail), axis=0)
        spread = above - below
        tells = spread > _NARROW * np.maximum(np.abs(below), np.abs(above))
        at = np.flatnonzero(undecided)[tells]
        # Skewed bands spread to one side: each side has its own reach, but never less than a part of the whole.
        least = spread / 4
        low[at] = (below - REACH * np.maximum(middle - below, least))[tells]
        high[at] = (above + REACH * np.maximum(above - middle, least))[tells]
        undecided[at] = False
        if not undecided.any():
            break
    return low, high


def some_of(pixels: Iterator[Doubles], count: int) -> Doubles:
    """About :data:`MOST_LOOKED_AT` of ``count`` pixels (pixel, band) at most, evenly chosen, always the same ones."""
    step = max(1, -(-count // MOST_LOOKED_AT))
    parts, start = [], 0
    for part in pixels:
        parts.append(part[start::step])
        start = (start - len(part)) % step
    return np.concatenate(parts)
