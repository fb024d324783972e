"""Positions on the ground, and which sensors' rasters enclose them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..raster.crs import LONGITUDE_LATITUDE, transform_xy
from ..raster.sensor import SensorRasters
from .sample_set import Doubles, Flags, Indices

SHOWN = 3


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

    def to(self, crs_wkt: str) -> Positions:
        """The same positions in another CRS; NaN where it does not reach."""
        return Positions(crs_wkt, *transform_xy(self.x, self.y, self.crs_wkt, crs_wkt))

    def degrees(self) -> tuple[Doubles, Doubles]:
        """Longitude and latitude (EPSG:4326) of every position."""
        return transform_xy(self.x, self.y, self.crs_wkt, LONGITUDE_LATITUDE)


def finest_first(sensors: Sequence[SensorRasters]) -> tuple[SensorRasters, ...]:
    """The sensors in the order of their pixels' size on the ground."""
    return tuple(sorted(sensors, key=lambda sensor: sensor.scenes[0].grid.pixel_m()))


def enclosed(sensor: SensorRasters, positions: Positions) -> Flags:
    """Which positions lie inside the rasters of a sensor (nodata or not)."""
    inside = np.zeros(len(positions), dtype=bool)
    for scene in sensor.scenes:
        there = positions.to(scene.grid.crs_wkt)
        row, col = scene.grid.pixel_of(there.x, there.y)
        inside |= (row >= 0) & (row < scene.grid.rows) & (col >= 0) & (col < scene.grid.cols)
    return inside


def enclosing(sensors: Sequence[SensorRasters], positions: Positions) -> Flags:
    """Which sensors' rasters enclose which positions (position, sensor)."""
    return np.column_stack([enclosed(sensor, positions) for sensor in sensors])


def combination_codes(inside: Flags) -> Indices:
    """A number (position,) for each combination of sensors (position, sensor)."""
    codes: Indices = inside.astype(np.int64) @ (1 << np.arange(inside.shape[1], dtype=np.int64))
    return codes


def examples(longitude: Doubles, latitude: Doubles, which: Flags) -> str:
    """A few of the positions (degrees) for a message."""
    shown = np.flatnonzero(which)[:SHOWN]
    return "; ".join(f"{longitude[at]:.5f}° E, {latitude[at]:.5f}° N" for at in shown)
