"""Detection of undeclared fill values: one value in all bands of many pixels, which would be treated as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ..arrays import Floats, Indices
from ..contract import about, number_text
from ..process import Reporter
from ..raster.files import MOST_VALUE
from ..samples import SampleSet, SensorSamples, pixels_of

# Common nodata values that are rare as measurements; 0 is treated separately, because it is common.
USUAL = (-9999.0, -32768.0, -32767.0, -999.0, -99999.0, 65535.0, 32767.0, -2147483648.0, 4294967295.0)
MANY = 0.01  # share of pixels, for a value that could be a measurement
SOME = 0.0005  # share of pixels, for one that hardly could
MOST_LOOKED_AT = 100_000  # pixels
FEWEST_SAMPLES = 50  # used, regardless of the pixels in each
_MOST_FILLS = 3  # combinations of values that may be fill; the frequency of the next one is typical of measurements
_TIMES = 10  # times as frequent as that: measurements do not repeat
_TIMES_ALONE = 5  # in a single band they do, if values are coarse
_FEWEST_COMBINATIONS = 20
_FAR = 2.0  # in spreads of the other values
_SHOWN = 3


@dataclass(frozen=True)
class Fill:
    """A likely fill value, and the share of pixels with it in every band, or only in ``bands``."""

    value: float
    share: float
    bands: tuple[int, ...] = ()


def likely_fill(pixels: Floats) -> tuple[Fill, ...]:
    """Likely fill values among valid pixels (pixel, band), the most frequent first."""
    pixels = pixels[:: max(1, -(-len(pixels) // MOST_LOOKED_AT))]
    if not len(pixels):
        return ()
    in_all_bands = _in_every_band(pixels)
    values = {fill.value for fill in in_all_bands}
    apart = [fill for fill in _in_some_bands(pixels) if fill.value not in values]
    return tuple(sorted([*in_all_bands, *apart], key=lambda fill: -fill.share))


def _in_every_band(pixels: Floats) -> list[Fill]:
    """Values that occur in all bands of a pixel far more often than any other combination."""
    uniform = (pixels == pixels[:, :1]).all(axis=1)
    values, counts = np.unique(pixels[uniform, 0], return_counts=True)
    usual = np.isin(values, USUAL)
    alone = pixels.shape[1] == 1  # with one band, every pixel has one value in all bands
    combinations = _repeats(pixels)
    if len(combinations) < _FEWEST_COMBINATIONS:  # classes or flags, all of which repeat
        often = np.zeros(len(values), dtype=bool)
    else:
        often = counts >= (_TIMES_ALONE if alone else _TIMES) * combinations[_MOST_FILLS]
    many = (counts >= MANY * len(pixels)) & often & ((values == 0) | (not alone))
    some = (counts >= SOME * len(pixels)) & usual
    if alone:
        some &= np.array([_is_far(pixels[:, 0], value) for value in values], dtype=bool)
    return [Fill(float(values[at]), counts[at] / len(pixels)) for at in np.flatnonzero(many | some)]


def _repeats(pixels: Floats) -> Indices:
    """The frequency of each combination of values among pixels (pixel, band), in descending order."""
    rows = np.ascontiguousarray(pixels)
    _, counts = np.unique(rows.view(np.dtype((np.void, rows.dtype.itemsize * rows.shape[1]))), return_counts=True)
    return np.sort(counts)[::-1]


def _in_some_bands(pixels: Floats) -> Iterator[Fill]:
    """Common fill values in single bands, far from all other values of the band."""
    for value in USUAL:
        shares = (pixels == value).mean(axis=0)
        bands = tuple(int(at) for at in np.flatnonzero(shares >= SOME) if _is_far(pixels[:, at], value))
        if bands:
            yield Fill(value, float(shares[list(bands)].max()), bands)


def _is_far(values: Floats, value: float) -> bool:
    """Whether a value lies beyond all others by more than their spread; also if there are no others."""
    others = values[values != value]
    if not len(others):
        return True
    low, high = np.quantile(others.astype(np.float64), (0.01, 0.99))
    return bool(value < low - _FAR * (high - low) or value > high + _FAR * (high - low))


def log_fill(sensor: str, bands: Sequence[str], pixels: Floats, where: str, parameter: str, reporter: Reporter) -> None:
    """Warn of likely fill values, naming the parameter that declares them.

    Args:
        pixels: valid pixels (pixel, band).
        where: the pixels to which shares refer, as text: ``the pixels around the labels``.
    """
    for fill in likely_fill(pixels)[:_SHOWN]:
        names = ", ".join(bands[at] for at in fill.bands[:_SHOWN])
        more = f" and {len(fill.bands) - _SHOWN} more" if len(fill.bands) > _SHOWN else ""
        there = f"in {names}{more}" if fill.bands else "in every band" if len(bands) > 1 else "in its one band"
        doubt = " Check where they are: dark water can also be 0." if fill.value == 0 else ""
        value = _value_text(fill.value)
        reporter.warning(
            "undeclared_fill",
            f"{sensor}: {_percent(fill.share)} of {where} are {value} {there}, which is not declared as "
            f"nodata. If these are not measurements, set {parameter}={value}; otherwise they are treated as "
            f"valid data."
            f"{doubt}",
        )


def log_fill_around(samples: SampleSet, bands: tuple[tuple[str, ...], ...], parameter: str, reporter: Reporter) -> None:
    """The same for the pixels in the patches of samples; ``bands`` are those of each sensor."""
    for sensor, names in zip(samples.sensors, bands, strict=True):
        log_fill(sensor.name, names, _pixels_of(sensor), "the pixels around the labels", parameter, reporter)


def _pixels_of(sensor: SensorSamples) -> Floats:
    """Valid pixels (pixel, band) of evenly spaced samples; for a series, of each date."""
    each = sensor.values[:1].size // max(1, sensor.shape.bands)
    most = max(FEWEST_SAMPLES, 2 * MOST_LOOKED_AT // max(1, each))
    values = sensor.values[:: max(1, -(-len(sensor.values) // most))]
    pixels = pixels_of(values, sensor.shape)
    found: Floats = pixels[np.isfinite(pixels).all(axis=-1)]
    return found


def log_beyond_values(sensor: str, share: float, where: str, reporter: Reporter) -> None:
    """Log that values that are practically infinite were treated as nodata."""
    if share:
        reporter.warning(
            "values_infinite",
            f"{sensor}: {_percent(share)} of {where} have infinite values (or values beyond ±{MOST_VALUE:g}), which "
            f"are treated as nodata.",
        )


def _value_text(value: float) -> str:
    """A value as a user declares it: pixels are read in 32 bits, in which some values are rounded."""
    usual = next((each for each in USUAL if np.float32(each) == np.float32(value)), value)
    return number_text(usual if usual.is_integer() else float(str(np.float32(usual))))


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= MANY else f"{about(100 * share, 2)} %"
