"""A model's classes and targets as QGIS styles: a renderer for the layer, and a .qml file next to the raster.

Both are needed: QGIS post-processes a layer only when it loads it into a project, while the .qml is for
qgis_process, for batch runs, and for opening the file later.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Optional, Protocol

from qgis.core import (
    QgsColorRampLegendNodeSettings,
    QgsColorRampShader,
    QgsGradientColorRamp,
    QgsGradientStop,
    QgsMapLayer,
    QgsPalettedRasterRenderer,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingLayerPostProcessorInterface,
    QgsRasterLayer,
    QgsRasterRenderer,
    QgsRasterShader,
    QgsSingleBandPseudoColorRenderer,
)
from qgis.PyQt.QtGui import QColor

from ...engine.contract import Confidence, LabelClass, Manifest, Task, about, shown_text, unsure_class
from ..messages import tr
from .layer_metadata import LayerMetadata

VIRIDIS = ("#440154", "#3b528b", "#21918c", "#5ec962", "#fde725")
ABSENT = QColor(0, 0, 0, 0)
GDAL_TYPES = {"uint8": "Byte", "uint16": "UInt16", "float32": "Float32"}
_STAND_IN = (
    '<VRTDataset rasterXSize="1" rasterYSize="1"><SRS>EPSG:4326</SRS><GeoTransform>0, 1, 0, 0, 0, -1</GeoTransform>'
    '<VRTRasterBand dataType="{data_type}" band="1"/></VRTDataset>'
)


class Kind(Enum):
    """What a raster shows."""

    MAP = "map"
    PROBABILITIES = "probabilities"
    CONFIDENCE = "confidence"


@dataclass(frozen=True)
class Style:
    """The style of a raster of this kind, made by this model; ``has_unsure``: it has a class of unsure pixels."""

    manifest: Manifest
    kind: Kind
    has_unsure: bool = False
    measure: Confidence = Confidence.MAXIMUM
    about: Optional[LayerMetadata] = None

    def data_type(self) -> str:
        """GDAL's name of the raster's data type."""
        return GDAL_TYPES[self.manifest.map_dtype if self.kind is Kind.MAP else "float32"]

    def renderer(self) -> QgsRasterRenderer:
        """The renderer; the layer that receives it sets its own data provider.

        Requesting the provider in another thread may return Python's wrapper of an earlier object at the same address,
        and fail: "wrapped C/C++ object has been deleted".
        """
        if self.kind is Kind.CONFIDENCE:
            return ramp_renderer(least_confidence(self.manifest, self.measure), 1.0)
        if self.kind is Kind.PROBABILITIES:
            return ramp_renderer(0.0, 1.0)
        return _RENDERERS[self.manifest.task](self)

    def apply_style(self, layer: QgsMapLayer) -> None:
        """Set the renderer and the metadata of a layer of this raster."""
        if isinstance(layer, QgsRasterLayer):
            layer.setRenderer(self.renderer())
            if self.about is not None:
                self.about.describe(layer)


def least_confidence(manifest: Manifest, measure: Confidence) -> float:
    """The minimum confidence that a mapped class can have, at which the colour ramp starts.

    The most probable of k classes has at least 1/k. A class chosen for balanced accuracy has the largest probability
    divided by class share. That is at least 1, since both sum to 1, so its probability is at least its share.
    """
    if not manifest.task.one_class or measure is not Confidence.MAXIMUM:
        return 0.0
    return min(manifest.shares) if manifest.decision else 1 / len(manifest.classes)


def classes_of(manifest: Manifest, has_unsure: bool) -> tuple[LabelClass, ...]:
    """The classes of a map."""
    unsure = unsure_class(manifest) if has_unsure else None
    return manifest.classes if unsure is None else (*manifest.classes, unsure)


def class_renderer(labels: Sequence[LabelClass]) -> QgsRasterRenderer:
    """Each class in its colour, with its name."""
    entry = QgsPalettedRasterRenderer.Class
    classes = [entry(found.code, QColor(found.color), shown_text(found.name)) for found in labels]
    return QgsPalettedRasterRenderer(None, 1, classes)


def _of_classes(style: Style) -> QgsRasterRenderer:
    return class_renderer(classes_of(style.manifest, style.has_unsure))


def _of_labels(style: Style) -> QgsRasterRenderer:
    return presence_renderer(style.manifest)


def _of_values(style: Style) -> QgsRasterRenderer:
    target = style.manifest.targets[0]
    return ramp_renderer(target.minimum, target.maximum, target.unit)


# The renderer of a map of each task.
_RENDERERS: dict[Task, Callable[[Style], QgsRasterRenderer]] = {
    Task.CLASSIFICATION: _of_classes,
    Task.MULTILABEL: _of_labels,
    Task.REGRESSION: _of_values,
}


def presence_renderer(manifest: Manifest) -> QgsRasterRenderer:
    """The first label where it is present; transparent where it is absent."""
    first = manifest.classes[0]
    entry, name = QgsPalettedRasterRenderer.Class, shown_text(first.name)
    classes = [entry(0, ABSENT, tr("not {name}").format(name=name)), entry(1, QColor(first.color), name)]
    return QgsPalettedRasterRenderer(None, 1, classes)


def ramp_renderer(minimum: float, maximum: float, unit: str = "") -> QgsRasterRenderer:
    """The first band in the viridis ramp, whose order is also visible in grey and to colour-blind users."""
    span = (maximum - minimum) or 1.0
    suffix = f" {shown_text(unit)}" if unit else ""
    steps = [index / (len(VIRIDIS) - 1) for index in range(len(VIRIDIS))]
    stops = [QgsGradientStop(step, QColor(color)) for step, color in zip(steps[1:-1], VIRIDIS[1:-1])]
    ramp = QgsGradientColorRamp(QColor(VIRIDIS[0]), QColor(VIRIDIS[-1]), False, stops)
    function = QgsColorRampShader(minimum, minimum + span, ramp, QgsColorRampShader.Type.Interpolated)
    values = [minimum + step * span for step in steps]
    item = QgsColorRampShader.ColorRampItem
    function.setColorRampItemList(
        [item(value, QColor(color), f"{about(value, 4)}{suffix}") for value, color in zip(values, VIRIDIS)]
    )
    settings = QgsColorRampLegendNodeSettings()
    settings.setSuffix(suffix)
    function.setLegendSettings(settings)
    shader = QgsRasterShader(minimum, minimum + span)
    shader.setRasterShaderFunction(function)
    renderer = QgsSingleBandPseudoColorRenderer(None, 1, shader)
    renderer.setClassificationMin(minimum)
    renderer.setClassificationMax(minimum + span)
    return renderer


def write_sidecar(path: str, style: Style, beside: Sequence[str] = ()) -> bool:
    """Write ``path`` with the extension .qml, which QGIS applies whenever it opens the raster; False on failure.

    Args:
        beside: the run's inputs; a style that belongs to one of them is not overwritten.
    """
    sidecar = Path(path).with_suffix(".qml")
    if not Path(path).is_file() or any(Path(other).with_suffix(".qml") == sidecar for other in beside):
        return False
    with tempfile.TemporaryDirectory(prefix="colearn-style-") as folder:
        # QGIS computes histograms of every raster it opens and GDAL stores them next to it, a megabyte for a few bands
        # of probabilities: so the style is created with a dummy raster of one pixel.
        stand_in = Path(folder) / "stand_in.vrt"
        stand_in.write_text(_STAND_IN.format(data_type=style.data_type()), encoding="utf-8")
        layer = QgsRasterLayer(str(stand_in), Path(path).stem, "gdal")
        if not layer.isValid():
            return False
        layer.setRenderer(style.renderer())
        _message, written = layer.saveNamedStyle(str(sidecar))
        del layer  # closes the dummy raster before its folder is deleted
    return bool(written)


class LayerStyle(Protocol):
    """A style for layers."""

    def apply_style(self, layer: QgsMapLayer) -> None:
        """Set a layer's renderer, if the layer is of the right type."""


