"""Search for points that have another one within reach: exact, in about the time of sorting."""

from __future__ import annotations

import numpy as np

from ...arrays import Doubles, Flags, Indices

_NO_BOUND = 2.0  # beyond all positions in a cell, which lie between -1 and 1
_APART = 4.0  # so far that cells set behind one another do not touch, bounds included


def near(points: Doubles, others: Doubles, reach: tuple[float, float]) -> Flags:
    """Which points (point, 2) have some other (other, 2) at most ``reach`` away along both axes.

    The plane is cut into cells as wide as the reach. An other in a point's own cell is near. In the cells beside it one
    bound decides, in those at its corners two: there the others are looked up as a staircase. Points that are not
    finite are near nothing.
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
            # Mirrored, so that "near" always is "not beyond": what is in the cell before must lie behind the point's
            # own place, what is in the cell after must lie before it.
            mirror = np.array([-1 if down < 0 else 1, -1 if right < 0 else 1])
            bound = np.where([down == 0, right == 0], _NO_BOUND, places * mirror)
            within |= _any_before(
                numbering.of(cells + np.array([down, right])), bound, numbering.own, other_places * mirror
            )
    found[usable] = within
    return found


def _cells(points: Doubles, reach: tuple[float, float]) -> tuple[Indices, Doubles]:
    """The cell of each point, and the point's position in it, from 0 to 1."""
    scaled = points / reach
    cells = np.floor(scaled)
    return cells.astype(np.int64), scaled - cells


class _Numbering:
    """Numbers from 0 for non-empty cells."""

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
    """For each bound (point, 2) whether in its ``cell`` some other lies at or before it on both axes."""
    order = np.lexsort((other[:, 0], other_cell))
    cells, rows, cols = other_cell[order], other[order, 0], other[order, 1]
    lowest = np.minimum.accumulate(cols - _APART * cells) + _APART * cells  # restarts in every cell
    at = np.searchsorted(rows + _APART * cells, bound[:, 0] + _APART * cell, side="right") - 1
    last = np.maximum(at, 0)
    hit: Flags = (cell >= 0) & (at >= 0) & (cells[last] == cell) & (lowest[last] <= bound[:, 1])
    return hit
