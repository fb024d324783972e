"""Headers of raster layers for the forms: read from the layer and its file, without reading pixels."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import PurePath
from typing import Optional

from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsDistanceArea,
    QgsMapLayer,
    QgsPointXY,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
)

from ....engine.contract import CoLearnError
from ...layers.band_metadata import FileFacts, file_facts
from ...layers.layer_files import raster_source
from ...layers.sources import crs_text, gdal_source, is_local, open_options
from ...process.background import words_of
from ..form.sensors.header import Bounds, RasterHeader, Unusable

DEGREES = "EPSG:4326"
Places = Mapping[int, tuple[float, float]]
_GRIDS_KNOWN = 64


def facts_of(source: str) -> FileFacts:
    """What the file of a layer's source says about itself. May be called in any thread."""
    return file_facts(gdal_source(source), open_options(source))


def header_of(key: str, layer: Optional[QgsMapLayer], facts: Optional[FileFacts] = None) -> RasterHeader:
    """The header of a layer; ``key`` identifies it in the form. What is wrong with it stands in the header.

    Without the ``facts`` of its file, QGIS waits until that is open.
    """
    try:
        return _header_of(key, layer, facts)
    except Exception as error:  # noqa: BLE001  (one file must not keep the other rasters of a form from being shown)
        return failed_header(key, layer, error)


def failed_header(key: str, layer: Optional[QgsMapLayer], error: Exception) -> RasterHeader:
    """The header of a raster that cannot be read for a reason nobody has foreseen."""
    name = PurePath(key).name if layer is None else layer.name()
    return RasterHeader(key, name, key, unusable=Unusable.FAILED, reason=words_of(error))


def _header_of(key: str, layer: Optional[QgsMapLayer], facts: Optional[FileFacts]) -> RasterHeader:
    if layer is None:
        return RasterHeader(key, key, key, unusable=Unusable.GONE if is_local(key) else Unusable.REMOTE)
    source = gdal_source(layer.source())
    if not isinstance(layer, QgsRasterLayer) or not layer.isValid():
        return RasterHeader(key, layer.name(), source, unusable=Unusable.UNREADABLE)
    try:
        raster_source(layer)
    except CoLearnError:
        return RasterHeader(key, layer.name(), source, unusable=Unusable.SERVICE)
    crs = layer.crs()
    extent = layer.extent()
    # QGIS's own function waits for whoever reads the file: it draws a JPEG 2000 file by a shared dataset.
    pixel = (extent.width() / max(layer.width(), 1), extent.height() / max(layer.height(), 1))
    placed = crs.isValid() and not extent.isEmpty()
    known = facts or facts_of(layer.source())
    return RasterHeader(
        key,
        layer.name(),
        source,
        crs_text(crs) if crs.isValid() else "",
        pixel,
        _pixel_m(crs_text(crs), (extent.center().x(), extent.center().y()), pixel) if placed else 0.0,
        _bounds(extent) if placed else None,
        _in_degrees(crs_text(crs), _bounds(extent)) if placed else None,
        known.bands or ("",) * layer.bandCount(),
        _type_name(layer),
        origin=known.origin,
    )


def placed_in(crs: str, places: Sequence[QgsPointXY], of_places: QgsCoordinateReferenceSystem) -> Places:
    """Locations in the CRS of rasters, by their index; those that cannot be transformed are omitted."""
    to_raster = QgsCoordinateTransform(of_places, QgsCoordinateReferenceSystem(crs), QgsProject.instance())
    found = {}
    for at, place in enumerate(places):
        try:
            there = to_raster.transform(place)
        except QgsCsException:
            continue
        found[at] = (there.x(), there.y())
    return found


def within(bounds: Bounds, places: Places) -> frozenset[int]:
    """The indices of the locations within a raster's bounds."""
    return frozenset(
        at for at, (x, y) in places.items() if bounds.west <= x <= bounds.east and bounds.south <= y <= bounds.north
    )


@lru_cache(maxsize=_GRIDS_KNOWN)
def _pixel_m(crs: str, centre: tuple[float, float], pixel: tuple[float, float]) -> float:
    """The pixel size on the ground, in metres, at the centre: the side of a square of the pixel's area."""
    measure = QgsDistanceArea()
    measure.setSourceCrs(QgsCoordinateReferenceSystem(crs), QgsProject.instance().transformContext())
    measure.setEllipsoid("EPSG:7030")
    x, y = centre
    east, north = QgsPointXY(x + pixel[0], y), QgsPointXY(x, y + pixel[1])
    try:
        sides = measure.measureLine(QgsPointXY(x, y), east), measure.measureLine(QgsPointXY(x, y), north)
    except QgsCsException:
        return 0.0
    side = math.sqrt(abs(sides[0] * sides[1]))
    return side if math.isfinite(side) else 0.0


def _bounds(extent: QgsRectangle) -> Bounds:
    return Bounds(extent.xMinimum(), extent.yMinimum(), extent.xMaximum(), extent.yMaximum())


@lru_cache(maxsize=_GRIDS_KNOWN)
def _in_degrees(crs: str, bounds: Bounds) -> Optional[Bounds]:
    """Bounds in degrees (EPSG:4326); cached, as rasters of one sensor often share them."""
    of_raster, degrees = QgsCoordinateReferenceSystem(crs), QgsCoordinateReferenceSystem(DEGREES)
    to_degrees = QgsCoordinateTransform(of_raster, degrees, QgsProject.instance())
    extent = QgsRectangle(bounds.west, bounds.south, bounds.east, bounds.north)
    try:
        return _bounds(to_degrees.transformBoundingBox(extent))
    except QgsCsException:
        return None


def _type_name(layer: QgsRasterLayer) -> str:
    """The data type of the first band, as named by QGIS."""
    kind = layer.dataProvider().dataType(1)
    names = {
        Qgis.DataType.Byte: "uint8",
        Qgis.DataType.UInt16: "uint16",
        Qgis.DataType.Int16: "int16",
        Qgis.DataType.UInt32: "uint32",
        Qgis.DataType.Int32: "int32",
        Qgis.DataType.Float32: "float32",
        Qgis.DataType.Float64: "float64",
    }
    return names.get(kind, "other")
