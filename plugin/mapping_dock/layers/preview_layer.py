"""The preview in the project: one layer at a time, in a group above all else."""

from __future__ import annotations

from qgis.core import QgsProject, QgsRasterLayer

PREVIEW_GROUP = "CoLearn preview"


class PreviewLayer:
    """The one layer that shows the last preview."""

    def __init__(self) -> None:
        self._id = ""

    def show(self, layer: QgsRasterLayer) -> None:
        """Show a preview in place of the one before."""
        self.drop()
        if layer.isValid():
            QgsProject.instance().addMapLayer(layer, False)
            self._id = layer.id()
            root = QgsProject.instance().layerTreeRoot()
            (root.findGroup(PREVIEW_GROUP) or root.insertGroup(0, PREVIEW_GROUP)).addLayer(layer)

    def drop(self) -> None:
        """Take the preview away, and its group where nothing else is in it."""
        if QgsProject.instance().mapLayer(self._id) is not None:
            QgsProject.instance().removeMapLayer(self._id)
        self._id = ""
        group = QgsProject.instance().layerTreeRoot().findGroup(PREVIEW_GROUP)
        if group is not None and not group.children():
            group.parent().removeChildNode(group)
