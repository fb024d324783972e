"""A check of an input's values before hours of mapping: are they like those the sensor was trained on?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..arrays import Floats
from ..contract import SensorManifest, about
from ..process import Reporter
from ..raster.files import beyond_values
from ..raster.geo import Window
from ..raster.scenes import Scene
from ..raster.vectors import MaskArea
from .rescaling import likely_rescaling
from .scaling import Scaling, declarations, log_other_meaning
from .value_ranges import Found, Trained, strange_bands

LOOKS = 8  # per side: at most 64 windows, however large the raster
LOOK_PX = 16
_SHOWN = 6


@dataclass(frozen=True)
class ValueSample:
    """Valid pixels (pixel, band) of an area, and the number of further ones with practically infinite values."""

    pixels: Floats
    beyond: int

    @property
    def share_beyond(self) -> float:
        """The share of pixels with practically infinite values, among those that are not nodata otherwise."""
        return self.beyond / max(1, self.beyond + len(self.pixels))


def sample_values(scene: Scene, window: Window, mask: MaskArea | None) -> ValueSample:
    """Pixels of windows spread evenly over the area to map; deterministic.

    A window without any pixel inside the mask is not read. A pixel of a series counts once for each valid date.

    Raises:
        InputError: RASTER_READ_FAILED.
    """
    parts, beyond = [np.empty((0, scene.shape[-1]), np.float32)], 0
    for look in looks(window):
        inside = None if mask is None else mask.inside(look)
        if inside is None or inside.any():
            values = scene.read(look, keep_infinite=True)
            infinite = beyond_values(values)
            there = infinite.any(axis=-3)
            beyond += int((there if inside is None else there & inside).sum())
            values[infinite] = np.nan
            parts.append(valid_pixels(values, inside))
    return ValueSample(np.concatenate(parts), beyond)


def looks(window: Window) -> list[Window]:
    """At most 64 small windows, spread evenly over a window."""
    rows, cols = _spread(window.row, window.rows), _spread(window.col, window.cols)
    return [Window(row, col, height, width) for row, height in rows for col, width in cols]


def valid_pixels(values: Floats, inside: NDArray[np.bool_] | None = None) -> Floats:
    """Pixels (pixel, band) valid in all bands, from (band, row, col) or (date, band, row, col), where ``inside``."""
    pixels = np.moveaxis(values, -3, -1)
    valid = np.isfinite(pixels).all(axis=-1)
    found: Floats = pixels[valid if inside is None else valid & inside]
    return found


def log_strange_values(sensor: SensorManifest, pixels: Floats, declared: Scaling, reporter: Reporter) -> None:
    """Warn if values differ in kind from the training: which bands, both ranges, and the likely cause.

    Also warn if the files declare another meaning of the stored values than in training.

    Args:
        pixels: valid pixels (pixel, band), bands in the order of the graph's input.
        declared: scale and offset declared in the input's files; the engine does not apply them.
    """
    if not len(pixels):
        return
    log_other_meaning(sensor, declared, reporter)
    found, trained = Found.of(pixels), Trained.of(sensor.bands)
    strange = np.flatnonzero(strange_bands(found, trained))
    if not len(strange):
        return
    shown = ", ".join(
        f"{sensor.bands[at].name} {about(found.low[at], 4)} to {about(found.high[at], 4)} "
        f"(trained on {about(trained.minimum[at], 4)} to {about(trained.maximum[at], 4)})"
        for at in strange[:_SHOWN]
    )
    more = f" and {len(strange) - _SHOWN} more bands" if len(strange) > _SHOWN else ""
    remedy = likely_rescaling(found, trained, declared)
    advice = (
        f"To match the training, {remedy} (Raster calculator)."
        if remedy
        else "Check the unit and the processing level of the raster."
    )
    reporter.warning(
        "strange_values",
        f"The values are far outside the range that {sensor.name} was trained on, so the result may be useless: "
        f"{shown}{more}. {advice}{declarations(sensor, declared)}",
    )


def _spread(start: int, size: int) -> list[tuple[int, int]]:
    """Starts and lengths along one axis: all of a short one, otherwise the centres of equal parts."""
    count = min(LOOKS, -(-size // LOOK_PX))
    borders = [start + size * at // count for at in range(count + 1)]
    parts = zip(borders, borders[1:])
    return [(max(low, (low + high - LOOK_PX) // 2), min(LOOK_PX, high - low)) for low, high in parts]
