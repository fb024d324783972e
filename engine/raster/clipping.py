"""Polygons cut to the ground around a grid, before they are brought to its CRS.

A polygon around half the Earth cannot be followed into most projected CRS: some of its vertices are out of reach, or
come out somewhere else, and its long edges bend between them.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .crs import Bounds, full_circle, lattice_xy, no_way, same_crs
from .gdal_seam import gdal_failures, ogr
from .grid import Grid
from .wkb import coordinates

Geometry = Any
Doubles = NDArray[np.float64]

_MARGIN = 0.1  # of the ground's longer side, all around: more than what bulges between two points of a lattice
_EDGES = 64  # a side of the ground is followed in at least that many steps


def near(wkb: bytes, features_crs: str, grid: Grid) -> bytes | None:
    """What of a polygon lies on or near a grid, in the polygon's own CRS; None where nothing does.

    A polygon that lies there as a whole, or in the grid's own CRS, is given as it is. Of another the part is given,
    with so many vertices that its edges can bend.

    Raises:
        InputError: CRS_UNUSABLE, it cannot be cut.
    """
    if same_crs(features_crs, grid.crs_wkt):
        return wkb
    points = coordinates(wkb)
    box = Bounds(*points.min(axis=0), *points.max(axis=0)) if len(points) else None
    met = [ground for ground in _grounds(features_crs, grid) if box and _meet(box, ground)]
    if not met:
        return None
    if box and len(met) == 1 and _holds(met[0], box):
        return wkb
    with gdal_failures(lambda words: no_way(features_crs, grid.crs_wkt, "a polygon", words)):
        return _cut(ogr.CreateGeometryFromWkb(wkb), met)


@lru_cache(maxsize=256)
def _grounds(crs: str, grid: Grid) -> tuple[Bounds, ...]:
    """Rectangles around the grid in another CRS: one, and its repetitions around the Earth where there are degrees."""
    x, y = lattice_xy(grid.bounds(), grid.crs_wkt, crs)
    if np.isnan(x).all():
        return ()
    circle = full_circle(crs)
    if circle:
        x = x - circle * np.round((x - np.nanmedian(x)) / circle)
    left, bottom, right, top = (float(at) for at in (np.nanmin(x), np.nanmin(y), np.nanmax(x), np.nanmax(y)))
    margin = _MARGIN * max(right - left, top - bottom)
    # Beyond a full circle the same ground would come twice.
    wide = min(margin, (circle - (right - left)) / 2) if circle else margin
    turns = (-circle, 0.0, circle) if circle else (0.0,)
    return tuple(Bounds(left - wide + turn, bottom - margin, right + wide + turn, top + margin) for turn in turns)


def _meet(one: Bounds, other: Bounds) -> bool:
    across = one.x_min <= other.x_max and other.x_min <= one.x_max
    return across and one.y_min <= other.y_max and other.y_min <= one.y_max


def _holds(outer: Bounds, inner: Bounds) -> bool:
    across = outer.x_min <= inner.x_min and inner.x_max <= outer.x_max
    return across and outer.y_min <= inner.y_min and inner.y_max <= outer.y_max


def _cut(polygon: Geometry, grounds: Iterable[Bounds]) -> bytes | None:
    together = ogr.Geometry(ogr.wkbMultiPolygon)
    for ground in grounds:
        part = polygons_in(polygon.Intersection(_rectangle(ground)))
        if part is not None:
            part.Segmentize(max(ground.x_max - ground.x_min, ground.y_max - ground.y_min) / _EDGES)
            for at in range(part.GetGeometryCount()):
                together.AddGeometry(part.GetGeometryRef(at))
    return bytes(together.ExportToWkb(ogr.wkbNDR)) if together.GetGeometryCount() else None


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
