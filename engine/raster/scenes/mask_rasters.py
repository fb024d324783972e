"""Assigning bands of files as quality masks of an area, on each of its dates."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from ...contract import (
    ErrorCode,
    InputError,
    QualityRule,
    QualityTest,
    RasterSource,
    mask_rules,
    mask_text,
    number_text,
)
from ...process import counted, listed
from ..files import RasterFile, look_at
from .mask_bands import (
    Candidate,
    candidates,
    date_of,
    has_number,
    is_called,
    of_date,
    share_covered,
)
from .quality_mask import MaskPlane
from .view import View

_WHOLE = 0.999  # share of a scene that counts as fully covered, allowing for rounding
_QUALITY_BAND = re.compile(
    r"(?:qa_?(?:pixel|radsat|60|aerosol)?|pixel_?qa|sr_qa_aerosol|bqa|scl|fmask|s2cloudless|cld(?:prb)?|msk_\w+|clm|clp|"
    r"cloud_?(?:mask|prob\w*)?|datamask|ql_quality_\w+)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class GivenMask:
    """A quality mask given by the user for a trained sensor; an empty ``text`` means as in training."""

    text: str = ""
    rasters: tuple[RasterSource, ...] = ()


NO_MASK_GIVEN = GivenMask()


def rules_for(name: str, trained: str, given: GivenMask) -> tuple[QualityRule, ...]:
    """The rules for rasters of a trained sensor: those given, else as in training; ``none`` means no mask.

    Raises:
        InputError: QUALITY_MASK_MISSING, mask rasters without a rule.
    """
    rules = mask_rules(given.text or trained)
    if given.rasters and not rules:
        raise InputError(
            ErrorCode.QUALITY_MASK_MISSING,
            subject=name,
            found=f"mask rasters ({listed(raster.label() for raster in given.rasters)}), but no quality mask that "
            f"defines their invalid values",
            expected="a quality mask together with them: the model was trained without one",
            remedy="Define the invalid values or bits (INPUT_MASK), or remove the mask rasters.",
        )
    return rules


def masked_views(
    views: Sequence[View], rules: Sequence[QualityRule], files: Sequence[RasterFile], required: bool
) -> tuple[list[View], tuple[str, ...]]:
    """The views with their quality masks, without the mask bands; and notes about missing masks.

    Raises:
        InputError: QUALITY_MASK_MISSING if it is ``required``; QUALITY_MASK_UNCLEAR.
    """
    try:
        return [without_bands(*with_mask(view, rules, files)) for view in views], ()
    except InputError as error:
        if required or error.code is not ErrorCode.QUALITY_MASK_MISSING:
            raise
        lacking = (
            f"The model was trained with the quality mask {mask_text(tuple(rules))}; it is not applied here: found "
            f"{error.found}. Clouds, shadows and fill are mapped like any other pixel. Add the mask raster "
            f"(INPUT_MASK_RASTERS), or set INPUT_MASK=none if none is needed."
        )
        return list(views), (lacking,)


def split_masks(
    files: tuple[RasterFile, ...], rules: Sequence[QualityRule]
) -> tuple[tuple[RasterFile, ...], tuple[RasterFile, ...]]:
    """Split files into those with values, and single-band files named by a rule, which may have any grid."""
    masks = tuple(file for file in files if len(file.bands) == 1 and any(is_called(file, rule.band) for rule in rules))
    return tuple(file for file in files if file not in masks), masks


def mask_files(rasters: Sequence[RasterSource]) -> tuple[RasterFile, ...]:
    """The properties of mask rasters that were given separately.

    Raises:
        InputError: one that cannot be used.
    """
    return tuple(look_at(source) for source in rasters)


def with_mask(view: View, rules: Sequence[QualityRule], files: Sequence[RasterFile]) -> tuple[View, tuple[int, ...]]:
    """The view with its quality mask, and the indices of its bands that are the mask and not values.

    A rule's band is one of the view's, or one of ``files`` of the same area and date.

    Raises:
        InputError: QUALITY_MASK_MISSING or QUALITY_MASK_UNCLEAR.
    """
    columns: list[tuple[MaskPlane, ...]] = []
    used = []
    for rule in rules:
        at = _position(view, rule.band)
        if at is not None:
            _require_one_number(view, at, rule, [file for file in files if has_number(file, rule, rules)])
            used.append(at)
            columns.append(_planes_of_band(view, at, rule))
        else:
            columns.append(_planes_of_files(view, rule, files))
    masks = tuple(tuple(row) for row in zip(*columns))
    return replace(view, masks=masks, notes=(*view.notes, *_notes(view, masks))), tuple(dict.fromkeys(used))


def with_band_names(view: View, rules: Sequence[QualityRule]) -> tuple[QualityRule, ...]:
    """The rules with the names of the view's bands instead of their numbers, to be stored in a model."""
    positions = [_position(view, rule.band) for rule in rules]
    return tuple(
        replace(rule, band=view.bands[at]) if at is not None and view.named else rule
        for rule, at in zip(rules, positions)
    )


