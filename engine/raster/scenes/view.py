"""One area as its files show it: where each band of each date is stored, before bands are chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Optional

from ...contract import InputError
from ...contract.naming import DatedName
from ...process import counted, listed
from ..alignment import bands_differ, dates_differ, once_each, unclear
from ..files import RasterFile, band_date_notes, band_name, band_of_file, dated_names
from .interpolation import Interpolation
from .quality_mask import MaskPlane
from .scene import Plane, Scene


@dataclass(frozen=True)
class View:
    """The ordered files of one area.

    ``bands`` are names (numbers from 1 where ``named`` is false); ``dates`` is empty for an image, else ascending ISO
    dates (``1``, ``2``, … where ``dates_known`` is false). ``planes[date][band]`` is where pixels are stored, None
    if that date lacks the band; an image has one row of planes. ``masks[date]`` are the rules of the quality mask,
    if there is one. ``notes`` are lines for the log.
    """

    name: str
    files: tuple[RasterFile, ...]
    bands: tuple[str, ...]
    named: bool
    dates: tuple[str, ...]
    dates_known: bool
    planes: tuple[tuple[Optional[Plane], ...], ...]
    notes: tuple[str, ...] = ()
    interpolation: Optional[Interpolation] = None
    masks: tuple[tuple[MaskPlane, ...], ...] = ()

    def take(self, positions: Sequence[int]) -> View:
        """The view with only the bands at ``positions``, in that order."""
        planes = tuple(tuple(row[at] for at in positions) for row in self.planes)
        return replace(self, bands=tuple(self.bands[at] for at in positions), planes=planes)

    def on_dates(self, dates: tuple[str, ...], needed: Sequence[int], interpolation: Interpolation) -> View:
        """The view on other ``dates``, derived from those at the indices ``needed``.

        Raises:
            InputError: BANDS_DIFFER, one of them lacks a band that others have.
        """
        self._require_all_bands()
        planes = tuple(self.planes[at] for at in needed)
        masks = tuple(self.masks[at] for at in needed) if self.masks else ()
        return replace(self, dates=dates, planes=planes, interpolation=interpolation, masks=masks)

    def scene(self) -> Scene:
        """The scene to read from.

        Raises:
            InputError: BANDS_DIFFER, a date lacks a band that others have.
        """
        if self.interpolation is None:
            self._require_all_bands()
        planes = [plane for row in self.planes for plane in row if plane is not None]
        used = sorted({plane.file for plane in planes})
        files = tuple(self.files[at] for at in used)
        moved = tuple(Plane(used.index(plane.file), plane.number) for plane in planes)
        return Scene(self.name, files[0].grid, files, moved, len(self.dates) or None, self.interpolation, self.masks)

    def _require_all_bands(self) -> None:
        for at, row in enumerate(self.planes):
            has = [band for band, plane in zip(self.bands, row) if plane is not None]
            if len(has) < len(row):
                raise bands_differ(
                    self.name, f"the bands {listed(has)} on {self.dates[at]}", f"{listed(self.bands)} on every date"
                )

    def bad_bands(self) -> tuple[int, ...]:
        """Indices of the bands that a file marks as bad, on any date."""
        stored = [[plane and self.files[plane.file].band(plane.number) for plane in row] for row in self.planes]
        return tuple(
            at for at in range(len(self.bands)) if any(band and band.bad for band in (row[at] for row in stored))
        )

    def dtypes(self) -> set[str]:
        """Types of the bands used."""
        return {self.files[plane.file].band(plane.number).dtype for row in self.planes for plane in row if plane}


def image_view(file: RasterFile) -> View:
    """One raster as an image. A date common to all bands is not part of their names."""
    apart = dated_names(file)
    dates = {name.date for name in apart}
    stems = [name.stem for name in apart]
    one_date = len(dates) == 1 and None not in dates and (len(set(stems)) == len(stems))
    bands, named, notes = labelled(stems if one_date else [band_name(file, band) for band in file.bands])
    planes = tuple(Plane(0, band.number) for band in file.bands)
    return View(file.label, (file,), bands, named, (), True, (planes,), notes)


def stack_view(file: RasterFile, dates: Optional[int]) -> View:
    """One raster whose bands cover several dates: found in their names, else ``dates`` of them, date by date.

    Raises:
        InputError: neither names nor ``dates`` give dates, a band occurs twice on a date, or the two disagree.
    """
    apart = dated_names(file)
    if any(name.date for name in apart):
        return _named_stack(file, apart, dates)
    if dates is None:
        raise unclear(
            file.label,
            f"a stack of {len(apart)} bands whose names contain no dates ({listed(name.stem for name in apart)})",
            "bands named BAND_YYYY-MM or BAND_YYYY-MM-DD, or the number of dates (SENSOR_X_DATES)",
        )
    return _numbered_stack(file, apart, dates)


def _named_stack(file: RasterFile, apart: list[DatedName], dates: Optional[int]) -> View:
    days = tuple(sorted({name.date for name in apart if name.date}))
    if dates is not None and dates != len(days):
        raise dates_differ(file.label, f"{len(days)} dates in the band names ({listed(days)})", f"{dates} dates")
    stems = tuple(dict.fromkeys(name.stem for name in apart if name.date))
    places: dict[tuple[str, str], Plane] = {}
    for band, name in zip(file.bands, apart):
        if name.date is None:
            continue
        earlier = places.get((name.date, name.stem))
        if earlier:
            raise _band_twice(file, name, earlier.number, band.number)
        places[name.date, name.stem] = Plane(0, band.number)
    planes = tuple(tuple(places.get((day, stem)) for stem in stems) for day in days)
    bands, named, notes = labelled(stems)
    return View(file.label, (file,), bands, named, days, True, planes, (*notes, *band_date_notes(file)))


def _band_twice(file: RasterFile, name: DatedName, one: int, other: int) -> InputError:
    called = [f"band {number} ({file.band(number).name})" for number in (one, other)]
    return unclear(
        file.label,
        f"two bands {name.stem} of {name.date}: {' and '.join(called)}",
        f"each band once per date{once_each(name.date or '')}",
    )


def _numbered_stack(file: RasterFile, apart: list[DatedName], dates: int) -> View:
    each, left = divmod(len(apart), dates)
    if left or not each:
        raise dates_differ(file.label, f"{len(apart)} bands", f"{dates} dates with the same number of bands each")
    rows = [apart[start : start + each] for start in range(0, len(apart), each)]
    stems = [name.stem for name in rows[0]]
    repeat = all([name.stem for name in row] == stems for row in rows)
    bands, named, notes = labelled(stems if repeat else [""] * each)
    numbers = [band.number for band in file.bands]
    planes = tuple(tuple(Plane(0, number) for number in numbers[at * each : (at + 1) * each]) for at in range(dates))
    read_as = f"{dates} dates with {counted(each, 'band')} each"
    order = f"The band names contain no dates: read as {read_as}, in the given order."
    return View(file.label, (file,), bands, named, numbered(dates), False, planes, (*notes, order))


def same_bands(first: View, other: View) -> list[int]:
    """Indices in ``other`` of the bands of ``first``: by name if names exist, else by order.

    Raises:
        InputError: BANDS_DIFFER, naming both lists.
    """
    if first.named and other.named and set(first.bands) == set(other.bands):
        return [other.bands.index(band) for band in first.bands]
    if not first.named and not other.named and len(first.bands) == len(other.bands):
        return list(range(len(first.bands)))
    raise bands_differ(other.name, described(other), f"as in {first.name}: {described(first)}")


def notes_on_bad(view: View) -> tuple[str, ...]:
    """Notes on bands that are excluded because a file marks them as bad."""
    bad = [view.bands[at] for at in view.bad_bands()]
    if not bad:
        return ()
    return (
        f"{len(bad)} of {len(view.bands)} bands are marked as bad in the file (bbl) and excluded: {listed(bad)}. To "
        f"use them anyway, list the bands (SENSOR_X_BANDS).",
    )


def described(view: View) -> str:
    """The bands of a view, as text."""
    return f"the bands {listed(view.bands)}" if view.named else f"{counted(view.bands, 'band')} without names"


def numbered(count: int) -> tuple[str, ...]:
    """``1``, ``2``, … as names."""
    return tuple(str(number + 1) for number in range(count))


def labelled(names: Sequence[str]) -> tuple[tuple[str, ...], bool, tuple[str, ...]]:
    """Names, replaced by numbers if missing; whether they are names; and notes."""
    numbers = numbered(len(names))
    if not any(names):
        note = ("The bands have no names and are identified by their order.",) if len(names) > 1 else ()
        return numbers, False, note
    filled = tuple(name or number for name, number in zip(names, numbers))
    if len(set(filled)) == len(filled):
        return filled, True, ()
    twice = listed(dict.fromkeys(name for name in filled if filled.count(name) > 1))
    return (
        numbers,
        False,
        (f"Some band names occur more than once ({twice}): the bands are identified by their order.",),
    )


def named_by_files(views: Sequence[View], alike: bool = True) -> list[View]:
    """Single-band views without band names, named by their files if every file name contains a band.

    Args:
        alike: only if all contain the same band.
    """
    found = [None if view.named else named_band(view) for view in views]
    spelling: dict[str, str] = {}
    names = [spelling.setdefault(band.casefold(), band) for band in found if band]
    if len(names) < len(views) or (alike and len(spelling) > 1):
        return list(views)
    return [replace(view, bands=(name,), named=True) for view, name in zip(views, names)]


def named_band(view: View) -> Optional[str]:
    """The band of a single-band view, from its name, else its file's; None if unknown or if it has more bands."""
    if len(view.bands) > 1:
        return None
    return view.bands[0] if view.named else band_of_file(view.files[0])
