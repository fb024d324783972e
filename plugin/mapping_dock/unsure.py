"""The “unsure” slider in the layer tree: masks a map where its stored confidence is low, without recomputing it."""

from __future__ import annotations

from typing import Optional

from qgis.core import (
    QgsColorRampShader,
    QgsMapLayer,
    QgsRasterLayer,
    QgsRasterShader,
    QgsSingleBandPseudoColorRenderer,
)
from qgis.gui import QgsGui, QgsLayerTreeEmbeddedWidgetProvider
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from ..messages import tr

PROVIDER_ID = "colearn_unsure"
SLIDER_PX = 70  # the layer tree is as wide as its longest name: a slider of its width would hide the label
THRESHOLD = "colearn/unsure_below"
COVER = QColor(90, 90, 90, 255)
CLEAR = QColor(0, 0, 0, 0)


class UnsureProvider(QgsLayerTreeEmbeddedWidgetProvider):
    """Provides the slider of confidence layers."""

    def id(self) -> str:
        """The provider's name in projects."""
        return PROVIDER_ID

    def name(self) -> str:
        """The name shown in the layer properties."""
        return tr("CoLearn: unsure below…")

    def createWidget(self, layer: QgsMapLayer, _widget: int) -> QWidget:
        """Create the slider of one layer."""
        return UnsureSlider(layer)

    def supportsLayer(self, layer: QgsMapLayer) -> bool:
        """Only for confidence layers: one band of values from 0 to 1."""
        return isinstance(layer, QgsRasterLayer) and layer.bandCount() == 1


class UnsureSlider(QWidget):
    """Covers pixels whose confidence is below the slider's threshold."""

    def __init__(self, layer: QgsRasterLayer, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._layer = layer
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, 100)
        self.slider.setValue(round(100 * float(layer.customProperty(THRESHOLD, 0.0))))
        self.slider.setFixedWidth(SLIDER_PX)
        self.setToolTip(tr("Covers pixels of the map whose confidence is below this value; the files stay the same"))
        self.label = QLabel()
        row.addWidget(self.slider)
        row.addWidget(self.label)
        row.addStretch()
        self.slider.valueChanged.connect(self._on_change)
        self._show_threshold()

    def _on_change(self, percent: int) -> None:
        cover_unsure(self._layer, percent / 100)
        self._show_threshold()

    def _show_threshold(self) -> None:
        percent = self.slider.value()
        self.label.setText(tr("below {percent} %").format(percent=percent) if percent else tr("off"))


def cover_unsure(layer: QgsRasterLayer, threshold: float) -> None:
    """Style a confidence layer as a mask over the map below: grey below the threshold, transparent elsewhere."""
    layer.setCustomProperty(THRESHOLD, threshold)
    shader = QgsColorRampShader(0.0, 1.0, None, QgsColorRampShader.Type.Discrete)
    shader.setColorRampItemList(_cover(threshold) if threshold > 0 else [_rest(tr("no pixel is covered"))])
    raster_shader = QgsRasterShader()
    raster_shader.setRasterShaderFunction(shader)
    layer.setRenderer(QgsSingleBandPseudoColorRenderer(None, 1, raster_shader))
    layer.triggerRepaint()
    layer.emitStyleChanged()


def _cover(threshold: float) -> list[QgsColorRampShader.ColorRampItem]:
    title = tr("unsure (below {percent:.0f} %)").format(percent=100 * threshold)
    # A discrete class includes its upper value: the mask ends at the next smaller number.
    return [QgsColorRampShader.ColorRampItem(threshold - 1e-9, COVER, title), _rest(tr("above the threshold"))]


def _rest(title: str) -> QgsColorRampShader.ColorRampItem:
    return QgsColorRampShader.ColorRampItem(float("inf"), CLEAR, title)


def give_slider(layer: QgsRasterLayer) -> None:
    """Turn a confidence layer into a mask with a slider in the layer tree; its colour ramp is kept as another style."""
    styles = layer.styleManager()
    styles.renameStyle(styles.currentStyle(), tr("confidence"))
    styles.addStyleFromLayer(tr("unsure"))
    styles.setCurrentStyle(tr("unsure"))
    layer.setCustomProperty("embeddedWidgets/count", 1)
    layer.setCustomProperty("embeddedWidgets/0/id", PROVIDER_ID)
    cover_unsure(layer, 0.0)  # last: the layer tree updates its widgets when the renderer changes


def register() -> UnsureProvider:
    """Register the slider with QGIS."""
    provider = UnsureProvider()
    QgsGui.layerTreeEmbeddedWidgetRegistry().addProvider(provider)
    return provider


def unregister() -> None:
    """Unregister the slider."""
    QgsGui.layerTreeEmbeddedWidgetRegistry().removeProvider(PROVIDER_ID)
