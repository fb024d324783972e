"""Which band of which file is the quality mask of a place, on each of its dates."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

import numpy as np

from ..contract.errors import ErrorCode, InputError
from ..contract.job import RasterSource
from ..contract.quality import QualityRule, QualityTest, mask_rules, mask_text
from .file_names import dated_names, dates_of_files
from .names import without_ending
from .quality_mask import MaskPlane
from .raster_file import RasterFile, look_at
from .sensor_errors import listed
from .view import View

_LATTICE = 21  # points along each side of a grid
_WHOLE = 0.999  # of a scene that a mask covers, but for rounding
_QUALITY_BAND = re.compile(
    r"(?:qa_?(?:pixel|radsat|60|aerosol)?|pixel_?qa|sr_qa_aerosol|bqa|scl|fmask|s2cloudless|cld(?:prb)?|msk_\w+|clm|clp|"
    r"cloud_?(?:mask|prob\w*)?|datamask|ql_quality_\w+)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class GivenMask:
    """A quality mask as a person gave it for a trained sensor; an empty ``text`` means the training's."""

    text: str = ""
    rasters: tuple[RasterSource, ...] = ()


NO_MASK_GIVEN = GivenMask()


@dataclass(frozen=True)
class _Candidate:
    """A band that a rule could be about: of which file, which number there, of which date (None where none is told)."""

    file: RasterFile
    number: int
    date: str | None


def rules_for(name: str, trained: str, given: GivenMask) -> tuple[QualityRule, ...]:
    """The rules for rasters of a trained sensor: those given, else those of its training; ``none`` means none.

    Raises:
        InputError: QUALITY_MASK_MISSING, mask rasters without a rule.
    """
    rules = mask_rules(given.text or trained)
    if given.rasters and not rules:
        raise InputError(
            ErrorCode.QUALITY_MASK_MISSING,
            subject=name,
            found=f"mask rasters ({listed(raster.label() for raster in given.rasters)}), but no quality mask that says "
            "what their values mean",
            expected="a quality mask beside them: the model was trained without one",
            remedy="Say which values or bits are invalid (INPUT_MASK), or leave the mask rasters out.",
        )
    return rules


def masked_views(
    views: Sequence[View], rules: Sequence[QualityRule], files: Sequence[RasterFile], required: bool
) -> tuple[list[View], tuple[str, ...]]:
    """The views with their quality masks, without the bands of these; and what is told where a mask is not there.

    Raises:
        InputError: QUALITY_MASK_MISSING where it is ``required``; QUALITY_MASK_UNCLEAR.
    """
    try:
        return [without_bands(*with_mask(view, rules, files)) for view in views], ()
    except InputError as error:
        if required or error.code is not ErrorCode.QUALITY_MASK_MISSING:
            raise
        lacking = (
            f"The model was trained with the quality mask {mask_text(tuple(rules))}; here it is not applied, for found "
            f"{error.found}. Clouds, shadows and fill will be mapped as classes. Give the mask's raster "
            "(INPUT_MASK_RASTERS), or say that none is needed (INPUT_MASK=none)."
        )
        return list(views), (lacking,)


def split_masks(
    files: tuple[RasterFile, ...], rules: Sequence[QualityRule]
) -> tuple[tuple[RasterFile, ...], tuple[RasterFile, ...]]:
    """Files with values, and files of one band that a rule names: those stand on any grid beside the others."""
    masks = tuple(file for file in files if len(file.bands) == 1 and any(_is_called(file, rule.band) for rule in rules))
    return tuple(file for file in files if file not in masks), masks


def mask_files(rasters: Sequence[RasterSource]) -> tuple[RasterFile, ...]:
    """The facts of mask rasters that were given apart.

    Raises:
        InputError: one that cannot be used.
    """
    return tuple(look_at(source) for source in rasters)


