"""How CoLearn's algorithms stand in the toolbox: directly under the provider, with its icon and their help pages."""

from __future__ import annotations

from qgis.core import QgsProcessingAlgorithm
from qgis.PyQt.QtCore import QUrl
from qgis.PyQt.QtGui import QIcon

from ..process import environment

RESOURCES = environment.ROOT / "resources"
ICON = str(RESOURCES / "icons" / "colearn.svg")


class ToolboxEntry(QgsProcessingAlgorithm):
    """What all of CoLearn's algorithms look like."""

    def group(self) -> str:
        """None: there are few, they stand directly under the provider."""
        return ""

    def groupId(self) -> str:
        """None."""
        return ""

    def icon(self) -> QIcon:
        """CoLearn's icon."""
        return QIcon(ICON)

    def svgIconPath(self) -> str:
        """CoLearn's icon, for the Model Designer."""
        return ICON

    def helpUrl(self) -> str:
        """The help page that came with the plugin: it needs no network and fits the version."""
        return QUrl.fromLocalFile(str(RESOURCES / "help" / f"{self.name()}.html")).toString()
