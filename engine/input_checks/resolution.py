"""Check of a raster's pixel size against that of its sensor in training."""

from __future__ import annotations

from collections.abc import Iterable

from ..contract import ErrorCode, InputError, SensorManifest, about, about_m
from ..process import Reporter
from ..raster.geo import Grid

WARNED_FACTOR = 2.0  # warning from this factor
MOST_FACTOR = 4.0  # error above this factor
_ROUNDING = 0.01  # of a factor: pixel sizes on the ellipsoid are never exactly twice as large


def log_resolution(sensor: SensorManifest, grids: Iterable[Grid], reporter: Reporter) -> None:
    """Warn if pixels are at least twice as large, or at most half as large, as in training."""
    trained = _trained_m(sensor)
    pixel_m = _strangest(trained, grids)
    factor = _factor(pixel_m, trained)
    if factor < WARNED_FACTOR * (1 - _ROUNDING):
        return
    size = "larger" if pixel_m > trained[1] else "smaller"
    reporter.warning(
        "resolution",
        f"The pixel size is {about_m(pixel_m)} m, {about(factor, 2)} times {size} than the {_words(trained)} that "
        f"{sensor.name} was trained on: what the model learned about texture and mixed pixels may not apply.",
    )


def require_resolution(sensor: SensorManifest, grids: Iterable[Grid], any_resolution: bool) -> None:
    """Reject pixels more than four times as large, or as small, as in training, unless any size is allowed.

    Raises:
        InputError: RESOLUTION_DIFFERS, with both pixel sizes.
    """
    trained = _trained_m(sensor)
    pixel_m = _strangest(trained, grids)
    if any_resolution or _factor(pixel_m, trained) <= MOST_FACTOR * (1 + _ROUNDING):
        return
    low, high = trained[0] / MOST_FACTOR, trained[1] * MOST_FACTOR
    raise InputError(
        ErrorCode.RESOLUTION_DIFFERS,
        subject="INPUT",
        found=f"pixels of {about_m(pixel_m)} m",
        expected=f"about the {_words(trained)} that {sensor.name} was trained on, {about_m(low)} to {about_m(high)} m",
        remedy="Choose a raster with the pixel size of the training, resample this one, or train a model for it. "
        "ANY_RESOLUTION maps it anyway.",
    )


def _trained_m(sensor: SensorManifest) -> tuple[float, float]:
    """The minimum and maximum pixel size in training."""
    return sensor.pixel_range_m or (sensor.pixel_m, sensor.pixel_m)


def _words(trained: tuple[float, float]) -> str:
    least, most = (about_m(size_m) for size_m in trained)
    return f"{least} m" if least == most else f"{least} to {most} m"


def _strangest(trained: tuple[float, float], grids: Iterable[Grid]) -> float:
    """The pixel size, in metres, that differs most from the trained ones."""
    return max((grid.pixel_m() for grid in grids), key=lambda pixel_m: _factor(pixel_m, trained))


def _factor(pixel_m: float, trained: tuple[float, float]) -> float:
    """The ratio to the nearest trained pixel size, at least 1; 1 within their range."""
    return max(pixel_m / trained[1], trained[0] / pixel_m, 1.0)
