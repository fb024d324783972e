"""Number formatting: percent, points, few digits, a true minus sign, intervals in brackets."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ...contract import PERCENT_METRICS, THIN_SPACE, Estimate, thousands

NO_BREAK_SPACE = "\u00a0"
MINUS = "\u2212"
NONE = "–"

_UNIT_SCORES = frozenset({"RMSE", "MAE", "bias", "scatter"})


@dataclass(frozen=True)
class FormattedEstimate:
    """An estimate as text: the value, and its interval (empty if there is none)."""

    value: str
    interval: str = ""

    def __str__(self) -> str:
        return f"{self.value} {self.interval}".strip()


@dataclass(frozen=True)
class Style:
    """The format of one kind of score: times ``factor``, with ``decimals``, then ``unit``."""

    factor: float
    decimals: int
    unit: str
    difference_unit: str

    def score(self, estimate: Estimate) -> FormattedEstimate:
        """``62.3 %`` and ``[55.1, 69.0]``."""
        return self._shown(estimate, self.unit, signed=False)

    def difference(self, estimate: Estimate) -> FormattedEstimate:
        """``+3.1 points`` and ``[−0.4, +6.6]``."""
        return self._shown(estimate, self.difference_unit, signed=True)

    def _shown(self, estimate: Estimate, unit: str, signed: bool) -> FormattedEstimate:
        value = self._number(estimate.value, signed) + (THIN_SPACE + unit if unit else "")
        if estimate.low is None or estimate.high is None:
            return FormattedEstimate(value)
        return FormattedEstimate(
            value, interval(self._number(estimate.low, signed), self._number(estimate.high, signed))
        )

    def _number(self, value: float, signed: bool) -> str:
        return fixed(value * self.factor, self.decimals, signed)


def style_of(score: str, scale: float = 1.0) -> Style:
    """The format of the score with this name; ``scale`` is the size of errors in the target's own unit."""
    if score in PERCENT_METRICS:
        return Style(100, 1, "%", "points")
    if score in _UNIT_SCORES:
        return Style(1, decimals_for(scale), "", "")
    return Style(1, 3, "", "")


def interval(low: str, high: str) -> str:
    """``[0.2, 0.4]``, never broken over two lines."""
    return f"[{low},{NO_BREAK_SPACE}{high}]"


def capital(text: str) -> str:
    """The text with its first letter capitalized, the others unchanged."""
    return text[:1].upper() + text[1:]


def fixed(value: float, decimals: int, signed: bool = False) -> str:
    """``-1234.5`` as ``−1 234.5`` (thin space, true minus); zero has no sign."""
    text = thousands(abs(value), f".{decimals}f")
    if not any(digit in "123456789" for digit in text):
        return text
    return (MINUS if value < 0 else "+" if signed else "") + text


def decimals_for(scale: float, digits: int = 3) -> int:
    """Decimals that show ``digits`` significant digits of a number of that size."""
    if not math.isfinite(scale) or scale == 0:
        return digits - 1
    return min(max(digits - 1 - math.floor(math.log10(abs(scale))), 0), 9)


def brief(value: float, digits: int = 3) -> str:
    """A length or size in few digits, without trailing zeros: ``0.1``, ``1.5``, ``1 432``."""
    text = fixed(value, decimals_for(value, digits))
    return text.rstrip("0").rstrip(".") if "." in text else text


def share(part: float, whole: float) -> str:
    """``part`` of ``whole`` in percent, or a dash if ``whole`` is 0."""
    return f"{fixed(100 * part / whole, 1)}{THIN_SPACE}%" if whole else NONE


def count(number: int) -> str:
    """A count with thin spaces between thousands."""
    return fixed(number, 0)


def number_of(number: int, noun: str, plural: str = "") -> str:
    """``1 sample``, ``2 300 samples``."""
    return f"{count(number)} {noun if number == 1 else plural or noun + 's'}"


def joined_by_and(words: Sequence[str]) -> str:
    """``A``, ``A and B``, ``A, B and C``."""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
