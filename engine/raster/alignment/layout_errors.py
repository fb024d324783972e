"""Errors where the rasters of a sensor do not fit together."""

from __future__ import annotations

from collections.abc import Sequence

from ...contract import ErrorCode, InputError
from ...process import counted, listed
from ..files import RasterFile
from .alignment import Misfit

_LAYOUT_REMEDY = "Set the layout of the rasters (SENSOR_X_LAYOUT; INPUT_LAYOUT for prediction)"


NAMED_ALIKE = "Choose rasters (or bands) with these names, or rename the bands in the files."
GIVEN_BY_HAND = (
    "Choose rasters (or bands) with these names, rename the bands in the files, or assign the bands (INPUT_BANDS; "
    "the table of bands in the mapping dock)."
)


def bands_differ(subject: str, found: str, expected: str, remedy: str = NAMED_ALIKE) -> InputError:
    """BANDS_DIFFER with both lists."""
    return InputError(
        ErrorCode.BANDS_DIFFER,
        subject=subject,
        found=found,
        expected=expected,
        remedy=remedy,
    )


def dates_differ(subject: str, found: str, expected: str) -> InputError:
    """DATES_DIFFER with both."""
    return InputError(
        ErrorCode.DATES_DIFFER,
        subject=subject,
        found=found,
        expected=expected,
        remedy="Add or remove rasters so that the number of dates matches (in training, correct SENSOR_X_DATES).",
    )


def season_differs(subject: str, found: str, expected: str) -> InputError:
    """DATES_DIFFER for dates that do not cover the trained season."""
    return InputError(
        ErrorCode.DATES_DIFFER,
        subject=subject,
        found=found,
        expected=expected,
        remedy="Add images for the missing part of the season, or use a time series that covers the season of the "
        "training.",
    )


def months_unclear(subject: str, months: Sequence[str], dates: Sequence[str]) -> InputError:
    """SENSOR_LAYOUT_UNCLEAR for dates in the same month if one of them is given only as a month."""
    return InputError(
        ErrorCode.SENSOR_LAYOUT_UNCLEAR,
        subject=subject,
        found=f"{counted(dates)} ({listed(dates)}), where {listed(months)} has no day although other dates of that "
        f"month have one",
        expected="dates that can be put in order",
        remedy="Name all dates of that month with their day (YYYY-MM-DD).",
    )


def once_each(date: str) -> str:
    """A hint about two items of the same date; empty unless only its month is known."""
    month_only = date.count("-") == 1
    return f" ({date} has no day: two dates in one month need the day, YYYY-MM-DD)" if month_only else ""


def unclear(subject: str, found: str, expected: str) -> InputError:
    """SENSOR_LAYOUT_UNCLEAR with what was found."""
    return InputError(
        ErrorCode.SENSOR_LAYOUT_UNCLEAR,
        subject=subject,
        found=found,
        expected=expected,
        remedy=f"{_LAYOUT_REMEDY}: scenes, bands, dates or stack.",
    )


def given_twice(subject: str, label: str) -> InputError:
    """SENSOR_LAYOUT_UNCLEAR for a raster given twice."""
    return InputError(
        ErrorCode.SENSOR_LAYOUT_UNCLEAR,
        subject=subject,
        found=f"the raster {label} listed twice",
        expected="each raster once",
        remedy="Remove one of the two.",
    )


def grids_differ(subject: str, misfit: Misfit) -> InputError:
    """SENSOR_GRIDS_DIFFER with both grids."""
    first, other = misfit.first, misfit.other
    return InputError(
        ErrorCode.SENSOR_GRIDS_DIFFER,
        subject=subject,
        found=f"{other.label} with {other.grid.describe()} ({beside(misfit)})",
        expected=f"the grid of {first.label}: {first.grid.describe()}",
        remedy=f"{_cure(misfit)} {_LAYOUT_REMEDY} if they are not bands or dates of one area.",
    )


def no_scenes(subject: str, seen: str, misfit: Misfit) -> InputError:
    """SENSOR_LAYOUT_UNCLEAR for rasters on different grids whose names show that they are not scenes."""
    return InputError(
        ErrorCode.SENSOR_LAYOUT_UNCLEAR,
        subject=subject,
        found=f"{seen}, on different grids ({beside(misfit)})",
        expected="bands or dates of one area on one pixel grid with nearly the same extent, or scenes: the same "
        "bands of different areas",
        remedy=f"{_cure(misfit)} {_LAYOUT_REMEDY}: scenes, bands, dates or stack.",
    )


def several_places(subject: str, seen: str) -> InputError:
    """SENSOR_LAYOUT_UNCLEAR for several areas with several files each."""
    return InputError(
        ErrorCode.SENSOR_LAYOUT_UNCLEAR,
        subject=subject,
        found=seen,
        expected="one raster for each area, with all its bands (and dates)",
        remedy="Stack the files of each area into one raster (Raster ▸ Miscellaneous ▸ Build Virtual Raster, “Place "
        "each input file into a separate band”) and use the results; or choose the layout scenes if all files "
        "have the same bands.",
    )


def other_bands_elsewhere(subject: str, seen: str, misfit: Misfit) -> InputError:
    """SENSOR_LAYOUT_UNCLEAR for different bands in different areas."""
    return InputError(
        ErrorCode.SENSOR_LAYOUT_UNCLEAR,
        subject=subject,
        found=f"{seen} and which cover different areas ({beside(misfit)})",
        expected="the same bands for every area, or all bands of one area",
        remedy="Remove the rasters of other bands. If these words are names of areas and not of bands, choose the "
        "layout scenes (SENSOR_X_LAYOUT; INPUT_LAYOUT for prediction).",
    )


def labels_of_dates(subject: str, one: RasterFile, other: RasterFile, dates: tuple[str, str]) -> InputError:
    """SENSOR_LAYOUT_UNCLEAR for labels of the same area on two dates."""
    return InputError(
        ErrorCode.SENSOR_LAYOUT_UNCLEAR,
        subject=subject,
        found=f"two rasters of one area on different dates: {one.label} ({dates[0]}) and {other.label} ({dates[1]})",
        expected="labels of a single date for each area",
        remedy="Use only the labels of the date of the images.",
    )


def beside(misfit: Misfit) -> str:
    """How the grids of two files differ."""
    return f"{misfit.other.label} compared with {misfit.first.label}: {misfit.difference}"


def _cure(misfit: Misfit) -> str:
    first, other = misfit.first.label, misfit.other.label
    if misfit.on_one_lattice:
        return (
            f"Clip the rasters to one extent (Raster ▸ Extraction ▸ Clip Raster by Extent); or choose the layout "
            f"bands or dates to use only the common extent of {first} and {other}."
        )
    return f"Warp {other} to the CRS, extent and pixel size of {first} (Raster ▸ Projections ▸ Warp)."
