"""Rasterizing polygons: which pixel centres of a grid lie inside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from ...arrays import Doubles, Flags, Indices
from .. import gdal, ogr
from ..geo import Grid, Window, polygons_on, same_crs
from .clip import longest_step, near
from .features import POLYGONS, Features
from .wkb import polygon_wkb, rings

MOST_LATTICE_POINTS = 4_000_000

# Polygons are burnt in pixel space (x = col + shift, y = -row), which is north-up however the grid is rotated. GDAL
# takes the transform (0, 1, 0, 0, 0, -1) for "no transform at all"; half a pixel more, and it can never come to that.
_SHIFT = 0.5
_DIGITS = 6  # of a pixel


@dataclass(frozen=True)
class _PixelPolygon:
    """A polygon in pixel space, in parts (repeated if they lie on the grid repeatedly), and the window around it."""

    parts: tuple[bytes, ...]
    window: Window


def inside_pixels(
    wkb: bytes, features_crs: str, grid: Grid, most: int = MOST_LATTICE_POINTS
) -> tuple[Indices, Indices]:
    """Rows and cols of the grid's pixels whose centre lies inside a polygon.

    A polygon that contains no centre gives the pixel under a point on its surface, if that lies on the grid. A polygon
    with more than ``most`` pixels gives those of a regular lattice (every second, third, … row and col), so that
    memory stays bounded.

    Args:
        wkb: a (multi-)polygon as :class:`Features` holds it.
    """
    polygon = _in_pixels(wkb, features_crs, grid)
    window = polygon.window.intersection(grid.window()) if polygon else None
    if polygon is None or window is None:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    step = int(np.ceil(np.sqrt(max(1.0, window.pixels / most))))
    rows, cols = np.nonzero(_burnt(polygon.parts, window, step))
    if len(rows):
        return rows * step + window.row, cols * step + window.col
    under = [pixel for pixel in map(_on_surface, polygon.parts) if _holds(grid, *pixel)][:1]
    return np.array([row for row, _ in under], np.int64), np.array([col for _, col in under], np.int64)


def burn(features: Features, grid: Grid, window: Window) -> Flags:
    """Which pixels (row, col) of a window of the grid have their centre inside any of the polygons."""
    near_window = (each for each in _all_in_pixels(features, grid) if each.window.intersection(window))
    met = [part for polygon in near_window for part in polygon.parts]
    if not met:
        return np.zeros(window.shape, bool)
    return _burnt(met, window, 1)


def reaches(features: Features, grid: Grid, window: Window) -> bool:
    """Whether the rectangle around any of the polygons meets a window of the grid."""
    return any(polygon.window.intersection(window) for polygon in _all_in_pixels(features, grid))


@lru_cache(maxsize=8)  # a mask is burnt block by block
def _all_in_pixels(features: Features, grid: Grid) -> tuple[_PixelPolygon, ...]:
    if features.kind != POLYGONS:
        return ()
    polygons = (_in_pixels(wkb, features.crs_wkt, grid) for wkb in features.geometry)
    return tuple(polygon for polygon in polygons if polygon is not None)


def _in_pixels(wkb: bytes, features_crs: str, grid: Grid) -> _PixelPolygon | None:
    """The part of the polygon near the grid, in the grid's pixel space; None if it lies elsewhere.

    Raises:
        InputError: CRS_UNUSABLE, part of it cannot be transformed to the grid's CRS.
    """
    part = wkb if same_crs(features_crs, grid.crs_wkt) else near(wkb, features_crs, grid)
    if part is None:
        return None
    polygons = polygons_on(rings(part), features_crs, grid, longest_step(features_crs, grid))
    if not polygons:
        return None
    points = np.concatenate([polygon[0] for polygon in polygons])  # the outer rings contain the others
    left, top = (int(at) for at in np.floor(points.min(axis=0)))
    right, bottom = (int(at) for at in np.ceil(points.max(axis=0)))
    parts = tuple(polygon_wkb([_drawn(ring) for ring in polygon]) for polygon in polygons)
    return _PixelPolygon(parts, Window(top, left, max(1, bottom - top), max(1, right - left)))


def _drawn(ring: Doubles) -> Doubles:
    """A ring of cols and rows as burnt, rounded so that common borders of neighbours coincide exactly."""
    return np.column_stack([ring[:, 0] + _SHIFT, -ring[:, 1]]).round(_DIGITS)


def _holds(grid: Grid, row: int, col: int) -> bool:
    return 0 <= row < grid.rows and 0 <= col < grid.cols


def _burnt(polygons: Iterable[bytes], window: Window, step: int) -> Flags:
    """Which lattice points, every ``step``-th pixel centre of the window, lie inside any polygon (pixel space)."""
    rows, cols = -(-window.rows // step), -(-window.cols // step)
    # Cells of a coarse lattice are centred on the centres of the pixels they represent.
    left = window.col + _SHIFT + 0.5 - step / 2
    top = -(window.row + 0.5 - step / 2)
    raster = gdal.GetDriverByName("MEM").Create("", cols, rows, 1, gdal.GDT_Byte)
    raster.SetGeoTransform((left, step, 0, top, 0, -step))
    vectors = _memory_driver().Create("", 0, 0, 0, gdal.GDT_Unknown)
    layer = vectors.CreateLayer("polygons", None, ogr.wkbUnknown)
    for wkb in polygons:
        feature = ogr.Feature(layer.GetLayerDefn())
        feature.SetGeometryDirectly(ogr.CreateGeometryFromWkb(wkb))
        layer.CreateFeature(feature)
    gdal.RasterizeLayer(raster, [1], layer, burn_values=[1])
    burnt: Flags = raster.ReadAsArray() == 1
    return burnt


def _memory_driver() -> Any:
    # GDAL 3.11 folded "Memory" (vectors) into "MEM" (rasters).
    merged = int(gdal.VersionInfo()) >= 3110000
    return gdal.GetDriverByName("MEM" if merged else "Memory")


def _on_surface(wkb: bytes) -> tuple[int, int]:
    """Row and col of the pixel under some point of a polygon in pixel space."""
    polygon = ogr.CreateGeometryFromWkb(wkb)
    try:
        point = polygon.PointOnSurface()
    except RuntimeError:  # invalid after reprojection; its centroid is the next best
        point = polygon.Centroid()
    return int(np.floor(-point.GetY())), int(np.floor(point.GetX() - _SHIFT))
