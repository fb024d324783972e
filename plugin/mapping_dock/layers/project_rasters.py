"""The rasters of the project that a map was most likely made from."""

from __future__ import annotations

from collections.abc import Sequence

from ....engine.contract import CoLearnError, Manifest
from ...model_card import read_manifest
from ...training.form.sensors.header import RasterHeader
from ..form.companions import Rasters, companions


def sources_of(key: str, model: str, sensor: str, headers: Rasters) -> list[str]:
    """The keys of the rasters that fit the sensor and enclose the map with that key, all of them among ``headers``.

    Empty if no image does, or several do: the right one is then unknown.
    """
    drawn = next((header for header in headers if header.key == key), None)
    try:
        manifest = read_manifest(model)
    except CoLearnError:
        return []
    around = [header for header in headers if drawn is not None and header is not drawn and _encloses(header, drawn)]
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
