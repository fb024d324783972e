"""Projection of positions to a local plane in metres, for square spatial blocks anywhere on Earth."""

from __future__ import annotations

import numpy as np

from ..arrays import Doubles

EARTH_RADIUS_M = 6_371_008.8


def ground_plane_m(longitude: Doubles, latitude: Doubles) -> tuple[Doubles, Doubles]:
    """Eastings and northings (position,) in metres from the centre of all positions (degrees); NaN stays NaN.

    Lambert azimuthal equal-area projection of a sphere, centred on the mean position (Snyder 1987, USGS Professional
    Paper 1395). Areas are true; lengths are true near the centre (0.01 % off at 180 km). Neither the 180th meridian nor
    a pole is a discontinuity, and longitudes that differ by 360° are the same.
    """
    longitude, latitude = np.radians(longitude), np.radians(latitude)
    around = np.cos(latitude)
    towards = np.stack([around * np.cos(longitude), around * np.sin(longitude), np.sin(latitude)])
    middle = _middle(towards)
    east = np.array([-middle[1], middle[0], 0.0])
    length = float(np.hypot(middle[0], middle[1]))
    east = east / length if length > 0 else np.array([0.0, 1.0, 0.0])
    north = np.cross(middle, east)
    nearness = np.tensordot(middle, towards, 1)
    scale = EARTH_RADIUS_M * np.sqrt(2 / np.maximum(1 + nearness, 1e-12))  # the antipode has no image
    return scale * np.tensordot(east, towards, 1), scale * np.tensordot(north, towards, 1)


def _middle(towards: Doubles) -> Doubles:
    """Unit vector (3,) of the mean of unit vectors (3, position); the first one if they cancel out."""
    known = towards[:, np.isfinite(towards).all(axis=0)]
    if not known.shape[1]:
        return np.array([1.0, 0.0, 0.0])
    mean = known.mean(axis=1)
    mean = mean if np.linalg.norm(mean) > 1e-6 else known[:, 0]
    middle: Doubles = mean / np.linalg.norm(mean)
    return middle