def without_bands(view: View, positions: Collection[int]) -> View:
    """The view without the bands at ``positions``."""
    return view.take([at for at in range(len(view.bands)) if at not in positions]) if positions else view


def notes_on_unused(bands: Sequence[str], named: bool) -> tuple[str, ...]:
    """A warning if bands named like quality bands are used as values."""
    found = [band for band in bands if named and _QUALITY_BAND.fullmatch(band)]
    if not found:
        return ()
    return (
        f"{listed(found)}: a quality band by its name, but used as a data band. To mask clouds, use it in the "
        f"quality mask (SENSOR_X_MASK), for example sentinel2_scl, landsat_qa_pixel or "
        f"“{found[0]} bits 1,3”; or exclude it (SENSOR_X_BANDS).",
    )


def notes_on_idle(files: Sequence[RasterFile], views: Sequence[View]) -> tuple[str, ...]:
    """A warning about given mask rasters that no area and date uses."""
    used = {mask.file.source for view in views for masks in view.masks for mask in masks}
    idle = [file.label for file in files if file.source not in used]
    if not idle:
        return ()
    return (
        f"Mask rasters that are not used: {listed(idle)}. The bands of the quality mask were found elsewhere, or "
        f"these rasters are of other areas or dates. The quality mask refers to a band of a mask raster by its name "
        f"or number.",
    )


def missing_mask(subject: str, rule: QualityRule, found: str) -> InputError:
    """QUALITY_MASK_MISSING for a rule whose band was not found."""
    return InputError(
        ErrorCode.QUALITY_MASK_MISSING,
        subject=subject,
        found=found,
        expected=f"a band {rule.band}, by name or number, or a mask raster" if rule.band else "a mask raster",
        remedy="Add the mask as a separate raster (SENSOR_X_MASK_RASTERS, INPUT_MASK_RASTERS), or correct the band "
        "in the quality mask (SENSOR_X_MASK, INPUT_MASK).",
    )


def _position(view: View, band: str) -> int | None:
    """The index of a band in a view: by name (ignoring case) or by number."""
    folded = [name.casefold() for name in view.bands]
    if folded.count(band.casefold()) == 1:
        return folded.index(band.casefold())
    number = int(band) if band.isdecimal() else 0
    return number - 1 if 1 <= number <= len(view.bands) else None


def _require_one_number(view: View, at: int, rule: QualityRule, files: Sequence[RasterFile]) -> None:
    """Raise if a band number could refer to the view as well as to mask rasters."""
    if files and not (view.named and rule.band == view.bands[at]):
        raise InputError(
            ErrorCode.QUALITY_MASK_UNCLEAR,
            subject=view.name,
            found=f"the band number {rule.band} in the quality mask, which is {view.bands[at]} in the image but also a "
            f"band of a mask raster: {listed(file.label for file in files)}",
            expected="an unambiguous band",
            remedy="Use the band name instead of the number, or omit it if the mask raster has a single band.",
        )


