"""Positions projected to a plane, in metres, for square spatial blocks anywhere on Earth."""

from __future__ import annotations

import numpy as np

from ..arrays import Doubles

EARTH_RADIUS_M = 6_371_008.8


def ground_plane_m(longitude: Doubles, latitude: Doubles) -> tuple[Doubles, Doubles]:
    """x to the east and y to the north, in metres from the middle of all positions (degrees); NaN stays NaN.

    Lambert's azimuthal equal-area projection of a sphere around the positions' own middle: lengths are those of the
    ground near it (0.01 % at 180 km), areas everywhere, and neither the 180th meridian nor a pole tears it. Positions
    that differ by whole circles of longitude are one.
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
    scale = EARTH_RADIUS_M * np.sqrt(2 / np.maximum(1 + nearness, 1e-12))  # the antipode would be a circle
    return scale * np.tensordot(east, towards, 1), scale * np.tensordot(north, towards, 1)


def _middle(towards: Doubles) -> Doubles:
    """The direction (3,) of the mean of directions (3, position); of the first if they cancel out."""
    known = towards[:, np.isfinite(towards).all(axis=0)]
    if not known.shape[1]:
        return np.array([1.0, 0.0, 0.0])
    mean = known.mean(axis=1)
    mean = mean if np.linalg.norm(mean) > 1e-6 else known[:, 0]
    middle: Doubles = mean / np.linalg.norm(mean)
    return middle
