"""Statistics of a raster's values, accumulated block by block.

Every sum is exact: floats are added as integer mantissas. So neither the size nor the order of blocks
changes a bit of the result, and a map computed in parts has the same statistics as one computed in one run.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

MANTISSA_BITS = 24  # of a float32
_HALF_SQUARE = 2.0**MANTISSA_BITS  # a squared mantissa has twice the bits: it is added up in two halves
_LEAST_EXPONENT, _EXPONENTS = -160, 300  # of the smallest float32, and room for all others


@dataclass(frozen=True)
class Statistics:
    """Statistics of a band's valid ``pixels``, as stored in the file; ``sd`` is the population standard deviation."""

    pixels: int
    minimum: float
    maximum: float
    mean: float
    sd: float


class Tally(ABC):
    """Collects the values of one band; nodata, NaN and infinity do not count."""

    def __init__(self, nodata: float) -> None:
        self._nodata = nodata

    @abstractmethod
    def add(self, values: NDArray[Any]) -> None:
        """Add the values of a block, any shape."""

    def statistics(self) -> Statistics | None:
        """Statistics of the values so far; None if none is valid."""
        count, total, squares = self._sums()
        if count == 0:
            return None
        mean = total / count
        variance = squares / count - mean * mean
        return Statistics(count, *self._range(), float(mean), math.sqrt(variance))

    @abstractmethod
    def _sums(self) -> tuple[int, Fraction, Fraction]:
        """The number of values, their sum, and the sum of their squares."""

    @abstractmethod
    def _range(self) -> tuple[float, float]:
        """The minimum and maximum."""


class CodeTally(Tally):
    """Counts how often each value occurs, for integers of 8 or 16 bits."""

    def __init__(self, dtype: np.dtype[Any], nodata: float) -> None:
        super().__init__(nodata)
        kind = np.iinfo(dtype)
        self._least = int(kind.min)
        self._counts = np.zeros(int(kind.max) - self._least + 1, np.int64)

    def count(self, code: int) -> int:
        """The number of pixels with this value."""
        return int(self._counts[code - self._least])

    def add(self, values: NDArray[Any]) -> None:
        """Add the values of a block, any shape."""
        places = values.ravel().astype(np.int32) - self._least
        found = np.bincount(places, minlength=len(self._counts))
        found[round(self._nodata) - self._least] = 0
        self._counts += found

    def _sums(self) -> tuple[int, Fraction, Fraction]:
        codes, counts = self._found()
        total = sum(code * count for code, count in zip(codes, counts))
        squares = sum(code * code * count for code, count in zip(codes, counts))
        return sum(counts), Fraction(total), Fraction(squares)

    def _range(self) -> tuple[float, float]:
        codes, _ = self._found()
        return float(codes[0]), float(codes[-1])

    def _found(self) -> tuple[list[int], list[int]]:
        places = np.flatnonzero(self._counts)
        return [int(place) + self._least for place in places], [int(count) for count in self._counts[places]]


class RealTally(Tally):
    """Sums of mantissas and of their squares, separately for each exponent, for float32 values."""

    def __init__(self, nodata: float) -> None:
        super().__init__(nodata)
        self._count = 0
        self._minimum, self._maximum = math.inf, -math.inf
        self._mantissas = np.zeros((3, _EXPONENTS), np.int64)  # sum; upper and lower half of the sum of squares

    def add(self, values: NDArray[Any]) -> None:
        """Add the values of a block, any shape."""
        valid = values[np.isfinite(values) & (values != np.float32(self._nodata))]
        if valid.size == 0:
            return
        self._count += valid.size
        self._minimum = min(self._minimum, float(valid.min()))
        self._maximum = max(self._maximum, float(valid.max()))
        mantissa, exponent = np.frexp(valid)
        whole = mantissa.astype(np.float64) * 2.0**MANTISSA_BITS
        square = whole * whole  # 48 bits: exact
        upper = np.floor(square / _HALF_SQUARE)
        at = exponent - _LEAST_EXPONENT
        for row, weights in enumerate((whole, upper, square - upper * _HALF_SQUARE)):
            # Integers below 2^24, at most 2^26 of them: their sum is exact in float64.
            self._mantissas[row] += np.bincount(at, weights, _EXPONENTS).astype(np.int64)

    def _sums(self) -> tuple[int, Fraction, Fraction]:
        total = squares = Fraction(0)
        for place in np.flatnonzero(self._mantissas.any(axis=0)):
            whole, upper, lower = (int(part) for part in self._mantissas[:, place])
            unit = Fraction(2) ** (int(place) + _LEAST_EXPONENT - MANTISSA_BITS)
            total += whole * unit
            squares += ((upper << MANTISSA_BITS) + lower) * unit * unit
        return self._count, total, squares

    def _range(self) -> tuple[float, float]:
        return self._minimum, self._maximum


def tally_of(dtype: np.dtype[Any], nodata: float) -> Tally:
    """The tally for a band of that type: integers of up to 16 bits, or float32."""
    return RealTally(nodata) if dtype.kind == "f" else CodeTally(dtype, nodata)
