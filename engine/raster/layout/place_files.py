"""Files of one area combined: as the bands of an image, or as the dates of a series."""

from __future__ import annotations

from collections.abc import Sequence

from ...process import listed
from ..alignment import Misfit, align, grids_differ, once_each, require_one_pixel_size, unclear
from ..files import RasterFile, band_names_of_files, date_notes, dated_names, dates_of_files
from ..scenes import Plane, View, image_view, labelled, named_by_files, numbered, same_bands


def bands_view(name: str, files: tuple[RasterFile, ...], any_extent: bool = False) -> View:
    """Files that are bands of one image, cropped to their common window.

    Args:
        any_extent: accept a window of any size.

    Raises:
        InputError: SENSOR_GRIDS_DIFFER.
    """
    files, more = _on_one_grid(name, files, any_extent)
    single = all(len(file.bands) == 1 for file in files)
    if single:
        own = band_names_of_files(files) or ("",) * len(files)
    else:
        own = tuple(stem.stem for file in files for stem in dated_names(file))
    bands, named, notes = labelled(own)
    planes = tuple(Plane(at, band.number) for at, file in enumerate(files) for band in file.bands)
    return View(name, files, bands, named, (), True, (planes,), (*notes, *more))


def dates_view(name: str, files: tuple[RasterFile, ...], any_extent: bool = False) -> View:
    """Files that are dates of one area, sorted if their names (or those of their bands) contain the date.

    They are cropped to their common window, which with ``any_extent`` may be of any size.

    Raises:
        InputError: SENSOR_GRIDS_DIFFER, BANDS_DIFFER, or a repeated date.
    """
    files, notes = _on_one_grid(name, files, any_extent)
    days = dates_of_files(files)
    known = None not in days
    if known:
        require_once(name, files)
        notes = (*notes, *date_notes(files))
        files = tuple(file for _, file in sorted(zip(days, files), key=lambda pair: str(pair[0])))
    else:
        undated = listed(file.label for file, day in zip(files, days) if day is None)
        notes = (*notes, f"No date in the names of {undated}: the given order is taken as the order of the dates.")
    views = named_by_files([image_view(file) for file in files], alike=False)
    first = views[0]
    rows = []
    for at, view in enumerate(views):
        order = [plane for plane in view.take(same_bands(first, view)).planes[0] if plane]
        rows.append(tuple(Plane(at, plane.number) for plane in order))
    dates = tuple(sorted(str(day) for day in days)) if known else numbered(len(files))
    return View(name, files, first.bands, first.named, dates, known, tuple(rows), first.notes + notes)


def _on_one_grid(
    name: str, files: tuple[RasterFile, ...], any_extent: bool
) -> tuple[tuple[RasterFile, ...], tuple[str, ...]]:
    """The files cropped to their common window, with notes."""
    found = align(files, any_extent=any_extent)
    if isinstance(found, Misfit):
        require_one_pixel_size(name, files)
        raise grids_differ(name, found)
    return found.files, found.notes


def require_once(name: str, files: Sequence[RasterFile]) -> None:
    """Refuse two files of the same date.

    Raises:
        InputError: SENSOR_LAYOUT_UNCLEAR, naming both.
    """
    first_of: dict[str, RasterFile] = {}
    for day, file in zip(dates_of_files(tuple(files)), files):
        if day in first_of:
            found = f"two rasters of {day}: {first_of[day].label} and {file.label}"
            raise unclear(name, found, f"one raster for each date{once_each(day)}")
        if day:
            first_of[day] = file
