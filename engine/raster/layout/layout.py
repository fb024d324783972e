"""Inferring the layout of a sensor's rasters, if the user has not chosen one."""

from __future__ import annotations

from ...contract import Layout
from ...process import listed
from ..alignment import Misfit, align, beside, require_one_pixel_size, several_places, unclear
from ..files import RasterFile, band_names_of_files, band_words_of_files, dated_names, dates_of_files
from ..scenes import View, described, image_view, named_band, stack_view
from .place_files import require_once
from .places_apart import require_scenes


def infer_layout(name: str, files: tuple[RasterFile, ...], dates: int | None, chosen: bool) -> Layout:
    """The layout of a sensor's rasters.

    Args:
        name: the sensor, for messages.
        dates: the number of dates of unnamed stacks, None if none was given.
        chosen: whether bands are chosen by the user, so that undated bands may occur together with dated ones.

    Raises:
        InputError: SENSOR_LAYOUT_UNCLEAR, stating what was found.
    """
    for file in files if dates is None and not chosen else ():
        _require_all_or_none(file)
    stacks = [file for file in files if dates is not None or is_stack(file, chosen)]
    if len(files) == 1:
        return Layout.STACK if stacks else Layout.SCENES
    if len(stacks) not in (0, len(files)):
        others = listed(file.label for file in files if file not in stacks)
        raise unclear(
            name, f"stacks of dates together with rasters whose bands have no dates ({others})", "only one of the two"
        )
    views = [stack_view(file, dates) if stacks else image_view(file) for file in files]
    found = align(files)
    if isinstance(found, Misfit):
        return _on_many_grids(name, files, views, found)
    return _on_one_grid(name, files, views, bool(stacks))


def is_stack(file: RasterFile, chosen: bool) -> bool:
    """Whether a raster's band names carry several dates (all of them, unless bands are chosen)."""
    dates = [name.date for name in dated_names(file)]
    return len(set(dates) - {None}) > 1 and (chosen or None not in dates)


def _require_all_or_none(file: RasterFile) -> None:
    apart = dated_names(file)
    dated = [name for name in apart if name.date]
    if len(dated) < len(apart) and len({name.date for name in dated}) > 1:
        undated = listed(name.stem for name in apart if not name.date)
        raise unclear(
            file.label,
            f"{len(dated)} bands with dates in their names together with bands without: {undated}",
            "a date in the name of every band, or a selection of bands (SENSOR_X_BANDS)",
        )


def _on_one_grid(name: str, files: tuple[RasterFile, ...], views: list[View], stacks: bool) -> Layout:
    days = dates_of_files(files)
    all_differ = None not in days and len(set(days)) == len(days)
    one_date = len(set(days)) == 1
    alike = all(view.bands == views[0].bands and view.named == views[0].named for view in views)
    single = all(len(file.bands) == 1 for file in files)
    if not stacks and single and one_date and band_names_of_files(files):
        return Layout.BANDS
    # B02 of one day and B03 of another are not a series of one band.
    other_bands = () if views[0].named or not single else _other_bands(files, views)
    if not stacks and alike and all_differ and not other_bands:
        return Layout.DATES
    if not stacks and None not in days and not one_date and not all_differ:
        if other_bands:
            raise several_places(name, f"{len(files)} files of the bands {listed(other_bands)} on several dates")
        if alike:
            require_once(name, files)
    seen = f"dates {listed(days)}" if all_differ else "no dates that distinguish them"
    seen += f", in files whose names end in {listed(other_bands)}" if other_bands else ""
    kind = "stacks of dates" if stacks else "rasters"
    bands = f"each with {described(views[0])}" if alike else f"with {_unlike(views)}"
    raise unclear(
        name,
        f"{len(files)} {kind} on one grid, {bands}, and {seen}",
        "bands of one scene (one band per file, named in the file name), dates of one area (the same bands, a date "
        "in each file name), or scenes of different areas",
    )


def _other_bands(files: tuple[RasterFile, ...], views: list[View]) -> tuple[str, ...]:
    """The bands in the names of single-band files, if there is more than one."""
    words = tuple(dict.fromkeys(band for band in map(named_band, views) if band))
    return words if len(words) > 1 else () if words else band_words_of_files(files)


def _on_many_grids(name: str, files: tuple[RasterFile, ...], views: list[View], misfit: Misfit) -> Layout:
    alike = all(set(view.bands) == set(views[0].bands) and view.named == views[0].named for view in views)
    require_one_pixel_size(name, files)
    require_scenes(name, views)
    if alike:
        return Layout.SCENES
    raise unclear(
        name,
        f"{len(files)} rasters on different grids ({beside(misfit)}), with {_unlike(views)}",
        "scenes with the same bands, or bands or dates on one grid",
    )


def _unlike(views: list[View]) -> str:
    """A comparison of the bands of the first raster and of the first one that differs from it."""
    first = views[0]
    for other in views[1:]:
        if set(other.bands) != set(first.bands) or other.named != first.named:
            return f"{described(first)} in {first.name}, but {described(other)} in {other.name}"
    return "bands in different orders"
