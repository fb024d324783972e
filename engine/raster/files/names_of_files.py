"""Band names and date of a raster file, from the first of its names that contains them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import Optional

from ...contract.naming import DatedName, band_in_name, first_by_rule, names_of_files, take_apart, without_ending
from .dataset import RasterBand, RasterFile


def band_name(file: RasterFile, band: RasterBand) -> str:
    """A band's name; empty if the file has none (the file name is not a band name)."""
    own = without_ending(PurePath(file.source.path).name)
    return "" if len(file.bands) == 1 and band.name == own else band.name


def dated_names(file: RasterFile) -> list[DatedName]:
    """The parsed names of a file's bands."""
    return [take_apart(band_name(file, band)) for band in file.bands]


def band_names_of_files(files: tuple[RasterFile, ...]) -> Optional[tuple[str, ...]]:
    """Band names of single-band files: descriptions, else layer names, else file names; None if undetermined."""
    described_as = tuple(dated_names(file)[0].stem for file in files)
    if all(described_as) and len(set(described_as)) == len(files):
        return described_as
    by_layer = _band_names([file.source.name for file in files])
    return by_layer or _band_names([PurePath(file.source.path).name for file in files])


def _band_names(names: Sequence[str]) -> Optional[tuple[str, ...]]:
    """The bands in names, wherever they occur (Sentinel-1's end in numbers), else the parts in which names differ."""
    words = tuple(band_in_name(name) or "" for name in names)
    apart = len({band.casefold() for band in words}) == len(names)
    return words if all(words) and apart else names_of_files(names)


def band_of_file(file: RasterFile) -> Optional[str]:
    """The band in the layer's name, else in the file name."""
    return band_in_name(file.source.name) or band_in_name(PurePath(file.source.path).name)


def band_words_of_files(files: tuple[RasterFile, ...]) -> tuple[str, ...]:
    """Names of files as bands; none if they are only numbers (a processing time, a counter)."""
    names = band_names_of_files(files)
    return names if names and not all(name.isdecimal() for name in names) else ()


def dates_of_files(files: tuple[RasterFile, ...]) -> tuple[Optional[str], ...]:
    """The single date of each file: from its bands, else the layer's name, else the file name."""
    return tuple(_dated(file)[1].date for file in files)


def date_notes(files: tuple[RasterFile, ...]) -> tuple[str, ...]:
    """Notes if the acquisition date is one of several dates in a file's name."""
    return first_counts([_dated(file)[0] for file in files])


def band_date_notes(file: RasterFile) -> tuple[str, ...]:
    """Notes if the acquisition date is one of several dates in the names of a file's bands."""
    return first_counts([band_name(file, band) for band in file.bands])


def first_counts(names: Sequence[str]) -> tuple[str, ...]:
    """A note for names with several dates, unless a product's naming convention defines them."""
    unclear = [name for name in names if take_apart(name).others and not first_by_rule(name)]
    if not unclear:
        return ()
    apart = take_apart(unclear[0])
    more = f", likewise in {len(unclear) - 1} more" if len(unclear) > 1 else ""
    note = (
        f"The name {unclear[0]} contains several dates; the first, {apart.date}, is taken as the acquisition date{more}"
    )
    return (f"{note} (the others are {', '.join(apart.others)}).",)


def _dated(file: RasterFile) -> tuple[str, DatedName]:
    """The name that contains a file's date, and the parsed name."""
    of_bands = [band_name(file, band) for band in file.bands]
    dates = {take_apart(name).date for name in of_bands}
    if len(dates) == 1 and None not in dates:
        return of_bands[0], take_apart(of_bands[0])
    of_layer = take_apart(file.source.name)
    if of_layer.date:
        return file.source.name, of_layer
    of_file = without_ending(PurePath(file.source.path).name)
    return of_file, take_apart(of_file)
