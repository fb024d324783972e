"""Headers of raster layers for the forms: read from the layer and its file, no pixel of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
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
from ...layers.band_metadata import band_descriptions
from ...layers.layer_files import raster_source
from ...layers.sources import crs_text, gdal_source, is_local, open_options
from ..form.sensors.header import Bounds, RasterHeader, Unusable

DEGREES = "EPSG:4326"
Places = Sequence[QgsPointXY]


def header_of(key: str, layer: Optional[QgsMapLayer]) -> RasterHeader:
    """What the layer's header says; ``key`` is how the form finds it again."""
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
    placed = crs.isValid() and not extent.isEmpty()
    descriptions = band_descriptions(source, open_options(layer.source()))
    return RasterHeader(
        key,
        layer.name(),
        source,
        crs_text(crs) if crs.isValid() else "",
        (layer.rasterUnitsPerPixelX(), layer.rasterUnitsPerPixelY()),
        _pixel_m(layer) if placed else 0.0,
        _bounds(extent) if placed else None,
        _in_degrees(extent, crs) if placed else None,
        descriptions or ("",) * layer.bandCount(),
        _type_name(layer),
    )


def covered_places(header: RasterHeader, places: Places, crs: QgsCoordinateReferenceSystem) -> frozenset[int]:
    """Which of the places, in ``crs``, lie within the raster's bounds."""
    bounds = header.bounds
    if bounds is None or not places:
        return frozenset()
    to_raster = QgsCoordinateTransform(crs, QgsCoordinateReferenceSystem(header.crs), QgsProject.instance())
    found = set()
    for at, place in enumerate(places):
        try:
            there = to_raster.transform(place)
        except QgsCsException:  # beyond what the CRS can show
            continue
        if bounds.west <= there.x() <= bounds.east and bounds.south <= there.y() <= bounds.north:
            found.add(at)
    return frozenset(found)


def _pixel_m(layer: QgsRasterLayer) -> float:
    """The side of a square as large as a pixel on the ground, at the centre."""
    measure = QgsDistanceArea()
    measure.setSourceCrs(layer.crs(), QgsProject.instance().transformContext())
    measure.setEllipsoid("EPSG:7030")
    centre = layer.extent().center()
    width, height = layer.rasterUnitsPerPixelX(), layer.rasterUnitsPerPixelY()
    east, north = QgsPointXY(centre.x() + width, centre.y()), QgsPointXY(centre.x(), centre.y() + height)
    try:
        sides = measure.measureLine(centre, east), measure.measureLine(centre, north)
    except QgsCsException:
        return 0.0
    side = math.sqrt(abs(sides[0] * sides[1]))
    return side if math.isfinite(side) else 0.0


def _bounds(extent: QgsRectangle) -> Bounds:
    return Bounds(extent.xMinimum(), extent.yMinimum(), extent.xMaximum(), extent.yMaximum())


def _in_degrees(extent: QgsRectangle, crs: QgsCoordinateReferenceSystem) -> Optional[Bounds]:
    to_degrees = QgsCoordinateTransform(crs, QgsCoordinateReferenceSystem(DEGREES), QgsProject.instance())
    try:
        return _bounds(to_degrees.transformBoundingBox(extent))
    except QgsCsException:
        return None


def _type_name(layer: QgsRasterLayer) -> str:
    """The type of the first band, as QGIS calls it."""
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
