"""How CoLearn's algorithms appear in the toolbox: directly under the provider, with its icon and their help pages."""

from __future__ import annotations

from qgis.core import QgsProcessingAlgorithm
from qgis.PyQt.QtCore import QUrl
from qgis.PyQt.QtGui import QIcon

from ..process import environment

RESOURCES = environment.ROOT / "resources"
ICON = str(RESOURCES / "icons" / "colearn.svg")


class ToolboxEntry(QgsProcessingAlgorithm):
    """The base of all of CoLearn's algorithms: their appearance in the toolbox."""

    def group(self) -> str:
        """No group: the few algorithms are listed directly under the provider."""
        return ""

    def groupId(self) -> str:
        """No group."""
        return ""

    def icon(self) -> QIcon:
        """CoLearn's icon."""
        return QIcon(ICON)

    def svgIconPath(self) -> str:
        """CoLearn's icon, for the Model Designer."""
        return ICON

    def helpUrl(self) -> str:
        """The help page shipped with the plugin: it needs no network and matches the version."""
        return QUrl.fromLocalFile(str(RESOURCES / "help" / f"{self.name()}.html")).toString()
