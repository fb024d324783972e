"""Bands chosen by the user: by name, or by number from 1."""

from __future__ import annotations

from collections.abc import Sequence

from ...contract import ErrorCode, InputError
from ...process import listed
from ..scenes import View


def chosen_positions(view: View, wanted: Sequence[str], parameter: str) -> list[int]:
    """Indices of the bands requested in ``parameter``; a name takes precedence over a number.

    Raises:
        InputError: BANDS_UNKNOWN, a band that does not exist, or is repeated.
    """
    positions = []
    for band in wanted:
        number = int(band) if band.isdecimal() else 0
        if band in view.bands:
            positions.append(view.bands.index(band))
        elif 1 <= number <= len(view.bands):
            positions.append(number - 1)
        else:
            raise _no_band(view, band, parameter)
    if len(set(positions)) < len(positions):
        raise _no_band(view, listed(wanted) + " (one of them twice)", parameter)
    return positions


def _no_band(view: View, band: str, parameter: str) -> InputError:
    return InputError(
        ErrorCode.BANDS_UNKNOWN,
        subject=view.name,
        found=f"the band {band} in {parameter}",
        expected=f"bands of {listed(view.bands)}, by name or by number from 1 to {len(view.bands)}, each once",
        remedy="Correct the list of bands, or leave it empty.",
    )
