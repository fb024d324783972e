"""Ground areas of a grid's pixels: measured on the ellipsoid, whatever the area distortion of the CRS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ...arrays import Doubles
from .crs import metres_per_unit, reference, same_crs
from .grid import Grid, Window
from .ground_metres import flat_steps_m

# In a projected CRS the ground area of a pixel is a smooth function of row and col. It is measured at so many rows
# and cols (Chebyshev nodes) and interpolated by a polynomial: within 1e-4 for a map of the whole Earth in Web
# Mercator, within rounding for one of a country.
_NODES = 32
_NEGLIGIBLE = 1e-9  # of the largest coefficient: rounding errors of the measurements
_TRUSTED = 0.01  # of a pixel's area; with larger errors between the nodes the function is not smooth
_LATTICE = 9


def pixel_areas_m2(grid: Grid, window: Window) -> Doubles:
    """Ground areas in square metres of a window's pixels: (row, 1), or (row, col) if the pixels of a row differ.

    Geographic CRS: by each pixel's latitude. Projected CRS: by its scale at each pixel; if it cannot be
    determined over the grid (see :func:`is_even`), every pixel counts as the one at the grid's centre.
    """
    rows = np.arange(window.row, window.row_stop)[:, np.newaxis]
    if reference(grid.crs_wkt).IsGeographic():
        turned = grid.transform[4] != 0
        cols = np.arange(window.col, window.col_stop if turned else window.col + 1)[np.newaxis]
        _, y = grid.xy_of(rows, cols)
        east, north = metres_per_unit(grid.crs_wkt, y)
        areas: Doubles = np.maximum(east * north, 0) * _units_of_pixel(grid)  # no area beyond a pole
        return areas
    return _fitted(grid).at(rows + 0.5, np.arange(window.col, window.col_stop)[np.newaxis] + 0.5)


def is_even(grid: Grid) -> bool:
    """Whether areas can be measured on the whole grid: it lies in the domain of the CRS and has no discontinuity."""
    return bool(reference(grid.crs_wkt).IsGeographic()) or _fitted(grid).trusted


class OutlineAreas:
    """Square metres inside outlines along pixel borders of a grid, consistent with :func:`pixel_areas_m2`.

    If the pixels of a row differ in a geographic CRS (a rotated grid), all count as the one in the middle.
    """

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        if reference(grid.crs_wkt).IsGeographic():
            of_rows = pixel_areas_m2(grid, Window(0, grid.cols // 2, grid.rows, 1)).T
            of_cols, self._shares = np.ones((1, grid.cols)), np.ones((1, 1))
        else:
            of_rows, of_cols = _fitted(grid).bases()
            self._shares = _fitted(grid).coefficients
        self._above, self._left = (_summed(terms) for terms in (of_rows, of_cols))  # (term, border)

    def area_m2(self, outline: Doubles) -> float:
        """The area inside a closed ring (vertex, 2) of x and y: Green's theorem over its borders between columns."""
        row, col = (np.rint(at).astype(np.int64) for at in self._grid.pixel_of(outline[:, 0], outline[:, 1]))
        down = np.diff(self._above[:, row], axis=1)
        left = self._left[:, col[:-1]] - self._left[:, col.min(), np.newaxis]  # small numbers keep their precision
        return abs(float(((self._shares.T @ down) * left).sum()))


def largest_pixel_m2(grid: Grid) -> float:
    """The approximate maximum ground area of a pixel of the grid: in a geographic CRS, of one at the equator."""
    if reference(grid.crs_wkt).IsGeographic():
        east, north = metres_per_unit(grid.crs_wkt, 0.0)
        return float(east * north) * _units_of_pixel(grid)
    row, col = (np.linspace(0, side, _NODES) for side in grid.shape)
    return float(_fitted(grid).at(row[:, np.newaxis], col[np.newaxis]).max())


def longest_pixel_m(grid: Grid) -> float:
    """An upper bound, within 1 %, on the distance in metres between two points of a pixel, anywhere on the grid."""
    row, col = np.meshgrid(*(np.linspace(0, side, _LATTICE) for side in grid.shape), indexing="ij")
    width, height = grid.pixel_steps_m(row, col)
    diagonals = np.linalg.norm([width + height, width - height], axis=3)
    known = diagonals[np.isfinite(diagonals)]
    return float(known.max()) if len(known) else float(np.hypot(*grid.pixel_sides_m())) * np.sqrt(2)


