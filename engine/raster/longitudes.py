"""Numbers that come back to the same place after a full circle: longitudes, and x around the Earth."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Doubles = NDArray[np.float64]

FULL_CIRCLE = 360.0


def turned_into(values: ArrayLike, low: float, circle: float = FULL_CIRCLE) -> Doubles:
    """The values turned by whole circles into ``[low, low + circle)``; those already there keep every bit."""
    values = np.asarray(values, np.float64)
    turned: Doubles = values - circle * np.floor((values - low) / circle)
    return turned


def east_of_greenwich(longitude: ArrayLike) -> Doubles:
    """Degrees of longitude from -180 (included) to 180."""
    return turned_into(longitude, -FULL_CIRCLE / 2)


def side_by_side(values: ArrayLike, circle: float = FULL_CIRCLE) -> Doubles:
    """The values turned by whole circles so that they span as little as they can, and begin within half a circle of 0.

    Law: turning any of the values by whole circles beforehand changes nothing but rounding. NaN stays NaN.
    """
    around = turned_into(values, -circle / 2, circle)
    finite = np.unique(around[np.isfinite(around)])
    if not len(finite):
        return around
    gaps = np.diff(finite, append=finite[0] + circle)
    at = int(gaps.argmax())
    first = finite[(at + 1) % len(finite)]
    return np.where(around < first, around + circle, around)


def west_and_east(longitude: ArrayLike) -> tuple[float, float]:
    """The shortest arc around all longitudes, -180 to 180; west > east where it crosses 180° (RFC 7946, 5.2).

    NaN is left out; both are NaN where nothing else is there.
    """
    together = side_by_side(longitude)
    together = together[np.isfinite(together)]
    if not len(together):
        return np.nan, np.nan
    west, east = float(together.min()), float(together.max())
    return west, east if east <= FULL_CIRCLE / 2 else east - FULL_CIRCLE
