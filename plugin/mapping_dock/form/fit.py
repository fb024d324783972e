"""Whether rasters match what a sensor of a model was trained on, judged by their headers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Optional

from ....engine.contract import Layout, Manifest, SensorManifest, about_m
from ....engine.contract.naming import wavelength_nm
from ...training.form.sensors.header import RasterHeader
from ...training.form.sensors.sensor_row import SensorRow

MOST_FACTOR = 4.0  # ratio of pixel sizes, beyond which the engine refuses
SAME_WAVELENGTH_NM = 5.0
_ALPHA = 1


class Misfit(str, Enum):
    """Why rasters do not match a sensor."""

    NO_RASTER = "no_raster"
    UNUSABLE = "unusable"
    BANDS_MISSING = "bands_missing"
    BAND_COUNT = "band_count"
    PIXEL_SIZE = "pixel_size"
    NO_DATES = "no_dates"


@dataclass(frozen=True)
class BandPair:
    """A band that the model expects, and the band found for it; empty if none was."""

    expected: str
    found: str


@dataclass(frozen=True)
class Fit:
    """How well rasters match one sensor. ``words`` are the missing bands, or what was found and expected.

    ``offered`` are the names of all bands that the rasters have.
    """

    sensor: str
    pixel_m: float
    bands: tuple[BandPair, ...] = ()
    misfit: Optional[Misfit] = None
    words: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()

    @property
    def is_mendable(self) -> bool:
        """Whether the rasters can be made to fit by assigning the bands manually."""
        enough = len(self.offered) >= len(self.bands)
        return enough and self.misfit in (Misfit.BANDS_MISSING, Misfit.BAND_COUNT)


def fits_of(
    manifest: Manifest, rasters: Sequence[RasterHeader], sensor: str = "", bands: Sequence[str] = ()
) -> tuple[Fit, ...]:
    """How well the rasters match each sensor: first those that fit and use every band, then those with
    the most of the bands.

    ``bands`` are assigned manually for ``sensor``, in its order.
    """
    offered = len(SensorRow("", tuple(rasters)).all_bands())
    pixel_m = min((raster.pixel_m for raster in rasters if raster.pixel_m > 0), default=0.0)

    def distance(fit: Fit) -> tuple[bool, int, int, float]:
        missed = offered - sum(bool(pair.found) for pair in fit.bands)
        unlike = missed if fit.misfit else 0
        return fit.misfit is not None, unlike, abs(len(fit.bands) - offered), _factor(fit.pixel_m, pixel_m)

    fits = (fit_of(each, rasters, bands if each.name == sensor else ()) for each in manifest.sensors)
    return tuple(sorted(fits, key=distance))


def fit_of(sensor: SensorManifest, rasters: Sequence[RasterHeader], bands: Sequence[str] = ()) -> Fit:
    """How well the rasters match a sensor, by their band names or by the manually assigned ``bands``."""
    found = SensorRow(sensor.name, tuple(rasters)).all_bands() if rasters else ()
    by_hand = len(bands) == len(sensor.bands)
    pairs = _given_pairs(sensor, bands, found) if by_hand else band_pairs(sensor, found)
    misfit, words = _misfit(sensor, rasters, found, pairs, by_hand)
    return Fit(sensor.name, sensor.pixel_m, pairs, misfit, words, found)


def _given_pairs(sensor: SensorManifest, bands: Sequence[str], found: Sequence[str]) -> tuple[BandPair, ...]:
    """The assigned bands, each once: a repeated band, or one the rasters do not have, counts as missing."""
    left, pairs = list(found), []
    for expected, given in zip(sensor.band_names(), bands):
        pairs.append(BandPair(expected, given if given in left else ""))
        if given in left:
            left.remove(given)
    return tuple(pairs)


def band_pairs(sensor: SensorManifest, found: Sequence[str]) -> tuple[BandPair, ...]:
    """Every band of the sensor with the one found for it: by name or wavelength, or by order if bands have no names."""
    if not sensor.bands_named:
        return tuple(BandPair(band.name, found[at] if at < len(found) else "") for at, band in enumerate(sensor.bands))
    return tuple(BandPair(band.name, _same(band.name, found)) for band in sensor.bands)


def _misfit(
    sensor: SensorManifest,
    rasters: Sequence[RasterHeader],
    found: Sequence[str],
    pairs: Sequence[BandPair],
    by_hand: bool,
) -> tuple[Optional[Misfit], tuple[str, ...]]:
    """The first mismatch, in the order in which the engine checks."""
    bad = tuple(raster.name for raster in rasters if raster.unusable or not raster.is_placed)
    missing = tuple(pair.expected for pair in pairs if not pair.found) if sensor.bands_named or by_hand else ()
    row = SensorRow(sensor.name, tuple(rasters))
    sizes = row.pixel_sizes_m() or (sensor.pixel_m,)
    low, high = sensor.pixel_range_m or (sensor.pixel_m, sensor.pixel_m)
    reasons: tuple[tuple[bool, Misfit, tuple[str, ...]], ...] = (
        (not rasters, Misfit.NO_RASTER, ()),
        (bool(bad), Misfit.UNUSABLE, bad),
        (bool(missing), Misfit.BANDS_MISSING, missing),
        (
            not sensor.bands_named and not by_hand and len(found) - len(sensor.bands) not in (0, _ALPHA),
            Misfit.BAND_COUNT,
            (str(len(found)), str(len(sensor.bands))),
        ),
        (
            sensor.shape.has_dates and sensor.dates_known and not row.all_dates(),
            Misfit.NO_DATES,
            (str(len(sensor.dates)),),
        ),
        (
            sizes[0] * MOST_FACTOR < low or sizes[-1] > high * MOST_FACTOR,
            Misfit.PIXEL_SIZE,
            (about_m(sizes[0]), about_m(sensor.pixel_m)),
        ),
    )
    return next(((misfit, words) for holds, misfit, words in reasons if holds), (None, ()))


def _same(band: str, found: Sequence[str]) -> str:
    """The band of that name (ignoring case) or wavelength; empty if there is none."""
    if band in found:
        return band
    folded = [name for name in found if name.casefold() == band.casefold()]
    if len(folded) == 1:
        return folded[0]
    wanted = wavelength_nm(band)
    apart = [(abs((wavelength_nm(name) or float("inf")) - wanted), name) for name in found] if wanted else []
    nearest = min(apart, default=(float("inf"), ""))
    return nearest[1] if nearest[0] <= SAME_WAVELENGTH_NM else ""


def _factor(one: float, other: float) -> float:
    return max(one / other, other / one) if one > 0 and other > 0 else float("inf")


def layout_of(rasters: Sequence[RasterHeader]) -> Layout:
    """The layout of the rasters, as the engine will determine it."""
    return SensorRow("", tuple(rasters)).guessed_layout()


def given_bands(fit: Fit, expected: str, found: str) -> tuple[str, ...]:
    """The bands in the sensor's order, ``found`` assigned to ``expected`` and swapped with the band it displaces."""
    before = next((pair.found for pair in fit.bands if pair.expected == expected), "")
    return tuple(
        found if pair.expected == expected else before if pair.found == found else pair.found for pair in fit.bands
    )
