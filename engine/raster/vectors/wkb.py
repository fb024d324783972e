"""The coordinates of WKB geometries, read without building geometry objects; thread-safe.

Only the types that CoLearn uses: little-endian 2D points, multi-points, polygons and multi-polygons.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable

import numpy as np

from ...arrays import Doubles

POINT, POLYGON, MULTI_POINT, MULTI_POLYGON = 1, 3, 4, 6
_HEADER_BYTES = 5  # byte order and type
_COUNT_BYTES = 4
_POINT_BYTES = 16


def coordinates(wkb: bytes) -> Doubles:
    """All vertices of a geometry, in order: float64 (vertex, 2) of x and y."""
    parts = [np.frombuffer(wkb[start:stop], "<f8").reshape(-1, 2) for start, stop in _runs(wkb, 0)[0]]
    return np.concatenate(parts) if parts else np.empty((0, 2))


def rings(wkb: bytes) -> list[list[Doubles]]:
    """The rings of each polygon of a polygon or multi-polygon, the outer one first: float64 (vertex, 2) of x and y."""
    kind, count = struct.unpack_from("<II", wkb, 1)
    if kind == POLYGON:
        return [[np.frombuffer(wkb[start:stop], "<f8").reshape(-1, 2) for start, stop in _runs(wkb, 0)[0]]]
    parts, at = [], _HEADER_BYTES + _COUNT_BYTES
    for _ in range(count):
        _, end = _runs(wkb, at)
        parts += rings(wkb[at:end])
        at = end
    return parts


def polygon_wkb(outline: Iterable[Doubles]) -> bytes:
    """A polygon of closed rings (vertex, 2) of x and y, the outer one first."""
    bodies = [struct.pack("<I", len(ring)) + ring.astype("<f8").tobytes() for ring in outline]
    return struct.pack("<BII", 1, POLYGON, len(bodies)) + b"".join(bodies)


def moved(wkb: bytes, move: Callable[[Doubles, Doubles], tuple[Doubles, Doubles]]) -> bytes:
    """The geometry with its vertices moved: ``move`` maps arrays of x and y to new ones."""
    x, y = move(*coordinates(wkb).T)
    points = np.column_stack([x, y]).astype("<f8").tobytes()
    pieces, read, written = [], 0, 0
    for start, stop in _runs(wkb, 0)[0]:
        pieces += [wkb[read:start], points[written : written + stop - start]]
        read, written = stop, written + stop - start
    return b"".join([*pieces, wkb[read:]])


def _runs(wkb: bytes, at: int) -> tuple[list[tuple[int, int]], int]:
    """The byte ranges (start, stop) of vertices of the geometry at ``at``, and where it ends."""
    order, kind = struct.unpack_from("<BI", wkb, at)
    if order != 1 or kind not in (POINT, POLYGON, MULTI_POINT, MULTI_POLYGON):
        raise ValueError(f"WKB of byte order {order} and type {kind}, not a flat point or polygon")
    at += _HEADER_BYTES
    if kind == POINT:
        return [(at, at + _POINT_BYTES)], at + _POINT_BYTES
    (count,) = struct.unpack_from("<I", wkb, at)
    at += _COUNT_BYTES
    runs: list[tuple[int, int]] = []
    for _ in range(count):
        inner, at = _ring(wkb, at) if kind == POLYGON else _runs(wkb, at)
        runs += inner
    return runs, at


def _ring(wkb: bytes, at: int) -> tuple[list[tuple[int, int]], int]:
    (vertices,) = struct.unpack_from("<I", wkb, at)
    start = at + _COUNT_BYTES
    stop = start + vertices * _POINT_BYTES
    return [(start, stop)], stop
