"""Scenes are rasters of different areas: recognizing by their names rasters that are not scenes."""

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
    """Refuse rasters whose names contain different bands, or different dates or words in the same area.

    Dates of files are ignored if the bands have dates.

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
    """Refuse scenes, declared as such by the user, of the same area whose names contain different bands.

    Raises:
        InputError: SENSOR_LAYOUT_UNCLEAR, naming two files and how their grids differ.
    """
    files = _files(views)
    bands = tuple(map(named_band, views))
    if len(set(bands) - {None}) > 1:
        _refuse(name, files, bands, "bands", of_one_place([file.grid for file in files]))


def require_one_date(name: str, files: tuple[RasterFile, ...]) -> None:
    """Refuse files with different dates in their names if they are bands of one image only by default.

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
    """Refuse label rasters of the same area whose names contain different dates.

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
    """Raise if two files of the same area (a pair) differ."""
    unlike = [(one, other) for one, other in pairs if words and _differ(words[one], words[other])]
    if not unlike:
        return
    found = f"{len(files)} rasters whose names indicate different {kind} ({_listed(words)})"
    for one, other in unlike:
        misfit = _misfit((files[one], files[other]))
        if misfit:
            raise no_scenes(name, found, misfit)
    # All pairs fit, as do bands of several areas, or files that each lack a different part.
    together = _misfit(files)
    if together and not isinstance(align(files, any_extent=True), Misfit):
        raise no_scenes(name, found, together)
    raise several_places(name, f"{found} of several areas")


def _misfit(files: tuple[RasterFile, ...]) -> Optional[Misfit]:
    found = align(files)
    return found if isinstance(found, Misfit) else None


def _refuse_anywhere(name: str, files: tuple[RasterFile, ...], bands: tuple[Optional[str], ...]) -> None:
    """Raise if names contain different bands although the areas overlap little or not at all."""
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
