"""The layers behind a form: layers of the project by id, others by source."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Optional

from qgis.core import QgsMapLayer, QgsProcessingContext, QgsProject, QgsRasterLayer, QgsVectorLayer

from ...layers.opened_layers import open_raster, open_vector, settle_crs
from ...layers.virtual_raster import says_more_than_its_file


class LayerStore:
    """Finds layers by key; owns those that are not in the project."""

    def __init__(self) -> None:
        self._own: dict[str, QgsMapLayer] = {}

    def find(self, key: str) -> Optional[QgsMapLayer]:
        """The layer of a key; None if it no longer exists."""
        return QgsProject.instance().mapLayer(key) or self._own.get(key)

    def key_of(self, layer: QgsMapLayer) -> str:
        """The key of a layer; a layer that is neither in the project nor open is opened for the form."""
        if QgsProject.instance().mapLayer(layer.id()) is not None:
            return str(layer.id())
        own = next((key for key, each in self._own.items() if each.id() == layer.id()), None)
        if own is not None:
            return own
        opened = self.open_raster if isinstance(layer, QgsRasterLayer) else self.open_vector
        opened(layer.source(), layer.name())
        return str(layer.source())

    def open_raster(self, source: str, name: str = "") -> QgsRasterLayer:
        """The raster of a source, opened for the form alone; its key is the source."""
        if not isinstance(self._own.get(source), QgsRasterLayer):
            self.adopt(source, settle_crs(open_raster(source, name)))
        return self._own[source]

    def adopt(self, source: str, layer: QgsMapLayer) -> None:
        """Own a layer that was opened elsewhere, for the form alone; its key is the source."""
        self._own[source] = layer

    def owned(self, key: str) -> Optional[QgsMapLayer]:
        """The layer of a key that was opened for the form alone."""
        return self._own.get(key)

    def open_vector(self, source: str, name: str = "") -> QgsVectorLayer:
        """The vector layer of a source, opened for the form alone; its key is the source."""
        if not isinstance(self._own.get(source), QgsVectorLayer):  # the file may have been opened as a raster before
            self.adopt(source, settle_crs(open_vector(source, name)))
        return self._own[source]

    @contextmanager
    def lent(self, context: QgsProcessingContext) -> Iterator[None]:
        """While it lasts, Processing finds the form's own layers by their sources instead of opening them again."""
        usable = [layer for layer in self._own.values() if layer.isValid()]
        for layer in usable:
            context.temporaryLayerStore().addMapLayer(layer)
        try:
            yield
        finally:
            for layer in usable:
                context.temporaryLayerStore().takeMapLayer(layer)

    def forget(self, key: str) -> None:
        """Close a layer that was opened for the form alone."""
        self._own.pop(key, None)

    def close(self) -> None:
        """Close all layers that were opened for the form alone; GDAL datasets must be closed before QGIS exits."""
        self._own.clear()

    def reopened(self, layer: QgsMapLayer) -> str:
        """Keep a copy of a layer that leaves the project; returns its new key, empty if its data is lost with it."""
        if layer.providerType() not in ("gdal", "ogr"):
            return ""
        self._own[layer.source()] = layer.clone()
        return str(layer.source())

    def parameter(self, key: str) -> Any:
        """The parameter value for a key: the layer's id or source; the layer itself if it is not just its file."""
        layer = self._own.get(key)
        if layer is None or QgsProject.instance().mapLayer(key) is not None:
            return key
        is_file = layer.name() == Path(key.split("|", maxsplit=1)[0]).stem
        if isinstance(layer, QgsRasterLayer) and layer.isValid():
            is_file = is_file and not says_more_than_its_file(layer)
        return key if is_file else layer