def sizes_to_compare_m(grids: Sequence[Grid]) -> list[float]:
    """Comparable pixel sizes of grids: on the ground, or in the units of their common CRS.

    Scenes of a product in Web Mercator have the same pixel size, although their ground size shrinks towards the poles.
    """
    if all(same_crs(grid.crs_wkt, grids[0].crs_wkt) for grid in grids[1:]):
        unit_m = float(flat_steps_m(grids[0].crs_wkt)[0][0])
        return [float(np.sqrt(_units_of_pixel(grid))) * unit_m for grid in grids]
    return [grid.pixel_m() for grid in grids]


@dataclass(frozen=True, eq=False)
class _Polynomial:
    """Square metres of a grid's pixels: ``coefficients`` (term of row, term of col) of Chebyshev polynomials."""

    shape: tuple[int, int]
    coefficients: Doubles
    trusted: bool = True

    def at(self, row: Doubles, col: Doubles) -> Doubles:
        """Values at positions (row, 1) and (1, col), counted from the grid's corner.

        Summed term by term, not by a matrix product, whose last bits depend on the number of positions.
        """
        rows, cols = self.coefficients.shape
        of_row = _chebyshev(2 * row / self.shape[0] - 1, rows)
        of_col = _chebyshev(2 * col / self.shape[1] - 1, cols)
        areas = np.zeros((row.size, 1))
        for at, term in enumerate(of_col):
            across = np.zeros((row.size, 1))
            for coefficient, other in zip(self.coefficients[:, at], of_row, strict=True):
                across = across + coefficient * other
            areas = areas + (across if at == 0 else across * term)
        return areas

    def bases(self) -> tuple[Doubles, Doubles]:
        """The polynomials at the centres of all rows and of all cols (term, position)."""
        rows, cols = (2 * (np.arange(side) + 0.5) / side - 1 for side in self.shape)
        return (
            np.array(_chebyshev(rows, self.coefficients.shape[0])),
            np.array(_chebyshev(cols, self.coefficients.shape[1])),
        )


def _chebyshev(at: Doubles, count: int) -> list[Doubles]:
    """The first ``count`` polynomials, each of the shape of ``at`` (-1 to 1)."""
    found = [np.ones_like(at), at]
    while len(found) < count:
        found.append(2 * at * found[-1] - found[-2])
    return found[:count]


@lru_cache(maxsize=32)
def _fitted(grid: Grid) -> _Polynomial:
    nodes = np.cos(np.pi * (np.arange(_NODES) + 0.5) / _NODES)
    measured = _measured(grid, nodes)
    centre = _Polynomial(grid.shape, np.array([[grid.pixel_area_m2()]]), trusted=False)
    if not np.isfinite(measured).all():
        return centre
    terms = np.array(_chebyshev(nodes, _NODES)) * np.where(np.arange(_NODES) == 0, 1, 2)[:, np.newaxis] / _NODES
    coefficients = terms @ measured @ terms.T
    large = np.abs(coefficients) > _NEGLIGIBLE * np.abs(coefficients).max()
    rows, cols = (int(np.flatnonzero(large.any(axis=axis)).max()) + 1 for axis in (1, 0))
    found = _Polynomial(grid.shape, coefficients[:rows, :cols])
    return found if _holds(grid, found) else centre


def _measured(grid: Grid, shares: Doubles) -> Doubles:
    """Square metres of a pixel at ``shares`` of the rows and cols (-1 to 1)."""
    row, col = np.meshgrid(*((shares + 1) / 2 * side for side in grid.shape), indexing="ij")
    return np.asarray(np.linalg.norm(np.cross(*grid.pixel_steps_m(row, col)), axis=2))


def _holds(grid: Grid, found: _Polynomial) -> bool:
    """Whether the polynomial is accurate between its nodes."""
    shares = np.linspace(-1, 1, _LATTICE)
    row, col = ((shares + 1) / 2 * side for side in grid.shape)
    measured = _measured(grid, shares)
    return bool((np.abs(found.at(row[:, np.newaxis], col[np.newaxis]) - measured) <= _TRUSTED * measured).all())


def _summed(terms: Doubles) -> Doubles:
    """Cumulative sums of (term, position) up to each border between positions."""
    return np.concatenate([np.zeros((len(terms), 1)), np.cumsum(terms, axis=1)], axis=1)


def _units_of_pixel(grid: Grid) -> float:
    """A pixel's area in squared units of the CRS; sheared pixels are parallelograms."""
    _, x_col, x_row, _, y_col, y_row = grid.transform
    return abs(x_col * y_row - x_row * y_col)
