"""The plausible range of a band: values close enough to the bulk to contribute to its mean and spread.

An undeclared fill value, or a few defective pixels, would otherwise dominate both, and differences between classes
would shrink to a thousandth of a standard deviation. The limits are wide: no normally distributed value lies outside.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...arrays import Doubles

REACH = 20.0  # in half interquartile ranges on either side: thirteen standard deviations of a normal distribution
MOST_LOOKED_AT = 200_000  # pixels, evenly spaced
# Shares of values excluded on either side. If the middle half is a single value (zeros with a few others, flags
# of 0 and 1), a larger share determines the spread.
_TAILS = (0.25, 0.1, 0.05, 0.01, 0.001)
_NARROW = 1e-6  # relative to the value: rounding


def plausible_range(pixels: Doubles) -> tuple[Doubles, Doubles]:
    """The smallest and largest plausible value (band,) of pixels (pixel, band); infinite if undetermined."""
    low, high = np.full(pixels.shape[1], -np.inf), np.full(pixels.shape[1], np.inf)
    undecided = np.ones(pixels.shape[1], dtype=bool)
    for tail in _TAILS:
        below, middle, above = np.quantile(pixels[:, undecided], (tail, 0.5, 1 - tail), axis=0)
        spread = above - below
        tells = spread > _NARROW * np.maximum(np.abs(below), np.abs(above))
        at = np.flatnonzero(undecided)[tells]
        # Skewed bands spread to one side: each side has its own reach, but at least a part of the whole.
        least = spread / 4
        low[at] = (below - REACH * np.maximum(middle - below, least))[tells]
        high[at] = (above + REACH * np.maximum(above - middle, least))[tells]
        undecided[at] = False
        if not undecided.any():
            break
    return low, high


def some_of(pixels: Iterator[Doubles], count: int) -> Doubles:
    """At most about :data:`MOST_LOOKED_AT` of ``count`` pixels (pixel, band), evenly spaced and deterministic."""
    step = max(1, -(-count // MOST_LOOKED_AT))
    parts, start = [], 0
    for part in pixels:
        parts.append(part[start::step])
        start = (start - len(part)) % step
    return np.concatenate(parts)
