"""A model's classes and targets as QGIS styles: a renderer for the layer, and a .qml beside the file.

Both are needed: QGIS post-processes a layer only when it loads it into a project, while the .qml is there for
qgis_process, for batch runs, and for whoever opens the file later.
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

from ...engine.contract import Confidence, LabelClass, Manifest, Task, shown_text, unsure_class
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
    """How a raster of this kind, made by this model, looks; ``has_unsure`` where it has a class of unsure pixels."""

    manifest: Manifest
    kind: Kind
    has_unsure: bool = False
    measure: Confidence = Confidence.MAXIMUM
    about: Optional[LayerMetadata] = None

    def data_type(self) -> str:
        """GDAL's name of the raster's type."""
        return GDAL_TYPES[self.manifest.map_dtype if self.kind is Kind.MAP else "float32"]

    def renderer(self) -> QgsRasterRenderer:
        """The renderer; the layer that takes it joins it with its own provider.

        To ask for the provider in a thread of its own may give what Python remembers of an earlier one that lay at the
        same address, and fail: "wrapped C/C++ object has been deleted".
        """
        if self.kind is Kind.CONFIDENCE:
            return ramp_renderer(least_confidence(self.manifest, self.measure), 1.0)
        if self.kind is Kind.PROBABILITIES:
            return ramp_renderer(0.0, 1.0)
        return _RENDERERS[self.manifest.task](self)

    def apply_style(self, layer: QgsMapLayer) -> None:
        """Give a layer of such a raster its renderer, and its metadata."""
        if isinstance(layer, QgsRasterLayer):
            layer.setRenderer(self.renderer())
            if self.about is not None:
                self.about.describe(layer)


def least_confidence(manifest: Manifest, measure: Confidence) -> float:
    """The least confidence that a mapped class can have: where a ramp begins.

    The most probable of k classes has at least 1/k. A class given for balanced accuracy has the largest probability
    over share, which is at least 1, because probabilities and shares both add up to 1: so it has at least its share.
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


# How a map of each task looks.
_RENDERERS: dict[Task, Callable[[Style], QgsRasterRenderer]] = {
    Task.CLASSIFICATION: _of_classes,
    Task.MULTILABEL: _of_labels,
    Task.REGRESSION: _of_values,
}


def presence_renderer(manifest: Manifest) -> QgsRasterRenderer:
    """The first label where it is present; where it is absent, what lies below shows."""
    first = manifest.classes[0]
    entry, name = QgsPalettedRasterRenderer.Class, shown_text(first.name)
    classes = [entry(0, ABSENT, tr("not {name}").format(name=name)), entry(1, QColor(first.color), name)]
    return QgsPalettedRasterRenderer(None, 1, classes)


def ramp_renderer(minimum: float, maximum: float, unit: str = "") -> QgsRasterRenderer:
    """Values of the first band in the colours of viridis, which keep their order in grey and for the colour-blind."""
    span = (maximum - minimum) or 1.0
    suffix = f" {shown_text(unit)}" if unit else ""
    steps = [index / (len(VIRIDIS) - 1) for index in range(len(VIRIDIS))]
    stops = [QgsGradientStop(step, QColor(color)) for step, color in zip(steps[1:-1], VIRIDIS[1:-1])]
    ramp = QgsGradientColorRamp(QColor(VIRIDIS[0]), QColor(VIRIDIS[-1]), False, stops)
    function = QgsColorRampShader(minimum, minimum + span, ramp, QgsColorRampShader.Type.Interpolated)
    values = [minimum + step * span for step in steps]
    item = QgsColorRampShader.ColorRampItem
    function.setColorRampItemList(
        [item(value, QColor(color), f"{value:.4g}{suffix}") for value, color in zip(values, VIRIDIS)]
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
    """Write ``path`` with the ending .qml, which QGIS applies whenever it opens the raster; False if it cannot.

    Args:
        beside: the run's inputs; a style of that name may be one of theirs, and is left alone.
    """
    sidecar = Path(path).with_suffix(".qml")
    if not Path(path).is_file() or any(Path(other).with_suffix(".qml") == sidecar for other in beside):
        return False
    with tempfile.TemporaryDirectory(prefix="colearn-style-") as folder:
        # QGIS computes histograms of whatever it opens and GDAL keeps them beside the file, a megabyte for a few bands
        # of probabilities: so the style is made on a stand-in of one pixel.
        stand_in = Path(folder) / "stand_in.vrt"
        stand_in.write_text(_STAND_IN.format(data_type=style.data_type()), encoding="utf-8")
        layer = QgsRasterLayer(str(stand_in), Path(path).stem, "gdal")
        if not layer.isValid():
            return False
        layer.setRenderer(style.renderer())
        _message, written = layer.saveNamedStyle(str(sidecar))
        del layer  # closes the stand-in before its folder goes
    return bool(written)


class LayerStyle(Protocol):
    """A style for layers."""

    def apply_style(self, layer: QgsMapLayer) -> None:
        """Give a layer its renderer, where it is of the right kind."""


class StyleWhenLoaded(QgsProcessingLayerPostProcessorInterface):
    """Styles one output when QGIS loads it into the project."""

    def __init__(self, style: LayerStyle) -> None:
        super().__init__()
        self._style = style
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
        self.done = True


# QGIS keeps a bare pointer to a post-processor and calls it when the algorithm is long gone: they must live on, also
# while they are called; those that are done go when the next one comes.
_retained: list[StyleWhenLoaded] = []


def style_when_loaded(context: QgsProcessingContext, loaded_as: str, style: LayerStyle) -> None:
    """Style the output ``loaded_as`` once QGIS loads it, if it will."""
    if not context.willLoadLayerOnCompletion(loaded_as):
        return
    processor = StyleWhenLoaded(style)
    _retained[:] = [*(each for each in _retained if not each.done), processor]
    context.layerToLoadOnCompletionDetails(loaded_as).setPostProcessor(processor)
