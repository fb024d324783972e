"""The dock's map tools: draw a rectangle or a polygon, click a point; the canvas's centre and extent."""

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
    """Map tools that are active for one action each; without a canvas they do nothing."""

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
        """The CRS of the canvas."""
        return self.canvas.mapSettings().destinationCrs() if self.canvas is not None else None

    def framed(self, form: MapForm, extent: Optional[QgsRectangle] = None) -> MapForm:
        """The form with a rectangle on the canvas, or its whole extent, as the area."""
        if self.canvas is None:
            return form
        frame, crs = frame_of(self.canvas.extent() if extent is None else extent, self.crs())
        return replace(form, frame=frame, frame_crs=crs)

    def draw(self, on_extent: Callable[[QgsRectangle], None]) -> None:
        """Let the user draw a rectangle."""
        if self.canvas is None:
            return
        self._on_extent = on_extent
        if self._extent_tool is None:
            self._extent_tool = QgsMapToolExtent(self.canvas)
            self._extent_tool.extentChanged.connect(self._on_drawn)
        self._use(self._extent_tool)

    def draw_polygon(self, on_polygon: Callable[[QgsGeometry], None]) -> None:
        """Let the user draw a polygon."""
        if self.canvas is None:
            return
        self._on_polygon = on_polygon
        if self._polygon_tool is None:
            self._polygon_tool = PolygonTool(self.canvas)
            self._polygon_tool.drawn.connect(self._on_polygon_drawn)
        self._use(self._polygon_tool)

    def click(self, on_place: Callable[[QgsPointXY], None]) -> None:
        """Let the user click a point."""
        if self.canvas is None:
            return
        self._on_place = on_place
        if self._click_tool is None:
            self._click_tool = QgsMapToolEmitPoint(self.canvas)
            self._click_tool.canvasClicked.connect(self._on_clicked)
        self._use(self._click_tool)

    def release(self) -> None:
        """Remove the tools from the canvas."""
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
        """Activate a tool; the previous one is restored when it has finished."""
        if self.canvas is not None:
            if self.canvas.mapTool() not in self._own():  # remember the user's tool, not one of ours
                self._earlier_tool = self.canvas.mapTool()
            self.canvas.setMapTool(tool)

    def _own(self) -> list[QgsMapTool]:
        return [tool for tool in (self._extent_tool, self._polygon_tool, self._click_tool) if tool is not None]

    def _give_back(self) -> None:
        if self.canvas is not None and self._earlier_tool is not None:
            self.canvas.setMapTool(self._earlier_tool)
