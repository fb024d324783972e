"""The rasters of the project that a map was most likely made from."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.core import QgsProject, QgsRasterLayer

from ....engine.contract import CoLearnError, Manifest
from ...model_card import read_manifest
from ...training.form.sensors.header import RasterHeader
from ...training.layers.header_reading import header_of
from ..form.companions import Rasters, companions


def headers_in_project(but: str = "") -> list[RasterHeader]:
    """The headers of the project's raster layers, except the layer with the id ``but``."""
    layers = [each for each in QgsProject.instance().mapLayers().values() if isinstance(each, QgsRasterLayer)]
    return [header_of(layer.id(), layer) for layer in layers if layer.id() != but]


def sources_of(map_layer: QgsRasterLayer, model: str, sensor: str) -> list[str]:
    """The ids of the rasters that fit the sensor and enclose the map.

    Empty if no image does, or several do: the right one is then unknown.
    """
    try:
        manifest = read_manifest(model)
    except CoLearnError:
        return []
    drawn = header_of("", map_layer)
    around = [header for header in headers_in_project(but=map_layer.id()) if _encloses(header, drawn)]
    found = _first(manifest, sensor, around)
    others = [header for header in around if header not in found]
    return [] if _first(manifest, sensor, others) else [raster.key for raster in found]


def _first(manifest: Manifest, sensor: str, headers: Sequence[RasterHeader]) -> Rasters:
    return companions(manifest, "", headers).get(sensor) or ()


def _encloses(raster: RasterHeader, drawn: RasterHeader) -> bool:
    """Whether the map's extent lies within the raster's, give or take half a pixel."""
    outer, inner = raster.bounds, drawn.bounds
    if outer is None or inner is None or raster.crs != drawn.crs:
        return False
    spare_x, spare_y = raster.pixel[0] / 2, raster.pixel[1] / 2
    return (
        outer.west <= inner.west + spare_x
        and inner.east <= outer.east + spare_x
        and outer.south <= inner.south + spare_y
        and inner.north <= outer.north + spare_y
    )
