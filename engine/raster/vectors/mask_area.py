"""Which pixels of a raster are mapped: the window of an extent, the inside of mask polygons."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from ...contract import ErrorCode, Extent, InputError, VectorSource
from ...process import counted
from ..geo import Bounds, Grid, Window, crs_name
from .extents import window_over
from .features import POLYGONS
from .layer import Features, burn, reaches, read_features


def extent_window(grid: Grid, extent: Extent | None) -> Window:
    """The window of whole pixels that an extent touches, snapped outward and clipped to the raster.

    Raises:
        InputError: the extent lies outside the raster, or its coordinates are not finite.
    """
    if extent is None:
        return grid.window()
    bounds = Bounds(extent.x_min, extent.y_min, extent.x_max, extent.y_max)
    window = window_over(bounds, extent.crs, grid)
    if window is None:
        raise _outside(grid, extent)
    return window


def _outside(grid: Grid, extent: Extent) -> InputError:
    west, south, east, north = grid.bounds()
    return InputError(
        ErrorCode.EXTENT_OUTSIDE,
        subject="EXTENT",
        found=f"x {extent.x_min:.10g} to {extent.x_max:.10g}, y {extent.y_min:.10g} to {extent.y_max:.10g} "
        f"in {crs_name(extent.crs)}",
        expected=f"an extent that overlaps the raster: x {west:.10g} to {east:.10g}, y {south:.10g} to {north:.10g} "
        f"in {crs_name(grid.crs_wkt)}",
        remedy="Choose an extent that overlaps the raster, and check its CRS.",
    )


class MaskArea:
    """The inside of mask polygons; pixels whose centre lies outside become nodata."""

    def __init__(self, source: VectorSource, grid: Grid, window: Window) -> None:
        """Read the polygons, to be burnt within a window of the grid.

        Raises:
            InputError: MASK_UNREADABLE, or MASK_EMPTY: no polygon in the layer, or none near the window.
        """
        self._source = source
        self._grid = grid
        self._features = _read_polygons(source)
        if not self._features.geometry:
            raise self._empty("a layer without polygons")
        if not reaches(self._features, grid, window):
            raise self._empty(f"{counted(len(self._features), 'polygon')}, none of which overlaps the area to map")

    def inside(self, window: Window) -> NDArray[np.bool_]:
        """Which pixels of the window (row, col) are mapped."""
        return burn(self._features, self._grid, window)

    def digest(self) -> str:
        """SHA-256 of the polygons and their CRS, independent of their file and order."""
        polygons = sorted(hashlib.sha256(wkb).hexdigest() for wkb in self._features.geometry)
        return hashlib.sha256("".join([self._features.crs_wkt, *polygons]).encode()).hexdigest()

    def require_touched(self, touched: bool) -> None:
        """Raise unless some pixel of the map was inside."""
        if not touched:
            raise self._empty("polygons that contain no pixel centre of the area to map")

    def _empty(self, found: str) -> InputError:
        return InputError(
            ErrorCode.MASK_EMPTY,
            subject=self._source.label(),
            found=found,
            expected="polygons that overlap the area to map",
            remedy="Check the mask layer, its filter and its CRS, or leave MASK empty.",
        )


def _read_polygons(source: VectorSource) -> Features:
    """The features of a mask; errors about labels become errors about a mask."""
    try:
        features = read_features(source, ())
    except InputError as error:
        raise _unreadable(source, error.found, error.remedy) from error
    if features.kind != POLYGONS:
        raise _unreadable(source, counted(len(features), features.kind), "Choose a polygon layer.")
    return features


def _unreadable(source: VectorSource, found: str, remedy: str) -> InputError:
    return InputError(
        ErrorCode.MASK_UNREADABLE,
        subject=source.label(),
        found=found,
        expected="a polygon layer with a CRS, for MASK",
        remedy=remedy,
    )
