"""Raster layers opened in any thread. QGIS reads pixels when it opens one, a second or more of a JPEG 2000 file."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsApplication, QgsRasterLayer


def open_raster(source: str, name: str = "") -> QgsRasterLayer:
    """A raster that GDAL reads, as a layer of the thread that calls; named after its file unless a name is given.

    In QGIS's own thread :func:`settle_crs` completes it.
    """
    options = QgsRasterLayer.LayerOptions()
    options.skipCrsValidation = True  # QGIS may ask the user, which only its own thread can
    return QgsRasterLayer(source, name or _stem(source), "gdal", options)


def hand_over(layer: QgsRasterLayer) -> None:
    """Give QGIS's own thread a layer of the thread that calls."""
    layer.moveToThread(QgsApplication.instance().thread())


def settle_crs(layer: QgsRasterLayer) -> QgsRasterLayer:
    """The layer, with the CRS that QGIS's settings provide for rasters without one; called in QGIS's own thread."""
    crs = layer.crs()
    if layer.isValid() and not crs.isValid():
        crs.validate()
        if crs.isValid():
            layer.setCrs(crs)
    return layer


def _stem(source: str) -> str:
    return Path(source.split("|", maxsplit=1)[0]).stem or source
