"""Whether a raster's pixels are about as large as those its sensor was trained on."""

from __future__ import annotations

from collections.abc import Iterable

from ..contract.errors import ErrorCode, InputError
from ..contract.manifest import SensorManifest
from ..process.reporting import Reporter
from ..raster.grid import Grid

TOLD_FACTOR = 2.0  # from here on a warning
MOST_FACTOR = 4.0  # beyond it an error
_ROUNDING = 0.01  # of a factor: pixels measured on the ellipsoid are never exactly twice as large


def tell_resolution(sensor: SensorManifest, grids: Iterable[Grid], reporter: Reporter) -> None:
    """Warn where pixels are at least twice as large, or as small, as in training."""
    pixel_m = _strangest(sensor, grids)
    factor = _factor(pixel_m, sensor.pixel_m)
    if factor < TOLD_FACTOR * (1 - _ROUNDING):
        return
    size = "larger" if pixel_m > sensor.pixel_m else "smaller"
    reporter.warning(
        "resolution",
        f"The pixels are {pixel_m:.4g} m wide, {factor:.2g} times {size} than the {sensor.pixel_m:.4g} m that "
        f"{sensor.name} was trained on: what the model knows of neighbourhoods and mixed pixels may not hold.",
    )


def require_resolution(sensor: SensorManifest, grids: Iterable[Grid], any_resolution: bool) -> None:
    """Refuse pixels more than four times as large, or as small, as in training, unless any will do.

    Raises:
        InputError: RESOLUTION_DIFFERS, with both figures.
    """
    pixel_m = _strangest(sensor, grids)
    if any_resolution or _factor(pixel_m, sensor.pixel_m) <= MOST_FACTOR * (1 + _ROUNDING):
        return
    low, high = sensor.pixel_m / MOST_FACTOR, sensor.pixel_m * MOST_FACTOR
    raise InputError(
        ErrorCode.RESOLUTION_DIFFERS,
        subject="INPUT",
        found=f"pixels of {pixel_m:.4g} m",
        expected=f"about the {sensor.pixel_m:.4g} m that {sensor.name} was trained on, {low:.4g} to {high:.4g} m",
        remedy="Choose a raster of the trained resolution, resample this one, or train a model for it. "
        "ANY_RESOLUTION maps it all the same.",
    )


def _strangest(sensor: SensorManifest, grids: Iterable[Grid]) -> float:
    """The pixel size, in metres, that is farthest from the trained one."""
    return max((grid.pixel_m() for grid in grids), key=lambda pixel_m: _factor(pixel_m, sensor.pixel_m))


def _factor(one_m: float, other_m: float) -> float:
    return max(one_m / other_m, other_m / one_m)