def _planes_of_band(view: View, at: int, rule: QualityRule) -> tuple[MaskPlane, ...]:
    planes = []
    for number, row in enumerate(view.planes):
        plane = row[at]
        if plane is None:
            raise missing_mask(view.name, rule, f"no band {view.bands[at]} on {view.dates[number]}")
        planes.append(MaskPlane(view.files[plane.file], plane.number, rule))
    return tuple(planes)


def _planes_of_files(view: View, rule: QualityRule, files: Sequence[RasterFile]) -> tuple[MaskPlane, ...]:
    found = [candidate for file in files for candidate in candidates(file, rule)]
    if not found:
        there = f"the bands {listed(view.bands)}" if view.named else f"{counted(view.bands, 'band')} without names"
        beside = f", and the mask rasters {listed(file.label for file in files)}" if files else ", and no mask raster"
        raise missing_mask(view.name, rule, there + beside)
    own_date = date_of(view)
    if not view.dates:
        return (_plane(view, rule, of_date(found, own_date) or found),)
    if not any(candidate.date for candidate in found):
        return _undated(view, rule, found)
    planes = []
    for date in view.dates:
        of_its_date = of_date(found, date)
        if not of_its_date:
            there = listed(candidate.date or "no date" for candidate in found)
            raise missing_mask(view.name, rule, f"masks of {there}, but none of {date}")
        planes.append(_plane(view, rule, of_its_date))
    return tuple(planes)


def _undated(view: View, rule: QualityRule, found: list[Candidate]) -> tuple[MaskPlane, ...]:
    """One mask for all dates of a series, or one per date if masks and dates are known only by their order."""
    if len(found) == len(view.dates) and not view.dates_known:
        return tuple(MaskPlane(each.file, each.number, rule) for each in found)
    return (_plane(view, rule, found),) * len(view.dates)


def _plane(view: View, rule: QualityRule, found: list[Candidate]) -> MaskPlane:
    """Of several masks the one that covers the view."""
    shares = [share_covered(view, candidate.file) for candidate in found]
    best = max(shares)
    likely = [candidate for candidate, share in zip(found, shares) if share >= min(best, _WHOLE)]
    if best == 0:
        raise missing_mask(view.name, rule, f"masks of another area ({listed(each.file.label for each in found)})")
    if len(likely) > 1:
        raise InputError(
            ErrorCode.QUALITY_MASK_UNCLEAR,
            subject=view.name,
            found=f"{len(likely)} masks for it: {listed(dict.fromkeys(each.file.label for each in likely))}",
            expected="one mask for each scene, or for each date with the date in its name",
            remedy="Use fewer mask rasters, or put the date into their names (YYYYMMDD).",
        )
    return MaskPlane(likely[0].file, likely[0].number, rule)


def _notes(view: View, masks: Sequence[Sequence[MaskPlane]]) -> tuple[str, ...]:
    """Notes for the user on how the masks are used."""
    notes: list[str] = []
    for mask in dict.fromkeys(mask for row in masks for mask in row):
        notes += _note_on_date(view, mask)
        share = share_covered(view, mask.file)
        if share < _WHOLE:
            notes.append(
                f"The quality mask {mask.file.label} covers about {100 * share:.0f} % of {view.name}: the rest is "
                f"nodata."
            )
        if mask.nodata is not None and mask.nodata_is_news():
            nodata = number_text(mask.nodata)
            rule = f"“{mask.rule.band} {QualityTest.VALID.value} {nodata}”".replace("“ ", "“")
            notes.append(
                f"The quality mask {mask.file.label} declares {nodata} as its own nodata: these pixels are "
                f"treated as nodata. If the value means clear, use the rule {rule}."
            )
    return tuple(notes)


def _note_on_date(view: View, mask: MaskPlane) -> tuple[str, ...]:
    """A warning if the mask of an image has another date than the image."""
    found = [each for each in candidates(mask.file, mask.rule) if each.number == mask.number and each.date]
    date = None if view.dates else date_of(view)
    if date is None or not found or of_date(found, date):
        return ()
    return (
        f"The quality mask {mask.file.label} is of {found[0].date}, but {view.name} is of {date}: clouds of another "
        f"day are masked. Use the mask of the acquisition date.",
    )
