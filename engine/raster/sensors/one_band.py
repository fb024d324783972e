"""The band of a raster that contains classes: its only one, or the one named by the user."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...contract import ErrorCode, InputError, Layout, RasterSource
from ...process import listed
from ..files import RasterBand, RasterFile
from ..layout import SensorRasters, arrange, assemble, look_at_each


def open_one_band(
    name: str,
    rasters: Sequence[RasterSource],
    asked: str,
    parameter: str,
    code: ErrorCode,
    nodata: tuple[float, ...] = (),
) -> SensorRasters:
    """Rasters of different areas, opened with one band each: the requested one, or the only one.

    Args:
        asked: its name, or its number from 1; empty if there is only one.
        parameter: the parameter that specifies it.
        code: of the error for several bands.

    Raises:
        InputError: ``code``; BANDS_UNKNOWN, there is no such band; or a raster that cannot be used.
    """
    files = look_at_each(name, rasters, nodata)
    chosen = tuple(replace(file, bands=(the_band(file, asked, parameter, code),)) for file in files)
    return assemble(name, Layout.SCENES, arrange(name, chosen, Layout.SCENES, None), by_order=True)


def the_band(file: RasterFile, asked: str, parameter: str, code: ErrorCode) -> RasterBand:
    """The requested band of the file (by name, or by number from 1), or its only one.

    Raises:
        InputError: ``code``, several bands and none requested; BANDS_UNKNOWN, the requested one does not exist.
    """
    names = [band.name or str(band.number) for band in file.bands]
    if not asked and len(file.bands) == 1:
        return file.bands[0]
    if not asked:
        raise InputError(
            code,
            subject=file.label,
            found=f"{len(file.bands)} bands ({listed(names)})",
            expected="one band of classes or values",
            remedy=f"Choose the band ({parameter}). An RGB rendering or a probability raster contains no class "
            f"codes: choose the raster that it was made from.",
        )
    number = int(asked) if asked.isdecimal() else 0
    found = [band for band in file.bands if band.name == asked] or [b for b in file.bands if b.number == number]
    if found:
        return found[0]
    raise InputError(
        ErrorCode.BANDS_UNKNOWN,
        subject=file.label,
        found=f"the band {asked} in {parameter}",
        expected=f"one of {listed(names)}, by name or by number from 1",
        remedy=f"Correct {parameter}, or leave it empty where the raster has one band.",
    )
