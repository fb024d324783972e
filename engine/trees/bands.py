"""Spectral roles of bands (red, near infrared, VH …), recognized by name and wavelength, for well-known indices."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..arrays import Doubles
from ..contract.naming import wavelength_nm, words_of
from .index_table import DIFFERENCES, NORMALIZED, SENTINEL2, WAVELENGTHS_NM

_WORDS = {
    "coastal": "A",
    "aerosol": "A",
    "blue": "B",
    "green": "G",
    "red": "R",
    "rededge": "RE1",
    "rededge1": "RE1",
    "re1": "RE1",
    "nir": "N",
    "nir1": "N",
    "nir8": "N",
    "swir": "S1",
    "swir1": "S1",
    "swir16": "S1",
    "swir2": "S2",
    "swir22": "S2",
    "vv": "VV",
    "vh": "VH",
}
_IN_TWO_WORDS = re.compile(r"(red)[ _.-]?(edge)[ _.-]?(\d?)(?![0-9A-Za-z])|(swir|nir)[ _.-](\d)(?!\w)", re.IGNORECASE)
_CODE = re.compile(r"b(?:and)?0*(\d{1,2})(a?)", re.IGNORECASE)
_ONLY_SENTINEL2 = {"B8A", "B12"}  # Landsat's band numbers end at 11 and have other meanings


@dataclass(frozen=True)
class Index:
    """An index of two bands, given by position: (a − b) / (a + b) if ``normalized``, else a − b."""

    name: str
    first: int
    second: int
    normalized: bool


def indices_of(bands: Sequence[str], minimum: Doubles) -> tuple[Index, ...]:
    """The well-known indices that these bands allow; none if no band is recognized.

    Args:
        bands: names of the sensor's bands.
        minimum: (band,) smallest values in training. Negative radar backscatter is in decibels, where the difference is
            the logarithm of a ratio.
    """
    at = roles_of(bands)
    found = []
    for table, normalized in ((NORMALIZED, True), (DIFFERENCES, False)):
        for name, (first, second) in table.items():
            if first in at and second in at and _fits(first, normalized, minimum[[at[first], at[second]]]):
                found.append(Index(name, at[first], at[second], normalized))
    return tuple(found)


def _fits(role: str, normalized: bool, minimum: Doubles) -> bool:
    """Whether the form suits the band's unit: decibels are subtracted, linear radar and optical bands normalized."""
    return role not in ("VV", "VH") or normalized == bool((minimum >= 0).all())


def roles_of(bands: Sequence[str]) -> dict[str, int]:
    """The position of the band in each recognized role (``R``, ``N``, ``VH`` …).

    If several bands have a role, the first one by name counts, or the one with the closest wavelength.
    """
    found: dict[str, int] = {}
    codes = [_code(name) for name in bands]
    of_sentinel2 = bool(_ONLY_SENTINEL2 & set(codes))
    for at, name in enumerate(bands):
        role = SENTINEL2.get(codes[at]) if of_sentinel2 else None
        role = role or _role_in_words(name)
        if role and wavelength_nm(name) is None:
            found.setdefault(role, at)
    return {**_by_wavelength(bands), **found}


def _role_in_words(name: str) -> str | None:
    """The role named by the words of a band name; None if there is none, or more than one (``vh_vv``)."""
    words = words_of(_IN_TWO_WORDS.sub(lambda found: "".join(filter(None, found.groups())), name))
    roles = {_WORDS[word.lower()] for word in words if word.lower() in _WORDS}
    return roles.pop() if len(roles) == 1 else None


def _code(name: str) -> str:
    """The band code at the end of a name, such as ``B2`` of ``B02`` or ``band_2``; empty if there is none."""
    words = words_of(name)
    match = _CODE.fullmatch(words[-1]) if words else None
    return f"B{match[1]}{match[2].upper()}" if match else ""


def _by_wavelength(bands: Sequence[str]) -> dict[str, int]:
    """For each role, the band with the wavelength closest to the centre of the role's range, if any is within it."""
    stated = {at: nm for at, name in enumerate(bands) if (nm := wavelength_nm(name)) is not None}
    found = {}
    for role, (low, high) in WAVELENGTHS_NM.items():
        inside = [at for at, nm in stated.items() if low <= nm <= high]
        if inside:
            found[role] = min(inside, key=lambda at: abs(stated[at] - (low + high) / 2))
    return found
