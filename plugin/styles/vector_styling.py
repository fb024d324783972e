"""Styles of class polygons and of samples: each category in its colour, with its name.

The style is stored where QGIS looks for it when the file is opened later: inside a GeoPackage, next to a GeoJSON.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsFillSymbol,
    QgsMapLayer,
    QgsMarkerSymbol,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsRendererCategory,
    QgsVectorLayer,
)
from qgis.PyQt.QtGui import QColor

from ...engine.contract import LabelClass, shown_text
from .. import sentences
from ..messages import tr
from .layer_metadata import LayerMetadata
from .raster_styling import LayerStyle, style_when_loaded

FIELD = "code"
NAME = "CoLearn"
OUTLINE_MM = "0.1"
DARKER_PERCENT = 130


@dataclass(frozen=True)
class PolygonStyle:
    """The style of polygons of these classes."""

    classes: tuple[LabelClass, ...]
    about: Optional[LayerMetadata] = None

    def renderer(self) -> QgsCategorizedSymbolRenderer:
        """A category for each class, in the classes' order."""
        return QgsCategorizedSymbolRenderer(
            FIELD, [QgsRendererCategory(each.code, symbol(each.color), shown_text(each.name)) for each in self.classes]
        )

    def apply_style(self, layer: QgsMapLayer) -> None:
        """Set the renderer and the metadata of a layer of these polygons."""
        if isinstance(layer, QgsVectorLayer):
            layer.setRenderer(self.renderer())
            if self.about is not None:
                self.about.describe(layer)


PART_FIELD = "part"
PART_COLORS = {"train": "#7f8c8d", "validation": "#2a78b8", "test": "#e08a1e", "excluded": "#ffffff"}
SAMPLE_MM = "1.8"


@dataclass(frozen=True)
class SampleStyle:
    """The style of training samples: a colour for each part of the split."""

    def renderer(self) -> QgsCategorizedSymbolRenderer:
        """A category for each part of the split."""
        names = {
            "train": tr("training"),
            "validation": tr("validation"),
            "test": tr("test"),
            "excluded": tr("excluded (too close to another part)"),
        }
        categories = [QgsRendererCategory(part, _marker(color), names[part]) for part, color in PART_COLORS.items()]
        return QgsCategorizedSymbolRenderer(PART_FIELD, categories)

    def apply_style(self, layer: QgsMapLayer) -> None:
        """Set the renderer of a layer of samples."""
        if isinstance(layer, QgsVectorLayer):
            layer.setRenderer(self.renderer())


def _marker(color: str) -> QgsMarkerSymbol:
    outline = QColor(color).darker(DARKER_PERCENT).name()
    return QgsMarkerSymbol.createSimple(
        {"name": "circle", "color": color, "outline_color": outline, "outline_width": OUTLINE_MM, "size": SAMPLE_MM}
    )


def symbol(color: str) -> QgsFillSymbol:
    """A fill with a thin darker outline, which separates polygons of one class that touch at a corner."""
    line = QColor(color).darker(DARKER_PERCENT).name()
    return QgsFillSymbol.createSimple({"color": color, "outline_color": line, "outline_width": OUTLINE_MM})


def store(path: str, style: LayerStyle, beside: tuple[str, ...] = ()) -> bool:
    """Store the style with a new file (QGIS would ask before replacing an existing style); False on failure.

    Args:
        beside: the run's inputs and other outputs, whose style files of the same name must not be overwritten.
    """
    layer = QgsVectorLayer(path, Path(path).stem, "ogr")
    if not layer.isValid():
        return False
    style.apply_style(layer)
    if Path(path).suffix.lower() == ".gpkg":
        return _stored_in_database(layer)
    sidecar = Path(path).with_suffix(".qml")
    if any(Path(other).with_suffix(".qml") == sidecar for other in beside if other != path):
        return False
    _message, written = layer.saveNamedStyle(str(sidecar))
    return bool(written)


def _stored_in_database(layer: QgsVectorLayer) -> bool:
    """Store the layer's style in its GeoPackage; QGIS 3.44 has another method for this and deprecates the old one."""
    if hasattr(layer, "saveStyleToDatabaseV2"):
        _results, message = layer.saveStyleToDatabaseV2(NAME, "", True, "")
        return not message
    return layer.saveStyleToDatabase(NAME, "", True, "") == ""


def style_vector_output(
    path: str,
    loaded_as: str,
    style: LayerStyle,
    beside: tuple[str, ...],
    context: QgsProcessingContext,
    log: QgsProcessingFeedback,
    then: Optional[Callable[[QgsMapLayer], None]] = None,
) -> None:
    """Store the style with the file, and apply it to the layer if QGIS loads it; ``then`` is called with that."""
    if not store(path, style, beside):
        log.pushWarning(sentences.style_unwritten(path))
    style_when_loaded(context, loaded_as, style, then)
