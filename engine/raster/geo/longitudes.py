"""Periodic coordinates: longitudes, and x of cylindrical CRSs."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ...arrays import Doubles

METRES_PER_DEGREE = 111_320.0  # at the equator
LEAST_METRES_PER_DEGREE = 110_000.0  # a lower bound, so that nothing near counts as far

FULL_CIRCLE = 360.0


def turned_into(values: ArrayLike, low: float, circle: float = FULL_CIRCLE) -> Doubles:
    """The values shifted by whole periods into ``[low, low + circle)``; those already there keep every bit."""
    values = np.asarray(values, np.float64)
    turned = values - circle * np.floor((values - low) / circle)
    # Rounding may move a value just below a limit onto the upper limit, or below the lower one.
    return np.where((turned >= low + circle) | (turned < low), low, turned)


def east_of_greenwich(longitude: ArrayLike) -> Doubles:
    """Degrees of longitude from -180 (included) to 180."""
    return turned_into(longitude, -FULL_CIRCLE / 2)


def side_by_side(values: ArrayLike, circle: float = FULL_CIRCLE) -> Doubles:
    """The values shifted by whole periods to the shortest span, which starts within half a period of 0.

    Law: shifting any of the values by whole periods beforehand changes only rounding. NaN stays NaN.
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

    NaN is ignored; both are NaN if there is nothing else.
    """
    return arc_around(longitude, longitude)


def arc_around(first: ArrayLike, last: ArrayLike) -> tuple[float, float]:
    """The shortest arc around arcs, each from a first longitude to a last that is not smaller; as ``west_and_east``."""
    first, last = np.asarray(first, np.float64), np.asarray(last, np.float64)
    known = np.isfinite(first) & np.isfinite(last)
    if not known.any():
        return np.nan, np.nan
    width = (last - first)[known]
    start = turned_into(first[known], -FULL_CIRCLE / 2)
    order = np.argsort(start, kind="stable")
    start, reached = start[order], np.maximum.accumulate((start + width)[order])
    reached = np.maximum(reached, reached[-1] - FULL_CIRCLE)  # the last arc may extend past the first
    gaps = np.append(start[1:], start[0] + FULL_CIRCLE) - reached  # after each arc and all that start before it
    at = int(gaps.argmax())
    if gaps[at] <= 0:
        return -FULL_CIRCLE / 2, FULL_CIRCLE / 2
    west, east = float(start[(at + 1) % len(start)]), float(reached[at])
    if east > FULL_CIRCLE / 2:
        return west, east - FULL_CIRCLE
    return west, FULL_CIRCLE / 2 if east == -FULL_CIRCLE / 2 < west else east


def nearest_turn(values: ArrayLike, towards: ArrayLike, circle: float = FULL_CIRCLE) -> Doubles:
    """What to subtract from values (whole periods) to bring them within half a period of ``towards``."""
    apart = np.asarray(values, np.float64) - np.asarray(towards, np.float64)
    turn: Doubles = circle * np.round(apart / circle)
    return turn


def arcs_apart(one: tuple[float, float], other: tuple[float, float], circle: float = FULL_CIRCLE) -> bool:
    """Whether two arcs, each from a first value to a larger last one, are disjoint; False if one is NaN."""
    (first, last), (other_first, other_last) = one, other
    between = (other_first - first) % circle, (first - other_first) % circle
    return between[0] > last - first and between[1] > other_last - other_first