def with_mask(view: View, rules: Sequence[QualityRule], files: Sequence[RasterFile]) -> tuple[View, tuple[int, ...]]:
    """The view with its quality mask, and the positions of those of its bands that are mask and not values.

    A rule's band is one of the view's, or one of ``files`` that lies on the same ground and is of the same date.

    Raises:
        InputError: QUALITY_MASK_MISSING or QUALITY_MASK_UNCLEAR.
    """
    columns: list[tuple[MaskPlane, ...]] = []
    used = []
    for rule in rules:
        at = _position(view, rule.band)
        if at is not None:
            used.append(at)
            columns.append(_planes_of_band(view, at, rule))
        else:
            columns.append(_planes_of_files(view, rule, files))
    masks = tuple(tuple(row) for row in zip(*columns))
    return replace(view, masks=masks, notes=(*view.notes, *_notes(view, masks))), tuple(dict.fromkeys(used))


def with_band_names(view: View, rules: Sequence[QualityRule]) -> tuple[QualityRule, ...]:
    """The rules with the names of the view's bands instead of their numbers, for a model to keep."""
    positions = [_position(view, rule.band) for rule in rules]
    return tuple(
        replace(rule, band=view.bands[at]) if at is not None and view.named else rule
        for rule, at in zip(rules, positions)
    )


def without_bands(view: View, positions: Collection[int]) -> View:
    """The view without the bands at some positions."""
    return view.take([at for at in range(len(view.bands)) if at not in positions]) if positions else view


def notes_on_unused(bands: Sequence[str], named: bool) -> tuple[str, ...]:
    """A warning where bands are taken as values that are called like quality bands."""
    found = [band for band in bands if named and _QUALITY_BAND.fullmatch(band)]
    if not found:
        return ()
    return (
        f"{listed(found)}: by the name a quality band, but taken as values like any other. To leave out clouds, "
        "name it in the quality mask (SENSOR_X_MASK), for example sentinel2_scl, landsat_qa_pixel or "
        f"“{found[0]} bits 1,3”; or choose the bands (SENSOR_X_BANDS).",
    )


def missing_mask(subject: str, rule: QualityRule, found: str) -> InputError:
    """QUALITY_MASK_MISSING for a rule whose band is nowhere."""
    return InputError(
        ErrorCode.QUALITY_MASK_MISSING,
        subject=subject,
        found=found,
        expected=f"a band {rule.band}, by name or number, or a mask raster" if rule.band else "a mask raster",
        remedy="Give the mask as a raster of its own (SENSOR_X_MASK_RASTERS, INPUT_MASK_RASTERS), or correct the band "
        "in the quality mask (SENSOR_X_MASK, INPUT_MASK).",
    )


def _position(view: View, band: str) -> int | None:
    """Where a band is in a view: by name, in any case, or by number."""
    folded = [name.casefold() for name in view.bands]
    if folded.count(band.casefold()) == 1:
        return folded.index(band.casefold())
    number = int(band) if band.isdecimal() else 0
    return number - 1 if 1 <= number <= len(view.bands) else None


def _planes_of_band(view: View, at: int, rule: QualityRule) -> tuple[MaskPlane, ...]:
    planes = []
    for number, row in enumerate(view.planes):
        plane = row[at]
        if plane is None:
            raise missing_mask(view.name, rule, f"no band {view.bands[at]} on {view.dates[number]}")
        planes.append(MaskPlane(view.files[plane.file], plane.number, rule))
    return tuple(planes)


def _planes_of_files(view: View, rule: QualityRule, files: Sequence[RasterFile]) -> tuple[MaskPlane, ...]:
    found = [candidate for file in files for candidate in _candidates(file, rule)]
    if not found:
        there = f"the bands {listed(view.bands)}" if view.named else f"{len(view.bands)} band(s) without names"
        beside = f", and the mask rasters {listed(file.label for file in files)}" if files else ", and no mask raster"
        raise missing_mask(view.name, rule, there + beside)
    own_date = _date_of(view)
    if not view.dates:
        return (_plane(view, rule, _of_date(found, own_date) or found),)
    if not any(candidate.date for candidate in found):
        return _undated(view, rule, found)
    planes = []
    for date in view.dates:
        of_date = _of_date(found, date)
        if not of_date:
            there = listed(candidate.date or "no date" for candidate in found)
            raise missing_mask(view.name, rule, f"masks of {there}, none of {date}")
        planes.append(_plane(view, rule, of_date))
    return tuple(planes)


