"""Rasters of a project that a model's other sensors could map the same place from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from ....engine.contract import Manifest, SensorManifest
from ...training.form.sensors.header import RasterHeader
from .fit import fit_of

Rasters = tuple[RasterHeader, ...]


def companions(manifest: Manifest, sensor: str, headers: Sequence[RasterHeader]) -> dict[str, Optional[Rasters]]:
    """For each other sensor of a model the rasters that fit it, None where there are none."""
    others = [each for each in manifest.sensors if each.name != sensor]
    return {other.name: _of_sensor(other, headers) for other in others}


def _of_sensor(sensor: SensorManifest, headers: Sequence[RasterHeader]) -> Optional[Rasters]:
    """One raster that fits, that of the fewest bands beside the sensor's; else files of a band each that fit together.

    Of several that are equal the first is taken.
    """
    whole = [(header,) for header in headers if fit_of(sensor, (header,)).misfit is None]
    if whole:
        return min(whole, key=lambda rasters: len(rasters[0].bands))
    if not sensor.bands_named:
        return None
    wanted = {name.casefold() for name in sensor.band_names()}
    files: dict[tuple[str, tuple[float, float]], dict[str, RasterHeader]] = {}
    for header in headers:
        band = header.only_band()
        if band and band.casefold() in wanted:
            files.setdefault((header.crs, header.pixel), {}).setdefault(band.casefold(), header)
    sets = (tuple(found.values()) for found in files.values())
    return next((rasters for rasters in sets if fit_of(sensor, rasters).misfit is None), None)
