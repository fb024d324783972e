"""CoLearn's menu in the context menu of raster layers, filled when it is about to be shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from qgis.core import QgsMapLayer
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QAction, QMenu

from ..algorithms.toolbox_entry import ICON

if TYPE_CHECKING:
    from qgis.gui import QgisInterface


class LayerMenuHook:
    """A submenu for every raster layer; ``fill`` adds its entries."""

    def __init__(self, iface: QgisInterface, fill: Callable[[QMenu], None]) -> None:
        self._iface = iface
        self._fill = fill
        self._menu = QMenu("CoLearn")
        self._menu.aboutToShow.connect(self._on_show)
        self.action = QAction(QIcon(ICON), "CoLearn", iface.mainWindow())
        self.action.setMenu(self._menu)
        # An enumeration since QGIS 3.30; the old names still work.
        iface.addCustomActionForLayerType(self.action, "", QgsMapLayer.LayerType.RasterLayer, True)

    def remove(self) -> None:
        """Remove the submenu."""
        self._iface.removeCustomActionForLayerType(self.action)
        self.action.deleteLater()
        self._menu.deleteLater()

    def _on_show(self) -> None:
        self._menu.clear()
        self._fill(self._menu)