def _undated(view: View, rule: QualityRule, found: list[_Candidate]) -> tuple[MaskPlane, ...]:
    """One mask for all dates of a series, or as many as dates where neither are known by more than their order."""
    if len(found) == len(view.dates) and not view.dates_known:
        return tuple(MaskPlane(each.file, each.number, rule) for each in found)
    return (_plane(view, rule, found),) * len(view.dates)


def _plane(view: View, rule: QualityRule, found: list[_Candidate]) -> MaskPlane:
    """Of several masks the one that lies where the view does."""
    shares = [_share(view, candidate.file) for candidate in found]
    best = max(shares)
    likely = [candidate for candidate, share in zip(found, shares) if share >= min(best, _WHOLE)]
    if best == 0:
        raise missing_mask(view.name, rule, f"masks that lie elsewhere ({listed(each.file.label for each in found)})")
    if len(likely) > 1:
        raise InputError(
            ErrorCode.QUALITY_MASK_UNCLEAR,
            subject=view.name,
            found=f"{len(likely)} masks for it: {listed(dict.fromkeys(each.file.label for each in likely))}",
            expected="one mask for each scene, or for each date with the date in its name",
            remedy="Give fewer mask rasters, or name them so that their dates tell them apart (YYYYMMDD).",
        )
    return MaskPlane(likely[0].file, likely[0].number, rule)


def _share(view: View, mask: RasterFile) -> float:
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


def _candidates(file: RasterFile, rule: QualityRule) -> list[_Candidate]:
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
        _Candidate(file, band.number, name.date or own_date)
        for band, name, is_it in zip(file.bands, apart, same)
        if is_it
    ]


def _is_called(file: RasterFile, band: str) -> bool:
    """Whether a file of one band is a quality band by the names of its band, its layer or itself."""
    if not band or band.isdecimal():
        return False
    word = re.compile(rf"(?<![A-Za-z0-9]){re.escape(band)}(?![A-Za-z0-9])", re.IGNORECASE)
    return any(word.search(name.replace(".", "_.")) for name in _names(file))


def _names_another(file: RasterFile, band: str) -> bool:
    """Whether a file of one band is called like a quality band, and another one than ``band``."""
    if _is_called(file, band) or not band:
        return False
    words = [word for name in _names(file) for word in re.findall(r"QL_QUALITY_[A-Z]+|QA_[A-Z]+|SCL", name.upper())]
    return bool(words)


def _names(file: RasterFile) -> tuple[str, ...]:
    return (file.bands[0].name, file.source.name, without_ending(PurePath(file.source.path).name))


def _of_date(found: Sequence[_Candidate], date: str | None) -> list[_Candidate]:
    """Those of a date; a month and a day in it are the same where nothing is nearer."""
    if date is None:
        return []
    tests: tuple[Callable[[str], bool], ...] = (
        lambda other: other == date,
        lambda other: other.startswith(date) or date.startswith(other),
    )
    for test in tests:
        of_date = [each for each in found if each.date is not None and test(each.date)]
        if of_date:
            return of_date
    return []


def _date_of(view: View) -> str | None:
    """The one date of an image's files; None where none is told."""
    days = set(dates_of_files(view.files))
    return days.pop() if len(days) == 1 else None


def _notes(view: View, masks: Sequence[Sequence[MaskPlane]]) -> tuple[str, ...]:
    """What a person should know about how the masks are taken."""
    notes = []
    for mask in dict.fromkeys(mask for row in masks for mask in row):
        share = _share(view, mask.file)
        if share < _WHOLE:
            notes.append(
                f"The quality mask {mask.file.label} covers about {share:.0%} of {view.name}: the rest is nodata."
            )
        if mask.nodata is not None and mask.nodata_is_news():
            told = f"“{mask.rule.band} {QualityTest.VALID.value} {mask.nodata:g}”".replace("“ ", "“")
            notes.append(
                f"The quality mask {mask.file.label} declares {mask.nodata:g} as its own nodata: these pixels are "
                f"taken as nodata. If the value means clear, say so: {told}."
            )
    return tuple(notes)
