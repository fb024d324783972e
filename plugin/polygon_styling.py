"""Areas of classes as QGIS shows them: each class in its colour, with its name.

The style is kept where QGIS looks for it when somebody opens the file later: inside a GeoPackage, beside a GeoJSON.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsFillSymbol,
    QgsMapLayer,
    QgsRendererCategory,
    QgsVectorLayer,
)
from qgis.PyQt.QtGui import QColor

from ..engine.contract.manifest import LabelClass

FIELD = "code"
NAME = "CoLearn"
OUTLINE_MM = "0.1"
DARKER_PERCENT = 130


@dataclass(frozen=True)
class PolygonStyle:
    """How polygons of these classes look."""

    classes: tuple[LabelClass, ...]

    def renderer(self) -> QgsCategorizedSymbolRenderer:
        """A category for each class, in the classes' order."""
        return QgsCategorizedSymbolRenderer(
            FIELD, [QgsRendererCategory(each.code, symbol(each.color), each.name) for each in self.classes]
        )

    def dress(self, layer: QgsMapLayer) -> None:
        """Give a layer of such polygons its renderer."""
        if isinstance(layer, QgsVectorLayer):
            layer.setRenderer(self.renderer())


def symbol(color: str) -> QgsFillSymbol:
    """The colour, with a thin darker line around: areas of one class that touch at a corner stay apart."""
    line = QColor(color).darker(DARKER_PERCENT).name()
    return QgsFillSymbol.createSimple({"color": color, "outline_color": line, "outline_width": OUTLINE_MM})


def store(path: str, style: PolygonStyle, beside: tuple[str, ...] = ()) -> bool:
    """Keep the style with a file that is new (for an older style QGIS would open a dialog); False if it cannot be.

    Args:
        beside: the run's inputs and other outputs; a style beside a file has its name, and must not be theirs.
    """
    layer = QgsVectorLayer(path, Path(path).stem, "ogr")
    if not layer.isValid():
        return False
    style.dress(layer)
    if Path(path).suffix.lower() == ".gpkg":
        return layer.saveStyleToDatabase(NAME, "", True, "") == ""
    sidecar = Path(path).with_suffix(".qml")
    if any(Path(other).with_suffix(".qml") == sidecar for other in beside if other != path):
        return False
    _message, written = layer.saveNamedStyle(str(sidecar))
    return bool(written)
