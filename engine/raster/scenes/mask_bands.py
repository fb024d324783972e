"""Candidate bands for a rule of a quality mask: their names, dates and extents."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePath

import numpy as np

from ...contract import QualityRule
from ...contract.naming import without_ending
from ..files import RasterFile, dated_names, dates_of_files
from .view import View

_LATTICE = 21  # points along each side of a grid
_ANOTHER = re.compile(r"(?<![A-Z0-9])(?:QL_QUALITY_[A-Z]|QA_[A-Z]|SCL(?![A-Z0-9]))", re.IGNORECASE)


@dataclass(frozen=True)
class Candidate:
    """A candidate band for a rule: its file, its number there, its date (None if unknown)."""

    file: RasterFile
    number: int
    date: str | None


def share_covered(view: View, mask: RasterFile) -> float:
    """The share of the view's extent that a mask covers; 1 for one on the same grid."""
    grid = view.files[0].grid
    if mask.grid.matches(grid):
        return 1.0
    row, col = np.meshgrid(*(np.linspace(0, side, _LATTICE) for side in grid.shape), indexing="ij")
    row, col = mask.grid.locate(*grid.corner_xy(row, col), grid.crs_wkt)
    if not np.isfinite(row).any():
        return 0.0
    share = 1.0
    for positions, side in ((row, mask.grid.rows), (col, mask.grid.cols)):
        first, last = float(np.nanmin(positions)), float(np.nanmax(positions))
        share *= max(0.0, min(last, side) - max(first, 0)) / (last - first)
    return share


def candidates(file: RasterFile, rule: QualityRule) -> list[Candidate]:
    """The candidate bands of a mask raster for a rule: by name, by number, or the only one."""
    (own_date,) = dates_of_files((file,))
    apart = dated_names(file)
    same = [name.stem.casefold() == rule.band.casefold() for name in apart]
    if len(file.bands) == 1 and not same[0]:
        # A single-band raster is identified by its name, or is the only mask there is.
        same = [not _names_another(file, rule.band)]
    elif not any(same) and rule.band.isdecimal():
        same = [str(band.number) == rule.band for band in file.bands]
    return [
        Candidate(file, band.number, name.date or own_date)
        for band, name, is_it in zip(file.bands, apart, same)
        if is_it
    ]


def has_number(file: RasterFile, rule: QualityRule, rules: Sequence[QualityRule]) -> bool:
    """Whether a rule's band is the number of a band in a mask raster that is not named as another rule's band."""
    named = any(is_called(file, other.band) for other in rules)
    return not named and any(str(band.number) == rule.band for band in file.bands)


def is_called(file: RasterFile, band: str) -> bool:
    """Whether a single-band file is this quality band, by the name of its band, its layer or the file."""
    if not band or band.isdecimal():
        return False
    word = re.compile(rf"(?<![A-Za-z0-9]){re.escape(band)}(?![A-Za-z0-9])", re.IGNORECASE)
    return any(word.search(name.replace(".", "_.")) for name in _names(file))


def _names_another(file: RasterFile, band: str) -> bool:
    """Whether a single-band file is named like a quality band other than ``band``."""
    if is_called(file, band) or not band or band.isdecimal():
        return False
    return any(_ANOTHER.search(name) for name in _names(file))


def _names(file: RasterFile) -> tuple[str, ...]:
    return (file.bands[0].name, file.source.name, without_ending(PurePath(file.source.path).name))


def of_date(found: Sequence[Candidate], date: str | None) -> list[Candidate]:
    """The candidates of a date; a month matches any day in it if there is no exact match."""
    if date is None:
        return []
    tests: tuple[Callable[[str], bool], ...] = (
        lambda other: other == date,
        lambda other: other.startswith(date) or date.startswith(other),
    )
    for test in tests:
        same = [each for each in found if each.date is not None and test(each.date)]
        if same:
            return same
    return []


def date_of(view: View) -> str | None:
    """The single date of an image's files; None if there is none, or several."""
    days = set(dates_of_files(view.files))
    return days.pop() if len(days) == 1 else None
