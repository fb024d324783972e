"""What the dock asks of the map canvas: a rectangle, a polygon, a click, its middle, its extent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Optional

from qgis.core import QgsCoordinateReferenceSystem, QgsGeometry, QgsPointXY, QgsRectangle
from qgis.gui import QgsMapCanvas, QgsMapTool, QgsMapToolEmitPoint, QgsMapToolExtent
from qgis.PyQt.QtCore import QObject, Qt

from ..form.map_form import MapForm
from ..layers.places import frame_of
from .polygon_tool import PolygonTool


class CanvasTools(QObject):
    """Tools that are lent to the canvas for one act each; without a canvas nothing happens."""

    def __init__(self, canvas: Optional[QgsMapCanvas], parent: QObject) -> None:
        super().__init__(parent)
        self.canvas = canvas
        self._extent_tool: Optional[QgsMapToolExtent] = None
        self._polygon_tool: Optional[PolygonTool] = None
        self._click_tool: Optional[QgsMapToolEmitPoint] = None
        self._earlier_tool: Optional[QgsMapTool] = None
        self._on_extent: Optional[Callable[[QgsRectangle], None]] = None
        self._on_polygon: Optional[Callable[[QgsGeometry], None]] = None
        self._on_place: Optional[Callable[[QgsPointXY], None]] = None

    def crs(self) -> QgsCoordinateReferenceSystem:
        """What the canvas shows its layers in."""
        return self.canvas.mapSettings().destinationCrs() if self.canvas is not None else None

    def framed(self, form: MapForm, extent: Optional[QgsRectangle] = None) -> MapForm:
        """A form of a rectangle of the canvas, or of all that it shows."""
        if self.canvas is None:
            return form
        frame, crs = frame_of(self.canvas.extent() if extent is None else extent, self.crs())
        return replace(form, frame=frame, frame_crs=crs)

    def draw(self, on_extent: Callable[[QgsRectangle], None]) -> None:
        """Have a rectangle drawn."""
        if self.canvas is None:
            return
        self._on_extent = on_extent
        if self._extent_tool is None:
            self._extent_tool = QgsMapToolExtent(self.canvas)
            self._extent_tool.extentChanged.connect(self._on_drawn)
        self._use(self._extent_tool)

    def draw_polygon(self, on_polygon: Callable[[QgsGeometry], None]) -> None:
        """Have a polygon drawn."""
        if self.canvas is None:
            return
        self._on_polygon = on_polygon
        if self._polygon_tool is None:
            self._polygon_tool = PolygonTool(self.canvas)
            self._polygon_tool.drawn.connect(self._on_polygon_drawn)
        self._use(self._polygon_tool)

    def click(self, on_place: Callable[[QgsPointXY], None]) -> None:
        """Have a place clicked."""
        if self.canvas is None:
            return
        self._on_place = on_place
        if self._click_tool is None:
            self._click_tool = QgsMapToolEmitPoint(self.canvas)
            self._click_tool.canvasClicked.connect(self._on_clicked)
        self._use(self._click_tool)

    def release(self) -> None:
        """Take the tools off the canvas."""
        for tool in self._own():
            if self.canvas is not None and tool is not None:
                self.canvas.unsetMapTool(tool)

    def _on_drawn(self, extent: QgsRectangle) -> None:
        if self._on_extent is not None and not extent.isEmpty():
            self._on_extent(extent)
            self._give_back()

    def _on_polygon_drawn(self, shape: QgsGeometry) -> None:
        self._give_back()
        if self._on_polygon is not None:
            self._on_polygon(shape)

    def _on_clicked(self, place: QgsPointXY, _button: Qt.MouseButton) -> None:
        self._give_back()
        if self._on_place is not None:
            self._on_place(place)

    def _use(self, tool: QgsMapTool) -> None:
        """Give the canvas a tool; the one before comes back when it has done its work."""
        if self.canvas is not None:
            if self.canvas.mapTool() not in self._own():  # asked twice, or for another: the person's comes back
                self._earlier_tool = self.canvas.mapTool()
            self.canvas.setMapTool(tool)

    def _own(self) -> list[QgsMapTool]:
        return [tool for tool in (self._extent_tool, self._polygon_tool, self._click_tool) if tool is not None]

    def _give_back(self) -> None:
        if self.canvas is not None and self._earlier_tool is not None:
            self.canvas.setMapTool(self._earlier_tool)
