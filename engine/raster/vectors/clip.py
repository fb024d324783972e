"""Polygons cut to the ground around a grid, before they are brought to its CRS.

A polygon around half the Earth cannot be followed into most projected CRS: some of its vertices are out of reach, or
come out somewhere else, and its long edges bend between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from .. import gdal_failures, ogr
from ..geo import Bounds, Grid, full_circle, lattice_xy, nearest_turn, no_way
from .wkb import coordinates, moved

Geometry = Any

_MARGIN = 0.1  # of the ground's longer side, all around: more than what bulges between two points of a lattice
_MOST_TURNS = 8  # a polygon around the Earth more often than that has no longitudes
_STEPS = 8  # in which at least a side of the ground is followed


def near(wkb: bytes, features_crs: str, grid: Grid) -> bytes | None:
    """What of a polygon lies on or near a grid in another CRS, in the polygon's own; None where nothing does.

    A polygon that lies there as a whole is given as it is. Where the ground is met in several turns around the Earth,
    they are brought side by side and made one.

    Raises:
        InputError: CRS_UNUSABLE, it cannot be cut.
    """
    points = coordinates(wkb)
    box = Bounds(*points.min(axis=0), *points.max(axis=0)) if len(points) else None
    met = grounds_met(box, features_crs, grid) if box else []
    if not met:
        return None
    if box is not None and len(met) == 1 and _holds(met[0], box):
        return wkb
    with gdal_failures(lambda words: no_way(features_crs, grid.crs_wkt, "a polygon", words)):
        return _cut(ogr.CreateGeometryFromWkb(wkb), met)


def longest_step(crs: str, grid: Grid) -> float:
    """In how long steps at most an edge near a grid is followed, in units of the edge's CRS."""
    ground = _ground(crs, grid)
    size = max(ground.x_max - ground.x_min, ground.y_max - ground.y_min) if ground else 0.0
    return size / _STEPS if size > 0 else np.inf


def grounds_met(box: Bounds, crs: str, grid: Grid) -> list[Bounds]:
    """The ground around the grid as rectangles of another CRS: where it meets a box, in each turn around the Earth."""
    ground, circle = _ground(crs, grid), full_circle(crs)
    if ground is None:
        return []
    first = np.ceil((box.x_min - ground.x_max) / circle) if circle else 0
    last = np.floor((box.x_max - ground.x_min) / circle) if circle else 0
    turns = (first + at for at in range(int(min(last - first + 1, _MOST_TURNS))))
    turned = [ground._replace(x_min=ground.x_min + turn * circle, x_max=ground.x_max + turn * circle) for turn in turns]
    return [each for each in turned if _meet(box, each)]


@lru_cache(maxsize=256)
def _ground(crs: str, grid: Grid) -> Bounds | None:
    """A rectangle around the grid in another CRS, in one turn around the Earth; None where nothing can be reached."""
    x, y = lattice_xy(grid.bounds(), grid.crs_wkt, crs)
    if np.isnan(x).all():
        return None
    circle = full_circle(crs)
    if circle:
        x = x - nearest_turn(x, np.nanmedian(x), circle)
    left, bottom, right, top = (float(at) for at in (np.nanmin(x), np.nanmin(y), np.nanmax(x), np.nanmax(y)))
    margin = _MARGIN * max(right - left, top - bottom)
    # Beyond a full circle the same ground would come twice.
    wide = min(margin, (circle - (right - left)) / 2) if circle else margin
    return Bounds(left - wide, bottom - margin, right + wide, top + margin)


def _meet(one: Bounds, other: Bounds) -> bool:
    across = one.x_min <= other.x_max and other.x_min <= one.x_max
    return across and one.y_min <= other.y_max and other.y_min <= one.y_max


def _holds(outer: Bounds, inner: Bounds) -> bool:
    across = outer.x_min <= inner.x_min and inner.x_max <= outer.x_max
    return across and outer.y_min <= inner.y_min and inner.y_max <= outer.y_max


def _cut(polygon: Geometry, met: Sequence[Bounds]) -> bytes | None:
    together = ogr.Geometry(ogr.wkbMultiPolygon)
    turns = 0
    for ground in met:
        part = polygons_in(polygon.Intersection(_rectangle(ground)))
        if part is None:
            continue
        turns += 1
        for at in range(part.GetGeometryCount()):
            together.AddGeometry(_moved_by(met[0].x_min - ground.x_min, part.GetGeometryRef(at)))
    if turns > 1:  # both sides of the cut around the Earth are one ground again
        together = polygons_in(together.UnionCascaded())
    return bytes(together.ExportToWkb(ogr.wkbNDR)) if together and together.GetGeometryCount() else None


def _moved_by(turn: float, polygon: Geometry) -> Geometry:
    if not turn:
        return polygon
    wkb = moved(bytes(polygon.ExportToWkb(ogr.wkbNDR)), lambda x, y: (x + turn, y))
    return ogr.CreateGeometryFromWkb(wkb)


def _rectangle(bounds: Bounds) -> Geometry:
    ring = ogr.Geometry(ogr.wkbLinearRing)
    left, bottom, right, top = bounds
    for x, y in ((left, bottom), (right, bottom), (right, top), (left, top), (left, bottom)):
        ring.AddPoint_2D(x, y)
    rectangle = ogr.Geometry(ogr.wkbPolygon)
    rectangle.AddGeometry(ring)
    return rectangle


def polygons_in(geometry: Geometry | None) -> Geometry | None:
    """The polygons of a computed geometry, without lines and points that came out beside; None without any."""
    if geometry is None:
        return None
    together = ogr.Geometry(ogr.wkbMultiPolygon)
    waiting = [geometry]
    while waiting:
        part = waiting.pop()
        if part.GetGeometryType() == ogr.wkbPolygon and not part.IsEmpty():
            together.AddGeometry(part)
        elif part.GetGeometryType() in (ogr.wkbMultiPolygon, ogr.wkbGeometryCollection):
            waiting += [part.GetGeometryRef(at) for at in range(part.GetGeometryCount())]
    return together if together.GetGeometryCount() else None
