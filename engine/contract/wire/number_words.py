"""Numbers as a person reads them: thousands apart, lengths in few digits."""

from __future__ import annotations

THIN_SPACE = "\u202f"


def thousands(number: float, form: str = "") -> str:
    """A number, formatted by ``form``, with narrow no-break spaces between thousands."""
    return f"{number:,{form}}".replace(",", THIN_SPACE)


def rounded(number: float) -> float:
    """A number in three significant digits."""
    return float(f"{number:.3g}")


def about_m(length_m: float) -> str:
    """A length with three significant digits, without an exponent: more would be rounding and the CRS's own scale."""
    return thousands(rounded(length_m), ".12g")
