"""The plugin as QGIS sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from qgis.core import QgsApplication
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QAction

from .algorithms.base import ICON
from .messages import tr
from .provider import CoLearnProvider

if TYPE_CHECKING:
    from qgis.gui import QgisInterface

MENU = "CoLearn"


class CoLearnPlugin:
    """Adds the Processing provider and, in the desktop, a menu for the engine's environment."""

    def __init__(self, iface: Optional[QgisInterface]) -> None:
        self._iface = iface  # None in qgis_process
        self._provider: Optional[CoLearnProvider] = None
        self._action: Optional[QAction] = None

    def initProcessing(self) -> None:
        """Add the provider; all that qgis_process needs."""
        self._provider = CoLearnProvider()
        QgsApplication.processingRegistry().addProvider(self._provider)

    def initGui(self) -> None:
        """Add the provider and the menu."""
        self.initProcessing()
        if self._iface is None:
            return
        self._action = QAction(QIcon(ICON), tr("Engine…"), self._iface.mainWindow())
        self._action.triggered.connect(self._show_dependencies)
        self._iface.addPluginToMenu(MENU, self._action)

    def unload(self) -> None:
        """Take away what was added."""
        if self._provider is not None:
            QgsApplication.processingRegistry().removeProvider(self._provider)
            self._provider = None
        if self._iface is not None and self._action is not None:
            self._iface.removePluginMenu(MENU, self._action)
            self._action.deleteLater()
            self._action = None

    def _show_dependencies(self) -> None:
        from .gui.dependencies import DependenciesDialog

        DependenciesDialog(self._iface.mainWindow() if self._iface else None).exec()
