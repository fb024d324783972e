"""Mean and standard deviation of bands and targets, over training samples only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...arrays import Doubles, Indices
from ...contract import ErrorCode, InputError
from ...samples import SensorSamples, pixels_of
from .robust_range import plausible_range, some_of

_SAMPLES_AT_ONCE = 64


@dataclass(frozen=True)
class Statistics:
    """Per band or target, all (band,) float64 in raw units; ``sd`` is the population's, 0 for a constant."""

    mean: Doubles
    sd: Doubles
    minimum: Doubles
    maximum: Doubles

    @property
    def scale(self) -> Doubles:
        """The divisor of z-scores: ``sd``, or 1 if the values do not vary beyond float32 rounding."""
        rounding = 1e-6 * np.maximum(np.abs(self.minimum), np.abs(self.maximum))
        return np.where(self.sd > rounding, self.sd, 1.0)


def sensor_statistics(sensor: SensorSamples, index: Indices) -> Statistics:
    """Statistics per band over the valid pixels (dates) of the samples at ``index``.

    A pixel with nodata in any band counts in none, an implausible value (:mod:`.robust_range`) not in its band.
    Samples are processed a few at a time.

    Raises:
        InputError: there is no valid pixel.
    """
    pixels_in_all = sum(map(len, valid_pixels(sensor, index)))
    if pixels_in_all == 0:
        raise _all_nodata(sensor.name)
    low, high = plausible_range(some_of(valid_pixels(sensor, index), pixels_in_all))
    bands = len(low)
    count, total = np.zeros(bands), np.zeros(bands)
    minimum, maximum = np.full(bands, np.inf), np.full(bands, -np.inf)
    for pixels in valid_pixels(sensor, index):
        counts = (pixels >= low) & (pixels <= high)
        count += counts.sum(axis=0)
        total += pixels.sum(axis=0, where=counts)
        minimum = np.minimum(minimum, pixels.min(axis=0, where=counts, initial=np.inf))
        maximum = np.maximum(maximum, pixels.max(axis=0, where=counts, initial=-np.inf))
    mean = total / count
    squares = np.zeros(bands)
    for pixels in valid_pixels(sensor, index):
        squares += np.square(pixels - mean).sum(axis=0, where=(pixels >= low) & (pixels <= high))
    return Statistics(mean, np.sqrt(squares / count), minimum, maximum)


def target_statistics(target: NDArray[Any]) -> Statistics:
    """Statistics per target of (sample, target) values."""
    values = np.asarray(target, dtype=np.float64)
    return Statistics(values.mean(axis=0), values.std(axis=0), values.min(axis=0), values.max(axis=0))


def valid_pixels(sensor: SensorSamples, index: Indices) -> Iterator[Doubles]:
    """Non-empty arrays (pixel, band) float64 of the pixels, or dates, whose bands are all finite."""
    for start in range(0, len(index), _SAMPLES_AT_ONCE):
        values = pixels_of(sensor.values[index[start : start + _SAMPLES_AT_ONCE]], sensor.shape)
        pixels = values.reshape(-1, values.shape[-1])
        valid = pixels[np.isfinite(pixels).all(axis=1)]
        if len(valid):
            yield valid.astype(np.float64)


def _all_nodata(name: str) -> InputError:
    return InputError(
        ErrorCode.TOO_FEW_SAMPLES,
        subject=name,
        found="nodata in at least one band of every training pixel",
        expected="pixels with valid data in all bands",
        remedy="Exclude the bands without valid data (SENSOR_X_BANDS), or check the nodata values of the rasters.",
    )