class StyleWhenLoaded(QgsProcessingLayerPostProcessorInterface):
    """Styles one output when QGIS loads it into the project, then calls ``then``, if given, with the layer."""

    def __init__(self, style: LayerStyle, then: Optional[Callable[[QgsMapLayer], None]] = None) -> None:
        super().__init__()
        self._style, self._then = style, then
        self.done = False

    def postProcessLayer(
        self,
        layer: Optional[QgsMapLayer],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> None:
        """Set the layer's renderer."""
        if layer is not None and layer.isValid():
            self._style.apply_style(layer)
            layer.triggerRepaint()
            if self._then is not None:
                self._then(layer)
        self.done = True


# QGIS keeps a raw pointer to a post-processor and calls it after the algorithm is deleted: keep them alive, also
# during the call; finished ones are released when the next one is added.
_retained: list[StyleWhenLoaded] = []


def style_when_loaded(
    context: QgsProcessingContext,
    loaded_as: str,
    style: LayerStyle,
    then: Optional[Callable[[QgsMapLayer], None]] = None,
) -> None:
    """Style the output ``loaded_as`` when QGIS loads it, if it does, and call ``then`` with its layer."""
    if not context.willLoadLayerOnCompletion(loaded_as):
        return
    processor = StyleWhenLoaded(style, then)
    _retained[:] = [*(each for each in _retained if not each.done), processor]
    context.layerToLoadOnCompletionDetails(loaded_as).setPostProcessor(processor)
