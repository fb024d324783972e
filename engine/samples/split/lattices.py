"""Scenes aligned to a common infinite pixel grid (lattice), on which their pixels share row and column numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...arrays import Doubles
from ...raster.geo import LONGITUDE_LATITUDE, Grid, full_circle, same_crs, transform_xy
from .. import Footprints, Lattice

_SAME_PX = 0.01  # tolerance for two grids to be aligned
_HALF = 0.5


@dataclass(frozen=True)
class _Offset:
    """The lattice of a scene, and the row and col of the scene's first pixel on it."""

    lattice: int
    row: int
    col: int


class Lattices:
    """The lattices of a sensor's scenes.

    Two scenes share a lattice if they have the same CRS and pixel size and are offset by whole pixels. Longitudes that
    differ by 360° are the same.
    """

    def __init__(self, grids: Sequence[Grid]) -> None:
        firsts: list[Grid] = []
        self._offsets: list[_Offset] = []
        for grid in grids:
            offset = next(filter(None, (_offset(at, first, grid) for at, first in enumerate(firsts))), None)
            if offset is None:
                firsts.append(grid)
            self._offsets.append(offset or _Offset(len(firsts) - 1, 0, 0))
        self.each = tuple(
            Lattice(grid.crs_wkt, grid.transform, grid.rows, grid.cols, grid.pixel_m()) for grid in firsts
        )

    def place(self, scene: int, row: int, col: int) -> tuple[int, tuple[int, int]]:
        """The lattice of a scene, and the row and col on it of a pixel of the scene."""
        offset = self._offsets[scene]
        return offset.lattice, (row + offset.row, col + offset.col)


def pixel_middles(footprints: Footprints, longitude: Doubles, latitude: Doubles) -> tuple[Doubles, Doubles]:
    """Longitude and latitude (degrees) of each sample's pixel centre; of the sample itself if no scene encloses it."""
    longitude, latitude = longitude.copy(), latitude.copy()
    for number, lattice in enumerate(footprints.lattices):
        own, grid = footprints.lattice == number, _grid(lattice)
        x, y = grid.xy_of(*footprints.pixel[own].T)
        longitude[own], latitude[own] = transform_xy(x, y, grid.crs_wkt, LONGITUDE_LATITUDE)
    return longitude, latitude


def on_lattice(lattice: Lattice, other: Lattice, pixels: Doubles, beside: Doubles) -> Doubles:
    """Pixel centres (pixel, 2) of another lattice as fractional rows and cols of this one.

    Args:
        beside: a pixel (row, col) of this lattice close to them, which resolves longitudes that differ by 360°.
    """
    grid = _grid(lattice)
    x, y = transform_xy(*_grid(other).xy_of(pixels[:, 0], pixels[:, 1]), other.crs_wkt, lattice.crs_wkt)
    circle = full_circle(grid.crs_wkt)
    if circle:
        x = x - circle * np.round((x - grid.xy_of(*beside)[0]) / circle)
    return np.column_stack(grid.pixel_of(x, y)) - _HALF


def step_m_of(lattice: Lattice, row: float, col: float) -> tuple[float, float]:
    """Ground distance in metres to the next row and to the next column."""
    grid = _grid(lattice)
    width, height = grid.pixel_steps_m(row + _HALF, col + _HALF)
    row_m, col_m = float(np.linalg.norm(height)), float(np.linalg.norm(width))
    return (row_m, col_m) if np.isfinite(row_m + col_m) else (lattice.pixel_m,) * 2


def _grid(lattice: Lattice) -> Grid:
    return Grid(lattice.crs_wkt, lattice.transform, lattice.rows, lattice.cols)


def _offset(lattice: int, first: Grid, grid: Grid) -> _Offset | None:
    """The offset of a grid on the lattice of another; None if they are not aligned."""
    steps, others = (np.array([t[1], t[2], t[4], t[5]]) for t in (first.transform, grid.transform))
    drift = np.abs(steps - others).max() * max(grid.shape) / np.abs(steps).max()  # in pixels, from end to end
    if drift > _SAME_PX or not same_crs(first.crs_wkt, grid.crs_wkt):
        return None
    x, y = grid.transform[0], grid.transform[3]
    circle = full_circle(first.crs_wkt)
    if circle:
        x -= circle * round((x - first.transform[0]) / circle)
    row, col = (float(at) for at in first.pixel_of(x, y))
    if max(abs(row - round(row)), abs(col - round(col))) > _SAME_PX:
        return None
    return _Offset(lattice, round(row), round(col))
