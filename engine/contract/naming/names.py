"""Parsing band, file and layer names: dates, band names, wavelengths. Plain text in, plain text out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Optional

_YEAR = r"(?P<year>(?:19|20)\d\d)"
_MONTH = r"(?P<month>0[1-9]|1[0-2])"
_DAY = r"(?P<day>0[1-9]|[12]\d|3[01])"
_TIME = r"(?:[Tt ]?(?:[01]\d|2[0-3]):?[0-5]\d(?::?[0-5]\d)?[Zz]?)?"
_DAY_OF_YEAR = r"(?P<day_of_year>[0-3]\d\d)"
# No digit or letter may follow: in 2020_06_10m the 10 is a resolution, not a day.
_END = r"(?![0-9A-Za-z])"

# The most precise kind first: if two of them match the same digits, the first one takes them.
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<!\d){_YEAR}(?P<sep>[-_.]){_MONTH}(?P=sep){_DAY}{_TIME}{_END}",
        rf"(?<!\d){_YEAR}{_MONTH}{_DAY}{_TIME}{_END}",
        rf"(?<!\d){_YEAR}{_DAY_OF_YEAR}{_TIME}{_END}",
        rf"(?<=L[COTEM]\d{{7}}){_YEAR}{_DAY_OF_YEAR}(?=[A-Z]{{3}}\d\d)",  # Landsat before collections
        # No second number after a month: 2020-13-45 and 2021-02-30 are not dates.
        rf"(?<!\d){_YEAR}(?P<sep>[-_.]){_MONTH}(?!(?P=sep)\d\d(?!\d|[A-Za-z])){_END}",
    )
)
# Products whose names begin with the acquisition date by their naming convention; other dates in them are
# the end of acquisition, or the processing date.
_FIRST_BY_RULE = re.compile(
    r"(?i:L[COTEM]\d\d_|S[1-6][A-D]_|S1[A-D]-|M[OCY]D\d|V(NP|J\d)\d|HLS\.|ENMAP|PRS_|\d{8}T\d{6}_\d{8}T\d{6}_T\d\d[A-Z]{3})"
)
_NAMES_KNOWN = 4096  # those of the bands are the same in every raster of a sensor
_SEPARATORS = " _-.,:/()"
_RESOLUTION = re.compile(r"\d+(?:\.\d+)?k?m", re.IGNORECASE)
_WAVELENGTH = re.compile(
    r"(?<![\d.])(\d+(?:\.\d+)?) ?(nm|nanomet(?:er|re)s?|µm|μm|um|micromet(?:er|re)s?)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class DatedName:
    """A name split into its dates and the rest.

    ``stem`` is the name without dates; ``date`` is ISO (day or month) or None. ``others`` are further dates of
    the name, on different days.
    """

    stem: str
    date: Optional[str]
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Found:
    """A date in a name, with its start and end."""

    start: int
    stop: int
    iso: str


@lru_cache(maxsize=_NAMES_KNOWN)
def take_apart(name: str) -> DatedName:
    """Find the dates in a name: YYYY-MM-DD, YYYYMMDD, YYYYDDD (a time may follow), YYYY-MM; also with ``_`` and ``.``.

    Only valid calendar dates count. All dates are removed. The first is the date of the name, as product names begin
    with the acquisition date and end with the processing date; a month is refined by a day in it.
    """
    found = _dates_in(name)
    if not found:
        return DatedName(name.strip(), None)
    first = next(
        (day.iso for day in found if day.iso.startswith(found[0].iso) and day.iso != found[0].iso), found[0].iso
    )
    others = tuple(dict.fromkeys(day.iso for day in found if not first.startswith(day.iso)))
    edges = [0, *(edge for day in found for edge in (day.start, day.stop)), len(name)]
    return DatedName(_joined([name[start:stop] for start, stop in zip(edges[::2], edges[1::2])]), first, others)


def first_by_rule(name: str) -> bool:
    """Whether a name is that of a product whose first date is the acquisition date by its naming convention."""
    return bool(_FIRST_BY_RULE.match(name))


def _dates_in(name: str) -> list[_Found]:
    """All dates of a name from left to right, without overlaps."""
    found: list[_Found] = []
    for pattern in _DATES:
        for match in pattern.finditer(name):
            iso = _iso(match)
            if iso and all(match.end() <= other.start or other.stop <= match.start() for other in found):
                found.append(_Found(match.start(), match.end(), iso))
    return sorted(found, key=lambda day: day.start)


def _iso(match: re.Match[str]) -> Optional[str]:
    parts = match.groupdict()
    year = int(parts["year"])
    try:
        if parts.get("day_of_year"):
            day = date(year, 1, 1) + timedelta(days=int(parts["day_of_year"]) - 1)
            return day.isoformat() if day.year == year else None
        if parts.get("day"):
            return date(year, int(parts["month"]), int(parts["day"])).isoformat()
    except ValueError:
        return None
    return f"{year}-{parts['month']}"


def _joined(pieces: Sequence[str]) -> str:
    """The text around dates, without the separators next to them."""
    return "_".join(piece for piece in (piece.strip(_SEPARATORS) for piece in pieces) if piece)


def without_ending(name: str) -> str:
    """A file name without its extension; a layer name is unchanged (``B8.5 index`` has no extension)."""
    return re.sub(r"\.(?=[A-Za-z])[A-Za-z0-9]{1,5}$", "", name)


def name_at_end(name: str) -> str:
    """The band at the end of a name: ``T33UUU_20170216T102101_B02.jp2`` → ``B02``, ``…_B8A_20m`` → ``B8A``."""
    words = words_of(name)
    return words[-1] if words else ""


def names_of_files(names: Sequence[str]) -> Optional[tuple[str, ...]]:
    """Band names for the files or layers of a group, one band each; None if they are not distinguishable.

    The end of each name, unless ends repeat (``red_refl``, ``nir_refl``); then the rest without the common first and
    last words.
    """
    ends = tuple(name_at_end(name) for name in names)
    if _distinct(ends):
        return ends
    words = [words_of(name) for name in names]
    while all(words) and len({own[-1] for own in words}) == 1:
        words = [own[:-1] for own in words]
    while all(words) and len({own[0] for own in words}) == 1:
        words = [own[1:] for own in words]
    rests = tuple("_".join(own) for own in words)
    return rests if _distinct(rests) else None


def words_of(name: str) -> list[str]:
    """A name's words without dates and resolutions (unless nothing else is there)."""
    words = [word for word in re.split(r"[\s_\-.:/\"]+", take_apart(without_ending(name)).stem) if word]
    return [word for word in words if not _RESOLUTION.fullmatch(word)] or words


def _distinct(names: Sequence[str]) -> bool:
    return all(names) and len(set(names)) == len(names)


def says_only_its_number(name: str, number: int) -> bool:
    """Whether a description is not a name, but only the band's number (``Band 3``, ``band_3``, ``3``)."""
    return bool(re.fullmatch(rf"(?:band|layer)?[\s_]*0*{number}", name.strip(), re.IGNORECASE))


def wavelength_name(value: str, unit: str) -> str:
    """A band's name from its wavelength: ``418.2 nm``; empty if ``value`` is not a positive number."""
    try:
        number = float(value)
    except ValueError:
        return ""
    if not 0 < number < 1e7:
        return ""
    micrometres = unit.lower().startswith(("micro", "um", "µm", "μm")) or (not unit and number < 100)
    return f"{number * 1000 if micrometres else number:.1f} nm"


def wavelength_nm(name: str) -> Optional[float]:
    """The wavelength in a name, in nanometres; None if there is none."""
    match = _WAVELENGTH.search(name)
    if not match:
        return None
    return float(match[1]) * (1 if match[2].lower().startswith("n") else 1000)
