"""Which pixels of a raster are mapped: the window of an extent, the inside of mask polygons."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .contract.errors import ErrorCode, InputError
from .contract.job import Extent, VectorSource
from .raster.crs import Bounds, crs_name, transform_bounds
from .raster.grid import Grid, Window
from .raster.vectors import Features, burn, read_features


def extent_window(grid: Grid, extent: Extent | None) -> Window:
    """The window of whole pixels that an extent touches, snapped outward and clipped to the raster.

    Raises:
        InputError: the extent lies outside the raster or is empty.
    """
    if extent is None:
        return grid.window()
    bounds = Bounds(extent.x_min, extent.y_min, extent.x_max, extent.y_max)
    window = grid.window_around(transform_bounds(bounds, extent.crs, grid.crs_wkt))
    if window is None:
        raise _outside(grid, extent)
    return window


def _outside(grid: Grid, extent: Extent) -> InputError:
    west, south, east, north = grid.bounds()
    return InputError(
        ErrorCode.EXTENT_OUTSIDE,
        subject="EXTENT",
        found=f"x {extent.x_min:g} to {extent.x_max:g}, y {extent.y_min:g} to {extent.y_max:g} ({extent.crs[:60]})",
        expected=f"an extent over the raster: x {west:g} to {east:g}, y {south:g} to {north:g} "
        f"in {crs_name(grid.crs_wkt)}",
        remedy="Choose an extent inside the raster, and check its CRS.",
    )


class MaskArea:
    """The inside of mask polygons; pixels whose centre lies outside become nodata."""

    def __init__(self, source: VectorSource, grid: Grid) -> None:
        """Read the polygons.

        Raises:
            InputError: no polygon in the layer.
        """
        self._source = source
        self._grid = grid
        self._features: Features = read_features(source, ())
        if not self._features.geometry or self._features.kind != "polygon":
            raise self._empty("no polygon")

    def inside(self, window: Window) -> NDArray[np.bool_]:
        """Which pixels of the window (row, col) are mapped."""
        return burn(self._features, self._grid, window)

    def require_touched(self, touched: bool) -> None:
        """Raise unless some pixel of the map was inside."""
        if not touched:
            raise self._empty("polygons that hold no pixel of the area to map")

    def _empty(self, found: str) -> InputError:
        return InputError(
            ErrorCode.MASK_EMPTY,
            subject=self._source.label(),
            found=found,
            expected="polygons over the area to map",
            remedy="Check the mask layer, its filter and its CRS, or leave MASK empty.",
        )
