"""Positions on the ground, and which sensors' rasters enclose them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...arrays import Doubles, Flags, Indices
from ...raster.geo import LONGITUDE_LATITUDE, Grid, east_of_greenwich, transform_xy
from ...raster.sensors import SensorRasters

SHOWN = 3
SMALLEST_RADIUS_M = 6_335_439.0  # of the ellipsoid's curvature: north to south, at the equator
_AT_ONCE = 512


@dataclass(frozen=True)
class Positions:
    """``x`` and ``y`` (position,) in the CRS ``crs_wkt`` (WKT or ``EPSG:n``)."""

    crs_wkt: str
    x: Doubles
    y: Doubles

    def __len__(self) -> int:
        return len(self.x)

    def take(self, index: Indices | Flags) -> Positions:
        """The positions at ``index``."""
        return Positions(self.crs_wkt, self.x[index], self.y[index])

    def and_also(self, others: Positions) -> Positions:
        """These positions and others of the same CRS."""
        return Positions(self.crs_wkt, np.concatenate([self.x, others.x]), np.concatenate([self.y, others.y]))

    def to(self, crs_wkt: str) -> Positions:
        """The same positions in another CRS; NaN where it does not reach."""
        return Positions(crs_wkt, *transform_xy(self.x, self.y, self.crs_wkt, crs_wkt))

    def degrees(self) -> tuple[Doubles, Doubles]:
        """Longitude (-180 to 180) and latitude (EPSG:4326) of every position."""
        longitude, latitude = transform_xy(self.x, self.y, self.crs_wkt, LONGITUDE_LATITUDE)
        return east_of_greenwich(longitude), latitude

    def on(self, grid: Grid) -> tuple[Doubles, Doubles]:
        """Their row and col on a grid, as by ``locate``, regardless of the longitude range of either."""
        return grid.locate(self.x, self.y, self.crs_wkt)


def finest_first(sensors: Sequence[SensorRasters]) -> tuple[SensorRasters, ...]:
    """The sensors in the order of their pixels' size on the ground."""
    return tuple(sorted(sensors, key=lambda sensor: sensor.scenes[0].grid.pixel_m()))


def enclosed(sensor: SensorRasters, positions: Positions) -> Flags:
    """Which positions lie inside the rasters of a sensor (nodata or not)."""
    inside = np.zeros(len(positions), dtype=bool)
    for scene in sensor.scenes:
        inside |= encloses(scene.grid, positions)
    return inside


def encloses(grid: Grid, positions: Positions) -> Flags:
    """Which positions lie inside a grid."""
    row, col = positions.on(grid)
    inside: Flags = (row >= 0) & (row < grid.rows) & (col >= 0) & (col < grid.cols)
    return inside


def enclosing(sensors: Sequence[SensorRasters], positions: Positions) -> Flags:
    """Which sensors' rasters enclose which positions (position, sensor)."""
    return np.column_stack([enclosed(sensor, positions) for sensor in sensors])


def combination_codes(inside: Flags) -> Indices:
    """A number (position,) for each combination of sensors (position, sensor)."""
    codes: Indices = inside.astype(np.int64) @ (1 << np.arange(inside.shape[1], dtype=np.int64))
    return codes


def far_from(positions: Positions, others: Positions, distance_m: float) -> Flags:
    """Which positions (in no CRS in particular) lie at least so far from all others; straight through the Earth.

    Distances are slightly too short, by 0.7 % at most, never too long.
    """
    own, theirs = _earth_xyz(positions), _earth_xyz(others)
    far = np.ones(len(own), dtype=bool)
    for start in range(0, len(own), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        for first in range(0, len(theirs), _AT_ONCE):
            steps = own[part, np.newaxis] - theirs[np.newaxis, first : first + _AT_ONCE]
            far[part] &= ((steps**2).sum(axis=2) >= distance_m**2).all(axis=1)
    return far


def _earth_xyz(positions: Positions) -> Doubles:
    """(position, 3) metres from the centre of a sphere that curves as the Earth does where it curves most."""
    longitude, latitude = (np.radians(degrees) for degrees in positions.degrees())
    around = np.cos(latitude)
    towards = np.column_stack([around * np.cos(longitude), around * np.sin(longitude), np.sin(latitude)])
    return SMALLEST_RADIUS_M * towards


def examples(longitude: Doubles, latitude: Doubles, which: Flags) -> str:
    """A few of the positions (degrees) for a message."""
    shown = np.flatnonzero(which)[:SHOWN]
    return "; ".join(f"{longitude[at]:.5f}° E, {latitude[at]:.5f}° N" for at in shown)
