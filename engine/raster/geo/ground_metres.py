"""The length on the ground of a step in a CRS, measured on its own ellipsoid, whatever its units and scale.

Steps are straight lines in 3D between points of the ellipsoid a hundred metres apart, so that poles and the 180th
meridian are no special cases.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from ...arrays import Doubles
from .crs import reference, transform_xy

_HALF_STEP_M = 100.0  # short enough for a constant scale, long enough for a relative rounding error of 1e-10


def ground_steps_m(crs: str, x: ArrayLike, y: ArrayLike) -> tuple[Doubles, Doubles]:
    """One unit along x, and one along y, as 3D vectors: metres (…, 3), leading dimensions as of ``x``.

    NaN outside the domain of the CRS.
    """
    x, y = np.broadcast_arrays(np.asarray(x, np.float64), np.asarray(y, np.float64))
    half = _half_step(crs)
    along_x = (_in_space_m(crs, x + half, y) - _in_space_m(crs, x - half, y)) / (2 * half)
    along_y = (_in_space_m(crs, x, y + half) - _in_space_m(crs, x, y - half)) / (2 * half)
    return along_x, along_y


def flat_steps_m(crs: str) -> tuple[Doubles, Doubles]:
    """The same in units of the CRS itself: the fallback outside the domain of the CRS."""
    parsed = reference(crs)
    unit_m = parsed.GetAngularUnits() * parsed.GetSemiMajor() if parsed.IsGeographic() else parsed.GetLinearUnits()
    return np.array([unit_m, 0.0, 0.0]), np.array([0.0, unit_m, 0.0])


@lru_cache(maxsize=256)
def _half_step(crs: str) -> float:
    return _HALF_STEP_M / float(flat_steps_m(crs)[0][0])


@lru_cache(maxsize=256)
def _own_degrees(crs: str) -> str:
    """The geographic CRS that a projected one is based on; empty if there is none."""
    under = reference(crs).CloneGeogCS()
    return str(under.ExportToWkt(["FORMAT=WKT2_2018"])) if under is not None else ""


def _in_space_m(crs: str, x: Doubles, y: Doubles) -> Doubles:
    """Points of the ellipsoid as geocentric coordinates (…, 3), in metres."""
    parsed = reference(crs)
    if not parsed.IsGeographic():
        degrees = _own_degrees(crs)
        if not degrees:
            return np.full((*x.shape, 3), np.nan)
        x, y = transform_xy(x, y, crs, degrees)
    longitude, latitude = x * parsed.GetAngularUnits(), y * parsed.GetAngularUnits()
    flatter = (parsed.GetSemiMinor() / parsed.GetSemiMajor()) ** 2
    radius = parsed.GetSemiMajor() / np.sqrt(1 - (1 - flatter) * np.sin(latitude) ** 2)
    around = radius * np.cos(latitude)
    return np.stack([around * np.cos(longitude), around * np.sin(longitude), flatter * radius * np.sin(latitude)], -1)
