"""Comparison of an input's values with the training: another season is acceptable, another unit is not.

Pure arithmetic on arrays (band,) in float64. The rules use all bands together: new land cover
shifts single bands (water the infrared ones), another unit shifts all bands alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..arrays import Doubles, Flags
from ..contract import Band

SPREAD_OF_SD = 3.29  # 5th to 95th percentile of a normal distribution, in standard deviations
MOST_BANDS = 0.8  # share of bands that must agree
FEWEST_PIXELS = 30  # with fewer, spreads are meaningless
FEWEST_FOR_ENDS = 500  # with fewer, the smallest value is meaningless
FEWEST_BANDS = 3  # for conclusions from several bands together
SIMILAR = 1.5  # distance of similar land cover
OFFSETS = (1000.0, -1000.0)  # Sentinel-2 before and after processing baseline 04.00

_OUTSIDE_SD = 3.0  # beyond all training values by this much
_DWARF_SD = 25.0  # values below a 25th of the training's spread are nearly zero
_SHRUNK = 8.0  # as small, with as small a spread, in every band
_ALIKE = 3.0  # ratio of band factors that still agree
_OFFSET_ROUND = 300.0
_DECIBEL_SPREAD = 10.0


@dataclass(frozen=True)
class Trained:
    """Statistics over the training samples, from the manifest; ``sd`` is never 0."""

    mean: Doubles
    sd: Doubles
    minimum: Doubles
    maximum: Doubles

    @classmethod
    def of(cls, bands: tuple[Band, ...]) -> Trained:
        """The statistics of a sensor's bands."""
        rows = [(band.mean, band.sd, band.minimum, band.maximum) for band in bands]
        mean, sd, minimum, maximum = np.array(rows, np.float64).T
        rounding = 1e-6 * np.maximum(np.abs(minimum), np.abs(maximum))
        return cls(mean, np.where(sd > rounding, sd, 1.0), minimum, maximum)


@dataclass(frozen=True)
class Found:
    """Statistics of an input: minimum, 5th percentile, median, 95th percentile, over ``pixels`` valid pixels."""

    least: Doubles
    low: Doubles
    median: Doubles
    high: Doubles
    pixels: int

    @classmethod
    def of(cls, values: NDArray[np.float32]) -> Found:
        """The statistics of valid pixels (pixel, band), of which there is at least one."""
        least, low, median, high = np.percentile(values.astype(np.float64), (0, 5, 50, 95), axis=0)
        return cls(least, low, median, high, len(values))

    @property
    def spread(self) -> Doubles:
        """A robust estimate of the standard deviation, from percentiles."""
        return (self.high - self.low) / SPREAD_OF_SD

    def through(self, change: Callable[[Doubles], Doubles]) -> Found:
        """The statistics after applying an increasing function to every value."""
        return Found(change(self.least), change(self.low), change(self.median), change(self.high), self.pixels)


def distance(found: Found, trained: Trained) -> Doubles:
    """The distance of each band from the training, of median (in standard deviations) and spread (powers of e)."""
    middle = np.abs(found.median - trained.mean) / trained.sd
    apart: Doubles = middle + np.abs(np.log(np.maximum(found.spread / trained.sd, 0.01)))
    return apart


def strange_bands(found: Found, trained: Trained) -> Flags:
    """The bands (band,) with values of another kind than in training; none if there are too few pixels."""
    outside = _outside(found, trained)
    most = bool(outside.mean() > 0.5)
    if found.pixels < FEWEST_PIXELS:
        return outside & most
    dwarfs = np.maximum(np.abs(found.low), np.abs(found.high)) < trained.sd / _DWARF_SD
    strange = outside | dwarfs | undecibelled(found, trained)
    for together in (_shrunk(found, trained), _shifted(found, trained)):
        strange |= together & mostly(together)
    return strange & (mostly(strange) or most)


def mostly(flags: Flags) -> bool:
    """Whether nearly all bands are flagged."""
    return bool(flags.mean() >= MOST_BANDS)


def undecibelled(found: Found, trained: Trained) -> Flags:
    """Bands trained in decibels that contain power: never negative, with little spread."""
    small = (found.low > 0) & (found.spread < trained.sd / _DECIBEL_SPREAD)
    decibels = 10 * np.log10(np.where(found.low > 0, found.median, 1.0))
    there = (decibels > trained.minimum - trained.sd) & (decibels < trained.maximum + trained.sd)
    found_so: Flags = small & (trained.mean < 0) & there
    return found_so


def offset_between(found: Found, trained: Trained) -> float | None:
    """The known offset of every band of the input relative to the training; None if there is none.

    Determined from the minima, which land cover shifts differently in every band, and only for similar land cover.
    """
    if len(trained.mean) < FEWEST_BANDS or found.pixels < FEWEST_FOR_ENDS:
        return None
    ratio = found.spread / trained.sd
    for offset in OFFSETS:
        level = np.abs(found.least - trained.minimum - offset) < _OFFSET_ROUND
        moved = found.through(lambda values, offset=offset: values - offset)  # type: ignore[misc]
        apart = distance(moved, trained)
        nearer = (apart < distance(found, trained)) & bool(apart.mean() < SIMILAR)
        if mostly(level & nearer & (ratio > 0.25) & (ratio < 4) & (trained.sd > 0.02 * abs(offset))):
            return offset
    return None


def factor_between(found: Found, trained: Trained) -> float | None:
    """The factor of the input relative to the training, if nearly all bands agree on it; otherwise None."""
    if not (found.median != 0).all() or not ((found.median > 0) == (trained.mean > 0)).all():
        return None
    factors = np.log(found.median / np.where(trained.mean == 0, 1.0, trained.mean))
    middle = float(np.median(factors))
    return float(np.exp(middle)) if mostly(np.abs(factors - middle) < np.log(_ALIKE)) else None


def _outside(found: Found, trained: Trained) -> Flags:
    margin = _OUTSIDE_SD * trained.sd
    return (found.median < trained.minimum - margin) | (found.median > trained.maximum + margin)


def _shrunk(found: Found, trained: Trained) -> Flags:
    small = (np.abs(found.median) * _SHRUNK < np.abs(trained.mean)) & (found.spread * _SHRUNK < trained.sd)
    together = len(small) >= FEWEST_BANDS and factor_between(found, trained) is not None
    return small & together


def _shifted(found: Found, trained: Trained) -> Flags:
    return np.full(len(trained.mean), offset_between(found, trained) is not None)
