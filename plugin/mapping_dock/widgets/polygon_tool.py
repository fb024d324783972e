"""A map tool that draws a polygon: a click per vertex, a right click to finish."""

from __future__ import annotations

from typing import Optional

from qgis.core import QgsGeometry, QgsPointXY, QgsWkbTypes
from qgis.gui import QgsMapCanvas, QgsMapMouseEvent, QgsMapTool, QgsRubberBand
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QKeyEvent

LEAST_CORNERS = 3
COLOR = "#d55e00"


class PolygonTool(QgsMapTool):
    """Draws a polygon; Backspace removes the last vertex, Escape all of them.

    Signals: ``drawn`` with a valid polygon, in the canvas's CRS.
    """

    drawn = pyqtSignal(QgsGeometry)

    def __init__(self, canvas: QgsMapCanvas) -> None:
        super().__init__(canvas)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self._canvas = canvas
        self._corners: list[QgsPointXY] = []
        self._band: Optional[QgsRubberBand] = None

    def canvasReleaseEvent(self, event: QgsMapMouseEvent) -> None:
        """Add a vertex, or finish."""
        if event.button() == Qt.MouseButton.RightButton:
            self._finish()
        elif event.button() == Qt.MouseButton.LeftButton:
            self._corners.append(QgsPointXY(event.mapPoint()))
            self._show(event.mapPoint())

    def canvasMoveEvent(self, event: QgsMapMouseEvent) -> None:
        """Show the polygon with the pointer as the next vertex."""
        if self._corners:
            self._show(event.mapPoint())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Remove vertices."""
        if event.key() == Qt.Key.Key_Escape:
            self._clear()
        elif event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete) and self._corners:
            self._corners.pop()
            self._show()
        else:
            return
        event.ignore()  # QGIS treats an accepted key as its own shortcut: Delete removes features

    def deactivate(self) -> None:
        """Discard an unfinished polygon when another tool is chosen."""
        self._clear()
        super().deactivate()

    def _finish(self) -> None:
        corners = self._corners
        self._clear()
        if len(corners) < LEAST_CORNERS:
            return
        shape = QgsGeometry.fromPolygonXY([[*corners, corners[0]]]).makeValid()  # its sides may cross
        pixel = self._canvas.mapUnitsPerPixel()
        if shape.type() == QgsWkbTypes.GeometryType.PolygonGeometry and shape.area() > pixel * pixel:
            shape.convertToMultiType()
            self.drawn.emit(shape)

    def _show(self, next_corner: Optional[QgsPointXY] = None) -> None:
        if self._band is None:
            self._band = QgsRubberBand(self._canvas, QgsWkbTypes.GeometryType.PolygonGeometry)
            self._band.setStrokeColor(QColor(COLOR))
            self._band.setFillColor(QColor(213, 94, 0, 40))
            self._band.setWidth(2)
        self._band.reset(QgsWkbTypes.GeometryType.PolygonGeometry)
        for corner in (*self._corners, *([next_corner] if next_corner is not None else [])):
            self._band.addPoint(corner)

    def _clear(self) -> None:
        self._corners = []
        if self._band is not None:
            self._band.reset(QgsWkbTypes.GeometryType.PolygonGeometry)
