"""Grids (CRS, affine transform, shape) and windows on them.

Pixels are (row, col), coordinates are (x, y); the two are never mixed in one tuple.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from ...arrays import Doubles
from ...contract import number_text
from .crs import Bounds, crs_name, full_circle, same_crs, transform_xy
from .ground_metres import flat_steps_m, ground_steps_m
from .longitudes import turned_into

# Two grids are the same if no corner differs by more than this share of a pixel: negligible for display and samples,
# but more than rounding in file headers.
SAME_PX = 0.01
# Rounding error of an inverted transform: an extent along pixel borders must not gain a row from it.
_SNAP_PX = 1e-6
_LATTICE = 9  # positions along each side of a grid whose centre is outside the domain of its CRS


@dataclass(frozen=True)
class Window:
    """A rectangle of pixels: its first row and col (may be negative), and numbers of rows and cols."""

    row: int
    col: int
    rows: int
    cols: int

    @property
    def row_stop(self) -> int:
        """One past the last row."""
        return self.row + self.rows

    @property
    def col_stop(self) -> int:
        """One past the last col."""
        return self.col + self.cols

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, cols)."""
        return self.rows, self.cols

    @property
    def pixels(self) -> int:
        """The number of pixels."""
        return self.rows * self.cols

    def intersection(self, other: Window) -> Window | None:
        """The pixels in both; None if there are none."""
        row, col = max(self.row, other.row), max(self.col, other.col)
        rows = min(self.row_stop, other.row_stop) - row
        cols = min(self.col_stop, other.col_stop) - col
        return Window(row, col, rows, cols) if rows > 0 and cols > 0 else None

    def grown(self, margin_px: int) -> Window:
        """The window extended by ``margin_px`` pixels on every side."""
        twice = 2 * margin_px
        return Window(self.row - margin_px, self.col - margin_px, self.rows + twice, self.cols + twice)

    def relative_to(self, other: Window) -> Window:
        """The same pixels counted from the first pixel of ``other``."""
        return Window(self.row - other.row, self.col - other.col, self.rows, self.cols)

    def slices(self) -> tuple[slice, slice]:
        """Row and col slices into an array of the whole grid."""
        return slice(self.row, self.row_stop), slice(self.col, self.col_stop)


