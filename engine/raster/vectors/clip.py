"""Polygons clipped to the surroundings of a grid, before they are transformed to its CRS.

A polygon around half the Earth cannot be transformed to most projected CRS: some of its vertices are unreachable, or
end up elsewhere, and its long edges curve between them.
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

_MARGIN = 0.1  # of the longer side, all around: more than the bulge between two points of a lattice
_MOST_TURNS = 8  # coordinates spanning more periods than this are not longitudes
_STEPS = 8  # minimum number of steps along a side


def near(wkb: bytes, features_crs: str, grid: Grid) -> bytes | None:
    """The part of a polygon on or near a grid in another CRS, in the polygon's own CRS; None if there is none.

    A polygon that lies there completely is returned unchanged. If it meets the grid in several periods of longitude,
    the parts are shifted together and merged.

    Raises:
        InputError: CRS_UNUSABLE, it cannot be clipped.
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
    """The maximum step for densifying an edge near a grid, in units of the edge's CRS."""
    ground = _ground(crs, grid)
    size = max(ground.x_max - ground.x_min, ground.y_max - ground.y_min) if ground else 0.0
    return size / _STEPS if size > 0 else np.inf


def grounds_met(box: Bounds, crs: str, grid: Grid) -> list[Bounds]:
    """The surroundings of the grid as rectangles in another CRS, one per period of longitude that meets a box."""
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
    """A rectangle around the grid in another CRS, within one period; None if nothing can be transformed."""
    x, y = lattice_xy(grid.bounds(), grid.crs_wkt, crs)
    if np.isnan(x).all():
        return None
    circle = full_circle(crs)
    if circle:
        x = x - nearest_turn(x, np.nanmedian(x), circle)
    left, bottom, right, top = (float(at) for at in (np.nanmin(x), np.nanmin(y), np.nanmax(x), np.nanmax(y)))
    margin = _MARGIN * max(right - left, top - bottom)
    # Beyond a whole period the same area would occur twice.
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
    if turns > 1:  # join both sides of the antimeridian again
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
    """The polygons of a computed geometry, without stray lines and points; None if there are none."""
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
