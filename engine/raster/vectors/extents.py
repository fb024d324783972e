"""Rectangles in any CRS as windows of a grid."""

from __future__ import annotations

import numpy as np

from ...arrays import Doubles
from ..geo import (
    FULL_CIRCLE,
    LONGITUDE_LATITUDE,
    Bounds,
    Grid,
    Window,
    full_circle,
    lattice_xy,
    polygons_on,
    same_crs,
    side_by_side,
)
from .clip import grounds_met, longest_step

_MARGIN = 0.05  # more than the bulge between two points of a lattice
_MOST_OF_A_CIRCLE = 300.0


def window_over(bounds: Bounds, crs: str, grid: Grid) -> Window | None:
    """The window of whole pixels of a grid touched by a rectangle in any CRS; None if it lies outside.

    Its edges are straight in its own CRS and densified for the grid's. If x is periodic, a
    rectangle from x_min to a smaller x_max crosses 180°.

    Raises:
        InputError: CRS_UNUSABLE, its CRS, or part of the rectangle, cannot be transformed to the grid's CRS.
    """
    bounds = _eastward(bounds, full_circle(crs))
    if not np.isfinite(bounds).all():
        return None
    if same_crs(crs, grid.crs_wkt):
        parts = [bounds]
    else:
        parts = [_common(bounds, ground) for ground in grounds_met(bounds, crs, grid)]
    outlines = [[_outline(part)] for part in parts]
    windows = []
    for outline in polygons_on(outlines, crs, grid, longest_step(crs, grid)):
        window = grid.window_of(outline[0][:, 1], outline[0][:, 0])
        windows += [window] if window else []
    return _around(windows)


def degrees_around(grid: Grid) -> Bounds:
    """A rectangle in degrees that certainly contains a grid; x_max may exceed 180°. All NaN if not transformable."""
    return degrees_over(grid.bounds(), grid.crs_wkt, _MARGIN)


def degrees_over(bounds: Bounds, crs: str, margin: float = 0.0) -> Bounds:
    """A rectangle of any CRS in degrees, with a ``margin`` relative to its size; x_max may exceed 180°."""
    x, y = lattice_xy(bounds, crs, LONGITUDE_LATITUDE)
    if np.isnan(x).all():
        return Bounds(np.nan, np.nan, np.nan, np.nan)
    x = np.unwrap(x, period=FULL_CIRCLE) if full_circle(crs) else side_by_side(x)
    left, right, bottom, top = (float(at) for at in (np.nanmin(x), np.nanmax(x), np.nanmin(y), np.nanmax(y)))
    if right - left > _MOST_OF_A_CIRCLE:  # a pole is inside, or almost
        left, right = -FULL_CIRCLE / 2, FULL_CIRCLE / 2
    wide, high = margin * (right - left), margin * (top - bottom)
    return Bounds(left - wide, bottom - high, right + wide, top + high)


def _eastward(bounds: Bounds, circle: float) -> Bounds:
    x_min, y_min, x_max, y_max = bounds
    if x_max < x_min:
        x_min, x_max = (x_min, x_max + circle * np.ceil((x_min - x_max) / circle)) if circle else (x_max, x_min)
    return Bounds(x_min, min(y_min, y_max), x_max, max(y_min, y_max))


def _common(one: Bounds, other: Bounds) -> Bounds:
    low = (max(one.x_min, other.x_min), max(one.y_min, other.y_min))
    return Bounds(*low, min(one.x_max, other.x_max), min(one.y_max, other.y_max))


def _outline(bounds: Bounds) -> Doubles:
    left, bottom, right, top = bounds
    return np.array([[left, bottom], [right, bottom], [right, top], [left, top], [left, bottom]])


def _around(windows: list[Window]) -> Window | None:
    """The window around several windows; None if there are none."""
    if not windows:
        return None
    row, col = min(window.row for window in windows), min(window.col for window in windows)
    row_stop, col_stop = max(window.row_stop for window in windows), max(window.col_stop for window in windows)
    return Window(row, col, row_stop - row, col_stop - col)