@dataclass(frozen=True)
class Grid:
    """A raster's georeferenced pixels.

    ``transform`` holds GDAL's six numbers: x = t0 + col·t1 + row·t2, y = t3 + col·t4 + row·t5, at pixel corners; it may
    be rotated, sheared or south-up. ``crs_wkt`` is WKT (or ``EPSG:n``), x before y.

    Raises:
        ValueError: no pixels, or a transform that cannot be inverted.
    """

    crs_wkt: str
    transform: tuple[float, float, float, float, float, float]
    rows: int
    cols: int

    def __post_init__(self) -> None:
        if self.rows < 1 or self.cols < 1:
            raise ValueError(f"a grid of {self.rows} rows and {self.cols} cols holds no pixel")
        if not np.isfinite(self.transform).all() or self._determinant() == 0:
            raise ValueError(f"the transform {self.transform} cannot be inverted")

    def _determinant(self) -> float:
        _, x_col, x_row, _, y_col, y_row = self.transform
        return x_col * y_row - x_row * y_col

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, cols)."""
        return self.rows, self.cols

    def window(self) -> Window:
        """The window of all pixels."""
        return Window(0, 0, self.rows, self.cols)

    def of_window(self, window: Window) -> Grid:
        """The grid of a window: a subset of the same pixels."""
        x, y = self.corner_xy(window.row, window.col)
        _, x_col, x_row, _, y_col, y_row = self.transform
        return Grid(self.crs_wkt, (float(x), x_col, x_row, float(y), y_col, y_row), window.rows, window.cols)

    def corner_xy(self, row: ArrayLike, col: ArrayLike) -> tuple[Doubles, Doubles]:
        """Coordinates of positions counted in pixels from the grid's corner; (0, 0) is the corner itself."""
        x0, x_col, x_row, y0, y_col, y_row = self.transform
        row, col = np.asarray(row, np.float64), np.asarray(col, np.float64)
        return x0 + col * x_col + row * x_row, y0 + col * y_col + row * y_row

    def xy_of(self, row: ArrayLike, col: ArrayLike) -> tuple[Doubles, Doubles]:
        """Coordinates of the centres of pixels."""
        return self.corner_xy(np.asarray(row) + 0.5, np.asarray(col) + 0.5)

    def pixel_of(self, x: ArrayLike, y: ArrayLike) -> tuple[Doubles, Doubles]:
        """Positions (row, col) in pixels from the grid's corner: the floor is the pixel. NaN stays NaN.

        Law: ``floor(pixel_of(*xy_of(row, col))) == (row, col)``.
        """
        x0, x_col, x_row, y0, y_col, y_row = self.transform
        across, along = np.asarray(x, np.float64) - x0, np.asarray(y, np.float64) - y0
        determinant = self._determinant()
        return (along * x_col - across * y_col) / determinant, (across * y_row - along * x_row) / determinant

    @property
    def circle(self) -> float:
        """The period of x in units of the CRS; 0 if x is not periodic."""
        return full_circle(self.crs_wkt)

    def locate(self, x: ArrayLike, y: ArrayLike, crs_wkt: str) -> tuple[Doubles, Doubles]:
        """Positions (row, col) as of :meth:`pixel_of`, of points in another CRS; NaN where they cannot be transformed.

        Points a whole period away from the grid are on it.
        """
        x, y = transform_xy(x, y, crs_wkt, self.crs_wkt)
        _, x_col, x_row, _, y_col, _ = self.transform
        if self.circle and (x_row or y_col):
            middle, _ = self.corner_xy(self.rows / 2, self.cols / 2)
            x = turned_into(x, float(middle) - self.circle / 2, self.circle)
        row, col = self.pixel_of(x, y)
        if self.circle and not (x_row or y_col):  # in pixels: just before the period's end counts as its start
            around_px = self.circle / abs(x_col)
            col = turned_into(col, (self.cols - around_px) / 2, around_px)
        return row, col

    def bounds(self) -> Bounds:
        """The rectangle around all four corners, in the grid's CRS."""
        x, y = self._corners()
        return Bounds(float(x.min()), float(y.min()), float(x.max()), float(y.max()))

    def _corners(self) -> tuple[Doubles, Doubles]:
        return self.corner_xy([0, 0, self.rows, self.rows], [0, self.cols, 0, self.cols])

    def window_of(self, row: Doubles, col: Doubles) -> Window | None:
        """The window of whole pixels around positions (row, col), within the grid; None if they lie outside."""
        if not (np.isfinite(row).all() and np.isfinite(col).all()):
            return None
        first_row, stop_row = _snap_outward(row)
        first_col, stop_col = _snap_outward(col)
        around = Window(first_row, first_col, stop_row - first_row, stop_col - first_col)
        return around.intersection(self.window())

    def pixel_m(self) -> float:
        """The pixel size in metres: the side of a square with the ground area of the pixel at the grid's centre."""
        return math.sqrt(self.pixel_area_m2())

    def pixel_area_m2(self) -> float:
        """The ground area of the pixel at the grid's centre, in square metres."""
        return float(np.linalg.norm(np.cross(*_centre_pixel_m(self))))

    def pixel_sides_m(self) -> tuple[float, float]:
        """Width (along a row) and height on the ground of the pixel at the grid's centre, in metres."""
        width, height = (float(np.linalg.norm(side)) for side in _centre_pixel_m(self))
        return width, height

    def pixel_steps_m(self, row: ArrayLike, col: ArrayLike) -> tuple[Doubles, Doubles]:
        """A pixel's sides as 3D vectors, along the row and along the col: metres (…, 3); NaN outside the CRS's domain.

        Positions are counted as in :meth:`corner_xy`.
        """
        x, y = self.corner_xy(row, col)
        return self._sides(*ground_steps_m(self.crs_wkt, x, y))

    def _sides(self, along_x: Doubles, along_y: Doubles) -> tuple[Doubles, Doubles]:
        _, x_col, x_row, _, y_col, y_row = self.transform
        return x_col * along_x + y_col * along_y, x_row * along_x + y_row * along_y

    def matches(self, other: Grid) -> bool:
        """Whether both are the same pixels, except for rounding."""
        if self.shape != other.shape or not same_crs(self.crs_wkt, other.crs_wkt):
            return False
        row, col = self.pixel_of(*other._corners())
        own_row, own_col = np.array([0, 0, self.rows, self.rows]), np.array([0, self.cols, 0, self.cols])
        return bool(np.abs([row - own_row, col - own_col]).max() <= SAME_PX)

    def describe(self) -> str:
        """A one-line description of the grid, for messages."""
        x0, x_col, x_row, y0, y_col, y_row = self.transform
        width, height = np.hypot(x_col, y_col), np.hypot(x_row, y_row)
        size = f"{self.cols} × {self.rows} pixels of {number_text(width, 6)} × {number_text(height, 6)}"
        return f"{size} from ({x0:.10g}, {y0:.10g}) in {crs_name(self.crs_wkt)}"


@lru_cache(maxsize=256)
def _centre_pixel_m(grid: Grid) -> tuple[Doubles, Doubles]:
    """The sides, as 3D vectors, of the pixel at the centre, or of the nearest one in the domain of the CRS.

    In units of the CRS itself if the grid has no such pixel.
    """
    for shares in (np.array([0.5]), np.linspace(0, 1, _LATTICE)):
        row, col = np.meshgrid(shares * grid.rows, shares * grid.cols, indexing="ij")
        width, height = grid.pixel_steps_m(row, col)
        known = np.isfinite(width).all(axis=2) & np.isfinite(height).all(axis=2)
        if known.any():
            far = np.hypot(row / grid.rows - 0.5, col / grid.cols - 0.5)
            at = np.unravel_index(np.where(known, far, np.inf).argmin(), far.shape)
            return width[at], height[at]
    return grid._sides(*flat_steps_m(grid.crs_wkt))


def _snap_outward(positions: Doubles) -> tuple[int, int]:
    first = int(np.floor(positions.min() + _SNAP_PX))
    return first, max(first + 1, int(np.ceil(positions.max() - _SNAP_PX)))
