"""Errors where the rasters of a sensor do not fit together."""

from __future__ import annotations

from collections.abc import Sequence

from ...contract import ErrorCode, InputError
from ...process import counted, listed
from ..files import RasterFile
from .alignment import Misfit

_LAYOUT_REMEDY = "Say how the rasters belong together (SENSOR_X_LAYOUT; INPUT_LAYOUT at prediction)"


NAMED_ALIKE = "Choose rasters (or bands) with these names, or name the bands in the files alike."
GIVEN_BY_HAND = (
    "Choose rasters (or bands) with these names, name the bands in the files alike, or say which band is which "
    "(INPUT_BANDS; the table of bands in the mapping dock)."
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
        remedy="Give as many dates as expected: leave some out or add some (in training, correct SENSOR_X_DATES).",
    )


def season_differs(subject: str, found: str, expected: str) -> InputError:
    """DATES_DIFFER for dates that do not hold the trained season."""
    return InputError(
        ErrorCode.DATES_DIFFER,
        subject=subject,
        found=found,
        expected=expected,
        remedy="Add images of the part of the season that is missing, or give a series of the trained season.",
    )


def months_unclear(subject: str, months: Sequence[str], dates: Sequence[str]) -> InputError:
    """SENSOR_LAYOUT_UNCLEAR for dates of one month of which one is known by that month only."""
    return InputError(
        ErrorCode.SENSOR_LAYOUT_UNCLEAR,
        subject=subject,
        found=f"{counted(dates)} ({listed(dates)}), where {listed(months)} is a month without a day beside days of it",
        expected="dates of which the earlier can be told",
        remedy="Give the dates of that month with their days (YYYY-MM-DD).",
    )


def once_each(date: str) -> str:
    """What is expected where two things are of one date: more where only the month of it is known."""
    month_only = date.count("-") == 1
    return f" (of {date} only the month is known: two dates in it need their days, YYYY-MM-DD)" if month_only else ""


def unclear(subject: str, found: str, expected: str) -> InputError:
    """SENSOR_LAYOUT_UNCLEAR with what was seen."""
    return InputError(
        ErrorCode.SENSOR_LAYOUT_UNCLEAR,
        subject=subject,
        found=found,
        expected=expected,
        remedy=f"{_LAYOUT_REMEDY}: scenes, bands, dates or stack.",
    )


def given_twice(subject: str, label: str) -> InputError:
    """SENSOR_LAYOUT_UNCLEAR for one raster given two times."""
    return InputError(
        ErrorCode.SENSOR_LAYOUT_UNCLEAR,
        subject=subject,
        found=f"the raster {label} given twice",
        expected="every raster once",
        remedy="Take it out of the list once.",
    )


def grids_differ(subject: str, misfit: Misfit) -> InputError:
    """SENSOR_GRIDS_DIFFER with both grids."""
    first, other = misfit.first, misfit.other
    return InputError(
        ErrorCode.SENSOR_GRIDS_DIFFER,
        subject=subject,
        found=f"{other.label} with {other.grid.describe()} ({beside(misfit)})",
        expected=f"the grid of {first.label}: {first.grid.describe()}",
        remedy=f"{_cure(misfit)} {_LAYOUT_REMEDY} if they are no bands or dates of one place.",
    )


def no_scenes(subject: str, seen: str, misfit: Misfit) -> InputError:
    """SENSOR_LAYOUT_UNCLEAR for rasters on different grids whose names tell that they are no scenes."""
    return InputError(
        ErrorCode.SENSOR_LAYOUT_UNCLEAR,
        subject=subject,
        found=f"{seen}, on grids that differ ({beside(misfit)})",
        expected="bands or dates of one place on one grid of pixels and of nearly one extent, or scenes: the same bands"
        " of different places",
        remedy=f"{_cure(misfit)} {_LAYOUT_REMEDY}: scenes, bands, dates or stack.",
    )


def several_places(subject: str, seen: str) -> InputError:
    """SENSOR_LAYOUT_UNCLEAR for several places with several files each."""
    return InputError(
        ErrorCode.SENSOR_LAYOUT_UNCLEAR,
        subject=subject,
        found=seen,
        expected="one raster for each place, with all its bands (and dates)",
        remedy="Make one raster of the files of each place (Raster ▸ Miscellaneous ▸ Build Virtual Raster, each input "
        "file in a band of its own) and give these; or choose the layout scenes, if every file holds the same bands.",
    )


def other_bands_elsewhere(subject: str, seen: str, misfit: Misfit) -> InputError:
    """SENSOR_LAYOUT_UNCLEAR for a band here and another there."""
    return InputError(
        ErrorCode.SENSOR_LAYOUT_UNCLEAR,
        subject=subject,
        found=f"{seen} and which show other places ({beside(misfit)})",
        expected="the same bands of every place, or all bands of one place",
        remedy="Take out the rasters of other bands; where these words are no bands but places, choose the layout "
        "scenes (SENSOR_X_LAYOUT; INPUT_LAYOUT at prediction).",
    )


def labels_of_dates(subject: str, one: RasterFile, other: RasterFile, dates: tuple[str, str]) -> InputError:
    """SENSOR_LAYOUT_UNCLEAR for one place labelled on two dates."""
    return InputError(
        ErrorCode.SENSOR_LAYOUT_UNCLEAR,
        subject=subject,
        found=f"two rasters of one place on different dates: {one.label} of {dates[0]} and {other.label} of {dates[1]}",
        expected="labels of one date for each place",
        remedy="Give the labels of the date that the sensors show, and only those.",
    )


def beside(misfit: Misfit) -> str:
    """How the grids of two files differ."""
    return f"{misfit.other.label} beside {misfit.first.label}: {misfit.difference}"


def _cure(misfit: Misfit) -> str:
    first, other = misfit.first.label, misfit.other.label
    if misfit.on_one_lattice:
        return (
            f"Clip the rasters to one extent (Raster ▸ Extraction ▸ Clip Raster by Extent); or choose the layout bands "
            f"or dates, to use no more than what {first} and {other} both show."
        )
    return f"Warp {other} to the CRS, extent and pixel size of {first} (Raster ▸ Projections ▸ Warp)."
