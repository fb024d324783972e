"""Numbers as a person reads them: thousands apart, lengths in few digits, no exponents."""

from __future__ import annotations

from decimal import Decimal
from typing import Optional

THIN_SPACE = "\u202f"
_LEAST, _MOST = -7, 15  # powers of ten, between which a number is written without an exponent


def thousands(number: float, form: str = "") -> str:
    """A number, formatted by ``form``, with narrow no-break spaces between thousands."""
    return f"{number:,{form}}".replace(",", THIN_SPACE)


def rounded(number: float) -> float:
    """A number in three significant digits."""
    return float(f"{number:.3g}")


def about(number: float, digits: int = 3) -> str:
    """A number in this many significant digits, without an exponent, with thousands apart."""
    return _without_exponent(f"{number:.{digits}g}", ",").replace(",", THIN_SPACE)


def number_text(number: float, digits: Optional[int] = None) -> str:
    """A number as it is typed, without an exponent, in this many significant digits; by default in all of them."""
    return _without_exponent(repr(float(number)) if digits is None else f"{number:.{digits}g}")


def about_m(length_m: float) -> str:
    """A length with three significant digits, without an exponent: more would be rounding and the CRS's own scale."""
    return about(length_m)


def _without_exponent(text: str, grouping: str = "") -> str:
    """The same number without an exponent; unchanged if that takes too many zeros, or it is not finite."""
    number = Decimal(text)
    if not number.is_finite() or (number and not _LEAST <= number.adjusted() < _MOST):
        return text
    return f"{number.normalize() + 0:{grouping}f}"  # never -0
