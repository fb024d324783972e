"""Bands that a quality mask's rule could be about: of which name, which date, and where they lie."""

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
    """A band that a rule could be about: of which file, which number there, of which date (None where unknown)."""

    file: RasterFile
    number: int
    date: str | None


def share_covered(view: View, mask: RasterFile) -> float:
    """What part of the view's extent a mask covers; 1 for one on its grid."""
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
    """The bands of a mask raster that a rule could be about: those of its name, its number, or the only one."""
    (own_date,) = dates_of_files((file,))
    apart = dated_names(file)
    same = [name.stem.casefold() == rule.band.casefold() for name in apart]
    if len(file.bands) == 1 and not same[0]:
        # A raster of one band is what it is called, or the only mask there is to be meant.
        same = [not _names_another(file, rule.band)]
    elif not any(same) and rule.band.isdecimal():
        same = [str(band.number) == rule.band for band in file.bands]
    return [
        Candidate(file, band.number, name.date or own_date)
        for band, name, is_it in zip(file.bands, apart, same)
        if is_it
    ]


def has_number(file: RasterFile, rule: QualityRule, rules: Sequence[QualityRule]) -> bool:
    """Whether a rule's band is the number of a band of a mask raster that is not called as another rule's band."""
    named = any(is_called(file, other.band) for other in rules)
    return not named and any(str(band.number) == rule.band for band in file.bands)


def is_called(file: RasterFile, band: str) -> bool:
    """Whether a file of one band is a quality band by the names of its band, its layer or itself."""
    if not band or band.isdecimal():
        return False
    word = re.compile(rf"(?<![A-Za-z0-9]){re.escape(band)}(?![A-Za-z0-9])", re.IGNORECASE)
    return any(word.search(name.replace(".", "_.")) for name in _names(file))


def _names_another(file: RasterFile, band: str) -> bool:
    """Whether a file of one band is called like a quality band, and another one than ``band``."""
    if is_called(file, band) or not band or band.isdecimal():
        return False
    return any(_ANOTHER.search(name) for name in _names(file))


def _names(file: RasterFile) -> tuple[str, ...]:
    return (file.bands[0].name, file.source.name, without_ending(PurePath(file.source.path).name))


def of_date(found: Sequence[Candidate], date: str | None) -> list[Candidate]:
    """Those of a date; a month and a day in it are the same where nothing is nearer."""
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
    """The one date of an image's files; None where there is none, or several."""
    days = set(dates_of_files(view.files))
    return days.pop() if len(days) == 1 else None
