"""Parsing names: dates, bands, wavelengths. Plain text in, plain text out."""

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
from .products import Delivery, ProductKind, delivery_at

__all__ = [
    "DatedName",
    "Delivery",
    "ProductKind",
    "band_in_name",
    "delivery_at",
    "first_by_rule",
    "names_of_files",
    "says_only_its_number",
    "take_apart",
    "wavelength_name",
    "wavelength_nm",
    "without_ending",
    "words_of",
]
