"""Exact search for points with a neighbour within reach, in O(n log n)."""

from __future__ import annotations

import numpy as np

from ...arrays import Doubles, Flags, Indices

_NO_BOUND = 2.0  # greater than any position within a cell, which are between -1 and 1
_APART = 4.0  # offset between consecutive cells on one axis, so that neither positions nor bounds overlap


def near(points: Doubles, others: Doubles, reach: tuple[float, float]) -> Flags:
    """Which points (point, 2) have at least one of ``others`` (other, 2) within ``reach`` on both axes.

    The plane is divided into cells of the size of the reach. All others in a point's own cell are near. In the four
    adjacent cells one coordinate has to be compared, in the four diagonal ones both: there, the others are searched as
    a staircase of running minima. Points that are not finite are near nothing.
    """
    found = np.zeros(len(points), dtype=bool)
    usable = np.isfinite(points).all(axis=1)
    others = others[np.isfinite(others).all(axis=1)]
    if not usable.any() or not len(others):
        return found
    (cells, places), (other_cells, other_places) = _cells(points[usable], reach), _cells(others, reach)
    numbering = _Numbering(other_cells)
    within = np.zeros(len(cells), dtype=bool)
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            # Axes are mirrored for cells before the point's own, so that the comparison always is "at or below the
            # point's position in its cell".
            mirror = np.array([-1 if down < 0 else 1, -1 if right < 0 else 1])
            bound = np.where([down == 0, right == 0], _NO_BOUND, places * mirror)
            within |= _any_before(
                numbering.of(cells + np.array([down, right])), bound, numbering.own, other_places * mirror
            )
    found[usable] = within
    return found


def _cells(points: Doubles, reach: tuple[float, float]) -> tuple[Indices, Doubles]:
    """The cell (row, col) of each point, and the point's position in it (0 to 1)."""
    scaled = points / reach
    cells = np.floor(scaled)
    return cells.astype(np.int64), scaled - cells


class _Numbering:
    """Consecutive numbers, from 0, of the occupied cells."""

    def __init__(self, cells: Indices) -> None:
        self._first = cells.min(axis=0)
        self._shape = cells.max(axis=0) - self._first + 1
        self._names, own = np.unique(self._key(cells), return_inverse=True)
        self.own: Indices = own.reshape(-1)

    def of(self, cells: Indices) -> Indices:
        """The number of each cell, -1 if it is empty."""
        key = self._key(cells)
        at = np.minimum(np.searchsorted(self._names, key), len(self._names) - 1)
        outside = ((cells < self._first) | (cells >= self._first + self._shape)).any(axis=1)
        numbers: Indices = np.where(outside | (self._names[at] != key), -1, at)
        return numbers

    def _key(self, cells: Indices) -> Indices:
        from_first = cells - self._first
        key: Indices = from_first[:, 0] * self._shape[1] + from_first[:, 1]
        return key


def _any_before(cell: Indices, bound: Doubles, other_cell: Indices, other: Doubles) -> Flags:
    """Whether the ``cell`` of each bound (point, 2) contains an other at or below the bound on both axes."""
    order = np.lexsort((other[:, 0], other_cell))
    cells, rows, cols = other_cell[order], other[order, 0], other[order, 1]
    lowest = np.minimum.accumulate(cols - _APART * cells) + _APART * cells  # restarts in every cell
    at = np.searchsorted(rows + _APART * cells, bound[:, 0] + _APART * cell, side="right") - 1
    last = np.maximum(at, 0)
    hit: Flags = (cell >= 0) & (at >= 0) & (cells[last] == cell) & (lowest[last] <= bound[:, 1])
    return hit
