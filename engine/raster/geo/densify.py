"""Edges that are straight in one CRS, on a grid in another: densified until the deviation is negligible.

One rule for labels, masks and extents. It also handles longitudes: on a grid in degrees (or any CRS whose x
is periodic) an edge takes the shorter way, and geometries a whole period away from the grid lie on it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ...arrays import Doubles
from .crs import no_way, same_crs, transform_xy
from .grid import Grid
from .longitudes import nearest_turn

Polygon = Sequence[Doubles]  # closed rings (vertex, 2) of x and y, the outer one first

_STRAIGHT_PX = 0.01  # tolerance in pixels: neighbours with different vertices share no pixel centre
_SHORT_PX = 1.0  # shorter segments that still deviate cross a discontinuity of the CRS
_ROUNDS = 12  # of division into four, for edges that never become straight
_MOST_STEPS = 64
_SHARES = np.array([0.25, 0.5, 0.75])


def polygons_on(polygons: Sequence[Polygon], crs: str, grid: Grid, longest: float) -> list[list[Doubles]]:
    """Polygons of a CRS in a grid's pixel space: rings (vertex, 2) of col and row; repeated if they lie there twice.

    Args:
        longest: the maximum step along edges, in units of the CRS.

    Raises:
        InputError: CRS_UNUSABLE, a vertex cannot be transformed to the grid's CRS.
    """
    found = []
    for polygon in polygons:
        rings = [_in_crs_of(grid, ring, crs, longest) for ring in polygon]
        if not all(np.isfinite(ring).all() for ring in rings):
            raise no_way(crs, grid.crs_wkt, "a polygon")
        found += [[_pixels(grid, ring) for ring in turned] for turned in _turned(rings, grid)]
    return found


def _in_crs_of(grid: Grid, ring: Doubles, crs: str, longest: float) -> Doubles:
    """A ring in the grid's CRS, with densified edges."""
    if same_crs(crs, grid.crs_wkt):
        return ring
    here = _stepped(ring, longest)
    there = np.column_stack(transform_xy(here[:, 0], here[:, 1], crs, grid.crs_wkt))
    if grid.circle:
        there[:, 0] = np.unwrap(there[:, 0], period=grid.circle)
    fresh = np.ones(len(here) - 1, bool)
    for _ in range(_ROUNDS):
        at = np.flatnonzero(fresh)
        inner = _between(here[at], here[at + 1])
        inner_there = np.stack(transform_xy(inner[..., 0], inner[..., 1], crs, grid.crs_wkt), axis=2)
        if grid.circle:
            inner_there[..., 0] -= nearest_turn(inner_there[..., 0], there[at, :1], grid.circle)
        chosen = _bends(*(_pixels(grid, points) for points in (there[at], there[at + 1], inner_there)))
        if not chosen.any():
            break
        bent = at[chosen]
        before = np.repeat(bent + 1, len(_SHARES))
        here = np.insert(here, before, inner[chosen].reshape(-1, 2), axis=0)
        there = np.insert(there, before, inner_there[chosen].reshape(-1, 2), axis=0)
        pieces = np.ones(len(fresh), np.int64)
        pieces[bent] += len(_SHARES)
        fresh = np.repeat(pieces > 1, pieces)
    return _closed_over_a_pole(there, grid)


def _stepped(ring: Doubles, longest: float) -> Doubles:
    """The ring with vertices at most ``longest`` apart."""
    steps = np.diff(ring, axis=0)
    wanted = np.ceil(np.abs(steps).max(axis=1, initial=0) / longest)
    pieces = np.clip(wanted, 1, _MOST_STEPS).astype(np.int64)
    if (pieces == 1).all():
        return ring
    edge = np.repeat(np.arange(len(steps)), pieces)
    number = np.arange(len(edge)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    share = (number / pieces[edge])[:, np.newaxis]
    return np.concatenate([ring[edge] * (1 - share) + ring[edge + 1] * share, ring[-1:]])


def _between(start: Doubles, stop: Doubles) -> Doubles:
    """Points (edge, share, 2) on edges; reversed edges give exactly the same points in reverse order."""
    share = _SHARES[:, np.newaxis]
    between: Doubles = start[:, np.newaxis] * (1 - share) + stop[:, np.newaxis] * share
    return between


def _bends(start: Doubles, stop: Doubles, inner: Doubles) -> NDArray[np.bool_]:
    """Which chords (edge,), from start to stop, deviate too much from the inner points (edge, share, 2)."""
    chord = stop - start
    squared = (chord**2).sum(axis=1)
    along = ((inner - start[:, np.newaxis]) * chord[:, np.newaxis]).sum(axis=2)
    share = np.clip(along / np.where(squared > 0, squared, 1)[:, np.newaxis], 0, 1)
    foot = start[:, np.newaxis] + share[..., np.newaxis] * chord[:, np.newaxis]
    sag = np.sqrt(((inner - foot) ** 2).sum(axis=2)).max(axis=1)
    straight = (sag <= _STRAIGHT_PX) | (np.maximum(np.sqrt(squared), sag) < _SHORT_PX)
    bends: NDArray[np.bool_] = np.isfinite(squared) & ~straight
    return bends


def _closed_over_a_pole(ring: Doubles, grid: Grid) -> Doubles:
    """A ring once around the Earth, closed outside the grid on the side of the enclosed pole."""
    if not grid.circle or not len(ring) or not abs(ring[-1, 0] - ring[0, 0]) > grid.circle / 2:
        return ring
    _, bottom, _, top = grid.bounds()
    y = ring[:, 1]
    margin = top - bottom
    beyond = max(top, y.max()) + margin if y.mean() > 0 else min(bottom, y.min()) - margin
    corners = np.array([[ring[-1, 0], beyond], [ring[0, 0], beyond]])
    return np.concatenate([ring, corners, ring[:1]])


def _turned(rings: list[Doubles], grid: Grid) -> list[list[Doubles]]:
    """All copies of the polygon on the grid, shifted by whole periods; empty if it lies off the grid."""
    circle = grid.circle
    if not circle:
        return [rings]
    left, right = rings[0][:, 0].min(), rings[0][:, 0].max()
    middles = np.array([ring[:, 0].mean() for ring in rings])
    own = nearest_turn(middles, middles[0], circle)  # a hole lies in its outer ring
    west, _, east, _ = grid.bounds()
    first, last = int(np.ceil((west - right) / circle)), int(np.floor((east - left) / circle))
    turns = [turn * circle for turn in range(first, last + 1)]
    return [[ring + np.array([turn - back, 0.0]) for ring, back in zip(rings, own, strict=True)] for turn in turns]


def _pixels(grid: Grid, points: Doubles) -> Doubles:
    """Points (…, 2) of x and y as col and row."""
    row, col = grid.pixel_of(points[..., 0], points[..., 1])
    return np.stack([col, row], axis=-1)
