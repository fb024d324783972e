"""Whether the values of an input are those its sensor was trained on: another season is, another unit is not.

Everything here is arithmetic on plain arrays (band,) in float64. The rules look at all bands together: land never seen
before moves single bands (water the infrared ones), another unit moves them all alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..arrays import Doubles, Flags
from ..contract import Band

SPREAD_OF_SD = 3.29  # 5th to 95th percentile of a normal distribution, in standard deviations
MOST_BANDS = 0.8  # of the bands must tell the same story
FEWEST_PIXELS = 30  # under them, spreads mean nothing
FEWEST_FOR_ENDS = 500  # under them, the smallest value means nothing
FEWEST_BANDS = 3  # for a story that bands tell only together
SIMILAR = 1.5  # distance of land that looks alike
OFFSETS = (1000.0, -1000.0)  # Sentinel-2 before and after processing baseline 04.00

_OUTSIDE_SD = 3.0  # beyond all training values by so much
_DWARF_SD = 25.0  # what never reaches a 25th of the training's spread is hardly there
_SHRUNK = 8.0  # as little, and as little spread, in every band
_ALIKE = 3.0  # factors of bands that mean the same
_OFFSET_ROUND = 300.0
_DECIBEL_SPREAD = 10.0


@dataclass(frozen=True)
class Trained:
    """Values over the training samples, as the manifest keeps them; ``sd`` is never 0."""

    mean: Doubles
    sd: Doubles
    minimum: Doubles
    maximum: Doubles

    @classmethod
    def of(cls, bands: tuple[Band, ...]) -> Trained:
        """Those of a sensor's bands."""
        rows = [(band.mean, band.sd, band.minimum, band.maximum) for band in bands]
        mean, sd, minimum, maximum = np.array(rows, np.float64).T
        rounding = 1e-6 * np.maximum(np.abs(minimum), np.abs(maximum))
        return cls(mean, np.where(sd > rounding, sd, 1.0), minimum, maximum)


@dataclass(frozen=True)
class Found:
    """Values of an input: smallest, 5th percentile, median, 95th percentile, over ``pixels`` valid pixels."""

    least: Doubles
    low: Doubles
    median: Doubles
    high: Doubles
    pixels: int

    @classmethod
    def of(cls, values: NDArray[np.float32]) -> Found:
        """Those of valid pixels (pixel, band), of which there is at least one."""
        least, low, median, high = np.percentile(values.astype(np.float64), (0, 5, 50, 95), axis=0)
        return cls(least, low, median, high, len(values))

    @property
    def spread(self) -> Doubles:
        """The standard deviation, as far as the middle of the values tells it."""
        return (self.high - self.low) / SPREAD_OF_SD

    def through(self, change: Callable[[Doubles], Doubles]) -> Found:
        """As if every value had gone through a rising function."""
        return Found(change(self.least), change(self.low), change(self.median), change(self.high), self.pixels)


def distance(found: Found, trained: Trained) -> Doubles:
    """How far each band is from the training, in its middle (in standard deviations) and spread (in powers of e)."""
    middle = np.abs(found.median - trained.mean) / trained.sd
    apart: Doubles = middle + np.abs(np.log(np.maximum(found.spread / trained.sd, 0.01)))
    return apart


def strange_bands(found: Found, trained: Trained) -> Flags:
    """Which bands (band,) hold values of another kind than trained on; none where too few tell of it."""
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
    """Bands trained in decibels that hold a power: never negative, hardly spread."""
    small = (found.low > 0) & (found.spread < trained.sd / _DECIBEL_SPREAD)
    decibels = 10 * np.log10(np.where(found.low > 0, found.median, 1.0))
    there = (decibels > trained.minimum - trained.sd) & (decibels < trained.maximum + trained.sd)
    found_so: Flags = small & (trained.mean < 0) & there
    return found_so


def offset_between(found: Found, trained: Trained) -> float | None:
    """The offset that every band of the input has against the training, of those that are known; else None.

    Told by the smallest values, which land cover moves differently in every band; and only where the land looks alike.
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
    """How many times larger the input is than the training, where nearly all bands agree on it; else None."""
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
