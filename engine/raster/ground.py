"""How much ground the pixels of a grid cover."""

from __future__ import annotations

import numpy as np

from .crs import LONGITUDE_LATITUDE, Doubles, metres_per_unit, transform_xy
from .grid import Grid, Window


def pixel_areas_m2(grid: Grid, window: Window) -> Doubles:
    """Square metres of the pixels of a window: (row, 1), or (row, col) where the pixels of a row differ.

    Geographic CRS: on the ellipsoid, at each pixel's own latitude. Projected CRS: the pixel as the CRS counts it, which
    :func:`area_scale` compares with the ground.
    """
    rows = np.arange(window.row, window.row_stop)[:, np.newaxis]
    turned = grid.transform[4] != 0
    cols = np.arange(window.col, window.col_stop if turned else window.col + 1)[np.newaxis]
    _, y = grid.xy_of(rows, cols)
    east, north = metres_per_unit(grid.crs_wkt, y)
    areas: Doubles = np.maximum(east * north, 0) * _units_of_pixel(grid)  # none beyond a pole
    return areas


class OutlineAreas:
    """Square metres inside outlines that run along pixel borders of a grid, as :func:`pixel_areas_m2` counts.

    Where the pixels of a row differ (a turned grid in a geographic CRS), all count as the one in the middle.
    """

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        of_rows = pixel_areas_m2(grid, Window(0, grid.cols // 2, grid.rows, 1))[:, 0]
        self._above = np.concatenate([[0.0], np.cumsum(of_rows)])  # of one column of pixels, down to each border

    def area_m2(self, outline: Doubles) -> float:
        """The area inside a closed ring (vertex, 2) of x and y: Green's theorem over its borders between columns."""
        row, col = self._grid.pixel_of(outline[:, 0], outline[:, 1])
        down = np.diff(self._above[np.rint(row).astype(np.int64)])
        return abs(float(np.dot(np.rint(col[:-1]), down)))


def largest_pixel_m2(grid: Grid) -> float:
    """No pixel of the grid covers more, as :func:`pixel_areas_m2` counts: in a geographic CRS, one at the equator."""
    east, north = metres_per_unit(grid.crs_wkt, 0.0)
    return float(east * north) * _units_of_pixel(grid)


def area_scale(grid: Grid) -> float:
    """How many times larger the pixel at the grid's centre is in its CRS than on the ground; NaN where unknown.

    1 in a geographic CRS, near 1 in UTM, 4 at 60° N in Web Mercator.
    """
    row, col = grid.rows // 2, grid.cols // 2
    corners = grid.corner_xy([row, row, row + 1], [col, col + 1, col])  # and its neighbours in the row and the col
    longitude, latitude = transform_xy(*corners, grid.crs_wkt, LONGITUDE_LATITUDE)
    x_col, x_row = longitude[1:] - longitude[0]
    y_col, y_row = latitude[1:] - latitude[0]
    east, north = metres_per_unit(LONGITUDE_LATITUDE, latitude[0])
    ground_m2 = abs(x_col * y_row - x_row * y_col) * east * north
    return float(pixel_areas_m2(grid, Window(row, col, 1, 1))[0, 0] / ground_m2)


def _units_of_pixel(grid: Grid) -> float:
    """A pixel's area in the square of the CRS's unit; sheared pixels are parallelograms."""
    _, x_col, x_row, _, y_col, y_row = grid.transform
    return abs(x_col * y_row - x_row * y_col)
