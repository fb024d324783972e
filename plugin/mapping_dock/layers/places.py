"""Rectangles and points on the canvas, as the form stores them and in a raster's CRS."""

from __future__ import annotations

from typing import Optional

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsMapLayer,
    QgsPointXY,
    QgsProject,
    QgsRectangle,
)

from ...layers.sources import crs_text
from ...training.form.sensors.header import Bounds


def frame_of(extent: QgsRectangle, crs: QgsCoordinateReferenceSystem) -> tuple[Bounds, str]:
    """A rectangle on the canvas as the form stores it."""
    return _bounds(extent), crs_text(crs)


def extent_of(layer: Optional[QgsMapLayer]) -> tuple[Optional[Bounds], str]:
    """The extent of a layer, and its CRS; None if the layer does not exist or is empty."""
    if layer is None or layer.extent().isEmpty():
        return None, ""
    return frame_of(layer.extent(), layer.crs())


def frame_in(crs: str, frame: Bounds, frame_crs: str) -> Optional[Bounds]:
    """The bounding rectangle of a frame in another CRS; None if it cannot be transformed."""
    box = QgsRectangle(frame.west, frame.south, frame.east, frame.north)
    try:
        return _bounds(_transform(_crs(frame_crs), _crs(crs)).transformBoundingBox(box))
    except QgsCsException:
        return None


def point_in(crs: str, point: QgsPointXY, point_crs: QgsCoordinateReferenceSystem) -> Optional[QgsPointXY]:
    """A point in another CRS; None if it cannot be transformed."""
    try:
        return _transform(point_crs, _crs(crs)).transform(point)
    except QgsCsException:
        return None


def _bounds(box: QgsRectangle) -> Bounds:
    return Bounds(box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum())


def _crs(text: str) -> QgsCoordinateReferenceSystem:
    return QgsCoordinateReferenceSystem(text)


def _transform(source: QgsCoordinateReferenceSystem, target: QgsCoordinateReferenceSystem) -> QgsCoordinateTransform:
    return QgsCoordinateTransform(source, target, QgsProject.instance())
