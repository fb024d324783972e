"""What band, file and layer names tell: dates, band names, wavelengths. Plain text in, plain text out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Optional

_YEAR = r"(?P<year>(?:19|20)\d\d)"
_MONTH = r"(?P<month>0[1-9]|1[0-2])"
_DAY = r"(?P<day>0[1-9]|[12]\d|3[01])"
_TIME = r"(?:[T ]?(?:[01]\d|2[0-3]):?[0-5]\d(?::?[0-5]\d)?Z?)?"
# What follows must not go on as a number or a word: in 2020_06_10m the 10 is a resolution, no day.
_END = r"(?![0-9A-Za-z])"

# Tried in this order; the first that is a day of the calendar wins, else the first month.
_DATES = tuple(
    re.compile(rf"(?<!\d){pattern}{_END}")
    for pattern in (
        rf"{_YEAR}(?P<sep>[-_.]){_MONTH}(?P=sep){_DAY}{_TIME}",
        rf"{_YEAR}{_MONTH}{_DAY}{_TIME}",
        rf"{_YEAR}(?P<day_of_year>[0-3]\d\d)",
        # No second number behind a month: 2020-13-45 and 2021-02-30 are no dates at all.
        rf"{_YEAR}(?P<sep>[-_.]){_MONTH}(?!(?P=sep)\d\d(?!\d|[A-Za-z]))",
    )
)
_SEPARATORS = " _-.,:/()"
_RESOLUTION = re.compile(r"\d+(?:\.\d+)?k?m", re.IGNORECASE)
_WAVELENGTH = re.compile(
    r"(?<![\d.])(\d+(?:\.\d+)?) ?(nm|nanomet(?:er|re)s?|µm|μm|um|micromet(?:er|re)s?)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class DatedName:
    """A name taken apart: ``stem`` is what is left without the date; ``date`` is ISO (day or month) or None."""

    stem: str
    date: Optional[str]


def take_apart(name: str) -> DatedName:
    """Find the date in a name: YYYY-MM-DD, YYYYMMDD (time may follow), YYYYDDD, YYYY-MM; ``_`` and ``.`` may separate.

    Only days that the calendar has count; of several dates the first one (of the most exact kind) does.
    """
    for pattern in _DATES:
        for match in pattern.finditer(name):
            iso = _iso(match)
            if iso:
                return DatedName(_joined(name[: match.start()], name[match.end() :]), iso)
    return DatedName(name.strip(), None)


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


def _joined(before: str, after: str) -> str:
    parts = [part for part in (before.rstrip(_SEPARATORS), after.lstrip(_SEPARATORS)) if part]
    return "_".join(parts).strip(_SEPARATORS)


def without_ending(name: str) -> str:
    """A file name without its ending; a layer name stays as it is (``B8.5 index`` has no ending)."""
    return re.sub(r"\.(?=[A-Za-z])[A-Za-z0-9]{1,5}$", "", name)


def name_at_end(name: str) -> str:
    """The band a file or layer name ends in: ``T33UUU_20170216T102101_B02.jp2`` → ``B02``, ``…_B8A_20m`` → ``B8A``."""
    words = _words(name)
    return words[-1] if words else ""


def names_of_files(names: Sequence[str]) -> Optional[tuple[str, ...]]:
    """Band names for the files or layers of a group, one band each; None where they cannot be told apart.

    The end of each name, unless ends repeat (``red_refl``, ``nir_refl``); then what is left without the words that
    all begin and end with.
    """
    ends = tuple(name_at_end(name) for name in names)
    if _distinct(ends):
        return ends
    words = [_words(name) for name in names]
    while all(words) and len({own[-1] for own in words}) == 1:
        words = [own[:-1] for own in words]
    while all(words) and len({own[0] for own in words}) == 1:
        words = [own[1:] for own in words]
    rests = tuple("_".join(own) for own in words)
    return rests if _distinct(rests) else None


def _words(name: str) -> list[str]:
    """A name's words without dates and resolutions (unless nothing else is there)."""
    words = [word for word in re.split(r"[\s_\-.:/\"]+", take_apart(without_ending(name)).stem) if word]
    words = [word for word in words if not take_apart(word).date]
    return [word for word in words if not _RESOLUTION.fullmatch(word)] or words


def _distinct(names: Sequence[str]) -> bool:
    return all(names) and len(set(names)) == len(names)


def says_only_its_number(name: str, number: int) -> bool:
    """Whether a description is no name, but the band's number in words (``Band 3``, ``band_3``, ``3``)."""
    return bool(re.fullmatch(rf"(?:band|layer)?[\s_]*0*{number}", name.strip(), re.IGNORECASE))


def wavelength_name(value: str, unit: str) -> str:
    """A band's name from its wavelength: ``418.2 nm``; empty where ``value`` is no number above 0."""
    try:
        number = float(value)
    except ValueError:
        return ""
    if not 0 < number < 1e7:
        return ""
    micrometres = unit.lower().startswith(("micro", "um", "µm", "μm")) or (not unit and number < 100)
    return f"{number * 1000 if micrometres else number:.1f} nm"


def wavelength_nm(name: str) -> Optional[float]:
    """The wavelength a name states, in nanometres; None where it states none."""
    match = _WAVELENGTH.search(name)
    if not match:
        return None
    return float(match[1]) * (1 if match[2].lower().startswith("n") else 1000)
