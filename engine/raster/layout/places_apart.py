"""Scenes are rasters of different places: what names tell of rasters that are none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Optional

from ...process import listed
from ..alignment import (
    Misfit,
    align,
    difference,
    labels_of_dates,
    no_scenes,
    of_one_place,
    other_bands_elsewhere,
    several_places,
    unclear,
)
from ..files import RasterFile, band_words_of_files, dates_of_files
from ..scenes import View, named_band

Pair = tuple[int, int]


def require_scenes(name: str, views: Sequence[View]) -> None:
    """Refuse rasters whose names tell bands that differ, or dates or files' own words that differ at one place.

    Dates of files are of no matter where bands have dates of their own.

    Raises:
        InputError: SENSOR_LAYOUT_UNCLEAR, naming two files and how their grids differ.
    """
    files = _files(views)
    bands = tuple(map(named_band, views))
    days = () if views[0].dates else dates_of_files(files)
    words = band_words_of_files(files) if all(len(view.bands) == 1 for view in views) else ()
    if not any(bands) and not any(days) and not words:
        return
    near = tuple(of_one_place([file.grid for file in files]))
    _refuse(name, files, bands, "bands", near)
    _refuse_anywhere(name, files, bands)
    _refuse(name, files, days, "dates", near)
    if None in bands:
        _refuse(name, files, words, "names", near)


def require_one_band_a_place(name: str, views: Sequence[View]) -> None:
    """Refuse scenes, called that by a person, of one place whose names tell different bands.

    Raises:
        InputError: SENSOR_LAYOUT_UNCLEAR, naming two files and how their grids differ.
    """
    files = _files(views)
    bands = tuple(map(named_band, views))
    if len(set(bands) - {None}) > 1:
        _refuse(name, files, bands, "bands", of_one_place([file.grid for file in files]))


def require_one_date(name: str, files: tuple[RasterFile, ...]) -> None:
    """Refuse files whose names state different dates where they are taken for bands of one image by default.

    Raises:
        InputError: SENSOR_LAYOUT_UNCLEAR, naming the dates.
    """
    days = [day for day in dates_of_files(files) if day]
    if any(not (day.startswith(days[0]) or days[0].startswith(day)) for day in days):
        raise unclear(
            name,
            f"{len(files)} single-band files of several dates ({listed(dict.fromkeys(days))})",
            "the bands of one scene, all of one date",
        )


def require_one_date_a_place(name: str, files: tuple[RasterFile, ...]) -> None:
    """Refuse labels of one place whose names tell different dates.

    Raises:
        InputError: SENSOR_LAYOUT_UNCLEAR, naming two files.
    """
    days = dates_of_files(files)
    if len(set(days) - {None}) > 1:
        for one, other in of_one_place([file.grid for file in files]):
            if _differ(days[one], days[other]):
                raise labels_of_dates(name, files[one], files[other], (str(days[one]), str(days[other])))


def _files(views: Sequence[View]) -> tuple[RasterFile, ...]:
    """The file of each scene."""
    return tuple(view.files[0] for view in views)


def _refuse(
    name: str, files: tuple[RasterFile, ...], words: tuple[Optional[str], ...], kind: str, pairs: Iterable[Pair]
) -> None:
    """Raise where two files of one place, a pair, tell something different."""
    unlike = [(one, other) for one, other in pairs if words and _differ(words[one], words[other])]
    if not unlike:
        return
    found = f"{len(files)} rasters whose names indicate different {kind} ({_listed(words)})"
    for one, other in unlike:
        misfit = _misfit((files[one], files[other]))
        if misfit:
            raise no_scenes(name, found, misfit)
    # Two by two they fit: as bands of several places do, or because each lacks a little elsewhere.
    together = _misfit(files)
    if together and not isinstance(align(files, any_extent=True), Misfit):
        raise no_scenes(name, found, together)
    raise several_places(name, f"{found} of several areas")


def _misfit(files: tuple[RasterFile, ...]) -> Optional[Misfit]:
    found = align(files)
    return found if isinstance(found, Misfit) else None


def _refuse_anywhere(name: str, files: tuple[RasterFile, ...], bands: tuple[Optional[str], ...]) -> None:
    """Raise where names tell different bands, though of places that have little or nothing in common."""
    known = [at for at, band in enumerate(bands) if band]
    for at in known[1:]:
        if _differ(bands[known[0]], bands[at]):
            words = f"{len(bands)} rasters whose names indicate different bands ({_listed(bands)})"
            apart = difference(files[known[0]].grid, files[at].grid)
            raise other_bands_elsewhere(name, words, Misfit(files[known[0]], files[at], apart, on_one_lattice=False))


def _differ(one: Optional[str], other: Optional[str]) -> bool:
    return one is not None and other is not None and one.casefold() != other.casefold()


def _listed(words: tuple[Optional[str], ...]) -> str:
    return listed(dict.fromkeys(each for each in words if each))
