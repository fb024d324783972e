"""The preview in the project: one layer at a time, in a group at the top."""

from __future__ import annotations

from typing import Optional

from qgis.core import QgsProject, QgsRasterLayer
from qgis.gui import QgsMapCanvas

from ...layers.legend import show_legend
from .swipe import Swipe

PREVIEW_GROUP = "CoLearn preview"


class PreviewLayer:
    """The layer of the last preview, and the divider that compares it with another sensor's."""

    def __init__(self, canvas: Optional[QgsMapCanvas]) -> None:
        self._canvas = canvas
        self._id = ""
        self.swipe: Optional[Swipe] = None

    def show(self, layer: QgsRasterLayer) -> None:
        """Show a preview and remove the previous one."""
        self.drop()
        if layer.isValid():
            self._id = layer.id()  # first: what follows the project asks for it
            QgsProject.instance().addMapLayer(layer, False)
            root = QgsProject.instance().layerTreeRoot()
            group = root.findGroup(PREVIEW_GROUP) or root.insertGroup(0, PREVIEW_GROUP)
            for node in (group, group.addLayer(layer)):
                show_legend(node)

    def compare(self, other: QgsRasterLayer) -> None:
        """Add a divider to the canvas: the preview on the left, the other sensor's on the right."""
        self.end_swipe()
        layer = QgsProject.instance().mapLayer(self._id)
        if self._canvas is not None and layer is not None and other.isValid():
            self.swipe = Swipe(self._canvas, layer, other)

    def end_swipe(self) -> None:
        """Remove the divider."""
        if self.swipe is not None:
            self.swipe.end()
            self.swipe = None

    def is_shown(self) -> bool:
        """Whether the preview is in the project: the user may have removed it."""
        return QgsProject.instance().mapLayer(self._id) is not None

    def follow_project(self) -> None:
        """Remove the divider if the user has removed the preview."""
        if not self.is_shown():
            self.end_swipe()

    def drop(self) -> None:
        """Remove the preview, and its group if it is then empty."""
        self.end_swipe()
        if self.is_shown():
            QgsProject.instance().removeMapLayer(self._id)
        self._id = ""
        group = QgsProject.instance().layerTreeRoot().findGroup(PREVIEW_GROUP)
        if group is not None and not group.children():
            group.parent().removeChildNode(group)
