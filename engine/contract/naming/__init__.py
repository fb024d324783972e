"""What names tell: dates, bands, wavelengths. Plain text in, plain text out."""

from __future__ import annotations

from .band_words import band_in_name
from .names import (
    DatedName,
    first_by_rule,
    names_of_files,
    says_only_its_number,
    take_apart,
    wavelength_name,
    wavelength_nm,
    without_ending,
    words_of,
)

__all__ = [
    "DatedName",
    "band_in_name",
    "first_by_rule",
    "names_of_files",
    "says_only_its_number",
    "take_apart",
    "wavelength_name",
    "wavelength_nm",
    "without_ending",
    "words_of",
]
