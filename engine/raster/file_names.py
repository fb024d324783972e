"""What a raster file calls its bands and its date, by whatever name says it first."""

from __future__ import annotations

from pathlib import PurePath
from typing import Optional

from .names import DatedName, names_of_files, take_apart, without_ending
from .raster_file import RasterBand, RasterFile


def band_name(file: RasterFile, band: RasterBand) -> str:
    """A band's name; empty where the file gives none (its own name is no name of a band)."""
    own = without_ending(PurePath(file.source.path).name)
    return "" if len(file.bands) == 1 and band.name == own else band.name


def dated_names(file: RasterFile) -> list[DatedName]:
    """The names of a file's bands, taken apart."""
    return [take_apart(band_name(file, band)) for band in file.bands]


def band_names_of_files(files: tuple[RasterFile, ...]) -> Optional[tuple[str, ...]]:
    """Names of single-band files as bands: their descriptions, else layer names, else file names; None = no telling."""
    described_as = tuple(dated_names(file)[0].stem for file in files)
    if all(described_as) and len(set(described_as)) == len(files):
        return described_as
    by_layer = names_of_files([file.source.name for file in files])
    return by_layer or names_of_files([PurePath(file.source.path).name for file in files])


def dates_of_files(files: tuple[RasterFile, ...]) -> tuple[Optional[str], ...]:
    """The one date of each file: its bands', else the layer's, else the file name's."""
    return tuple(_date_of(file) for file in files)


def _date_of(file: RasterFile) -> Optional[str]:
    of_bands = {name.date for name in dated_names(file)}
    if len(of_bands) == 1 and None not in of_bands:
        return of_bands.pop()
    return take_apart(file.source.name).date or take_apart(without_ending(PurePath(file.source.path).name)).date
