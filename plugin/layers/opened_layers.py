"""Layers opened in any thread.

QGIS reads pixels when it opens a raster, a second or more of a JPEG 2000 file; OGR may read a whole vector file.
"""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsApplication, QgsMapLayer, QgsMapLayerStyle, QgsRasterLayer, QgsVectorLayer


def open_raster(source: str, name: str = "") -> QgsRasterLayer:
    """A raster that GDAL reads, as a layer of the thread that calls; named after its file unless a name is given.

    In QGIS's own thread :func:`settle_crs` completes it.
    """
    options = QgsRasterLayer.LayerOptions()
    options.skipCrsValidation = True  # QGIS may ask the user, which only its own thread can
    return QgsRasterLayer(source, name or _stem(source), "gdal", options)


def open_vector(source: str, name: str = "") -> QgsVectorLayer:
    """A vector layer that OGR reads; otherwise as :func:`open_raster`."""
    options = QgsVectorLayer.LayerOptions()
    options.skipCrsValidation = True
    layer = QgsVectorLayer(source, name or _stem(source), "ogr", options)
    layer.featureCount()  # may read the whole file; the layer remembers it
    return layer


def hand_over(layer: QgsMapLayer) -> None:
    """Give QGIS's own thread a layer of the thread that calls."""
    layer.moveToThread(QgsApplication.instance().thread())


def settle_crs(layer: QgsMapLayer) -> QgsMapLayer:
    """The layer, with the CRS that QGIS's settings provide for layers without one; called in QGIS's own thread."""
    crs = layer.crs()
    if layer.isValid() and layer.isSpatial() and not crs.isValid():
        crs.validate()
        if crs.isValid():
            layer.setCrs(crs)
    return layer


class RasterSettings:
    """What is set on a raster layer in QGIS, to be set on another layer of its source."""

    def __init__(self, layer: QgsRasterLayer) -> None:
        provider = layer.dataProvider()
        self.name = layer.name()
        self._crs = layer.crs()
        self._style = QgsMapLayerStyle()
        self._style.readFromLayer(layer)
        self._nodata = [
            (number, provider.useSourceNoDataValue(number), provider.userNoDataValues(number))
            for number in range(1, layer.bandCount() + 1)
        ]

    def set_on(self, layer: QgsRasterLayer) -> QgsRasterLayer:
        """The layer, with these settings; called in QGIS's own thread."""
        if layer.isValid():
            provider = layer.dataProvider()
            for number, is_own_used, values in self._nodata:
                provider.setUseSourceNoDataValue(number, is_own_used)
                provider.setUserNoDataValue(number, values)
            self._style.writeToLayer(layer)
        layer.setCrs(self._crs)
        return layer


def _stem(source: str) -> str:
    return Path(source.split("|", maxsplit=1)[0]).stem or source
