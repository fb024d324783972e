"""Rasters of a project from which a model's other sensors could map the same area."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from ....engine.contract import Manifest, SensorManifest
from ...training.form.sensors.header import RasterHeader
from .fit import fit_of

Rasters = tuple[RasterHeader, ...]


def companions(manifest: Manifest, sensor: str, headers: Sequence[RasterHeader]) -> dict[str, Optional[Rasters]]:
    """The rasters that fit each other sensor of a model; None if no raster does."""
    others = [each for each in manifest.sensors if each.name != sensor]
    return {other.name: _of_sensor(other, headers) for other in others}


def _of_sensor(sensor: SensorManifest, headers: Sequence[RasterHeader]) -> Optional[Rasters]:
    """One raster that fits, the one with the fewest extra bands; else single-band files that fit together.

    Ties go to the first.
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
