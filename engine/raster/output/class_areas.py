"""The ground area of each class of a map, summed exactly, block by block, whatever the order of blocks."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..geo import Grid, Window, largest_pixel_m2, pixel_areas_m2

# A pixel's area is counted in integer units, 2^22 per largest possible pixel of the grid: within 2.4e-7 of it, and 2^40
# pixels still fit into 63 bits.
_UNITS = 2**22


class ClassAreas:
    """Square metres by code, as measured by :func:`..geo.pixel_areas_m2`."""

    def __init__(self, grid: Grid, dtype: np.dtype[Any]) -> None:
        """For a map of the grid; ``dtype`` is an unsigned type of 8 or 16 bits."""
        self._grid = grid
        self._unit_m2 = largest_pixel_m2(grid) / _UNITS
        self._units = np.zeros(int(np.iinfo(dtype).max) + 1, np.int64)

    def add(self, window: Window, codes: NDArray[Any]) -> None:
        """Add a block of codes (row, col)."""
        units = np.rint(pixel_areas_m2(self._grid, window) / self._unit_m2)
        weights = np.broadcast_to(units, window.shape).ravel()
        self._units += np.bincount(codes.ravel(), weights, len(self._units)).astype(np.int64)

    def area_m2(self, code: int) -> float:
        """The ground area of a code's pixels, in square metres."""
        return int(self._units[code]) * self._unit_m2
