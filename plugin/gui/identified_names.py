"""Class names in the Identify results, for versions of QGIS that show only a raster's numbers.

Since 3.30 QGIS reads the raster attribute table that is stored with maps. Earlier versions show “Band 1: 5”: the class
name from the layer's legend is appended to the number. Where the results look different, nothing is changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from qgis import core
from qgis.core import QgsPalettedRasterRenderer, QgsRasterLayer
from qgis.gui import QgsMapToolIdentify
from qgis.PyQt.QtCore import QEvent, QObject, Qt, QTimer
from qgis.PyQt.QtWidgets import QTreeWidget, QTreeWidgetItem

if TYPE_CHECKING:
    from qgis.gui import QgisInterface

RESULTS = "lstResults"  # object name of the tree in QGIS's panel


def knows_names() -> bool:
    """Whether this QGIS reads attribute tables of rasters."""
    return hasattr(core, "QgsRasterAttributeTable")


class IdentifiedNames(QObject):
    """Updates the results after every click with Identify, until :meth:`remove` is called."""

    def __init__(self, iface: QgisInterface) -> None:
        super().__init__()
        self._iface = iface
        self._view = iface.mapCanvas().viewport()
        self._view.installEventFilter(self)

    def remove(self) -> None:
        """Stop updating the results."""
        self._view.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Schedule the update for after the tool has handled the click."""
        if event.type() == QEvent.Type.MouseButtonRelease and isinstance(
            self._iface.mapCanvas().mapTool(), QgsMapToolIdentify
        ):
            QTimer.singleShot(0, self._name)
        return False

    def _name(self) -> None:
        tree = self._iface.mainWindow().findChild(QTreeWidget, RESULTS)
        if tree is not None:
            name_classes(tree)


def name_classes(tree: QTreeWidget) -> None:
    """Append class names to the numbers of maps made by CoLearn."""
    from ..training.layers.header_reading import facts_of

    for at in range(tree.topLevelItemCount()):
        item = tree.topLevelItem(at)
        layer = item.data(0, Qt.ItemDataRole.UserRole)
        is_map = isinstance(layer, QgsRasterLayer) and isinstance(layer.renderer(), QgsPalettedRasterRenderer)
        if is_map and facts_of(layer.source()).origin is not None:
            _name_values(item, layer.renderer())


def _name_values(item: QTreeWidgetItem, renderer: QgsPalettedRasterRenderer) -> None:
    names = {float(each.value): each.label for each in renderer.classes()}
    for at in range(item.childCount()):
        feature = item.child(at)
        for row in range(feature.childCount()):
            value = feature.child(row)
            name = names.get(_number(value.text(1)), "") if value.text(0).startswith("Band") else ""
            if name:
                value.setText(1, f"{value.text(1)} ({name})")


def _number(text: str) -> Optional[float]:
    try:
        return float(text)
    except ValueError:
        return None
