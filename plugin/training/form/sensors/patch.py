"""The patch size: the side of the square around a pixel that a network sees, in each sensor's own pixels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from .....engine.contract import Layout
from .sensor_row import SensorRow

DEFAULT_PX = 15  # of the finest image sensor; the engine's default
STEPS_PX = (1, 3, 5, 7, 9, 11, 13, 15, 17, 21, 25, 31, 41, 51)
_MAP_SCALE = 0.002  # as in the engine: relative difference between map metres and ground metres
_MOST_SPARED_PX = 0.25


def patch_px(context_m: float, pixel_m: float) -> int:
    """The (odd) side in pixels that the engine derives from a side in metres."""
    half_px = context_m / (2 * pixel_m)
    return 2 * int(half_px + min(_MAP_SCALE * half_px, _MOST_SPARED_PX)) + 1


def finest_pixel_m(sensors: Sequence[SensorRow]) -> Optional[float]:
    """The pixel size of the finest image sensor, in metres; None if there is none."""
    sizes = [sensor.pixel_sizes_m()[0] for sensor in _images(sensors) if sensor.pixel_sizes_m()]
    return min(sizes) if sizes else None


def context_of_step(step: int, sensors: Sequence[SensorRow]) -> Optional[float]:
    """The side in metres at a slider step; None without image sensors. The smallest step is the pixel alone."""
    pixel_m = finest_pixel_m(sensors)
    return None if pixel_m is None else 0.0 if step == 0 else STEPS_PX[step] * pixel_m


def step_of_context(context_m: Optional[float], sensors: Sequence[SensorRow]) -> int:
    """The slider step closest to a side in metres; that of the default if none is set."""
    pixel_m = finest_pixel_m(sensors)
    px = DEFAULT_PX if context_m is None or pixel_m is None else context_m / pixel_m
    return min(range(len(STEPS_PX)), key=lambda step: abs(STEPS_PX[step] - max(px, 1)))


def patches(context_m: Optional[float], sensors: Sequence[SensorRow]) -> tuple[tuple[str, int], ...]:
    """Every image sensor with the side of its patch, in pixels."""
    pixel_m = finest_pixel_m(sensors)
    if pixel_m is None:
        return ()
    side_m = DEFAULT_PX * pixel_m if context_m is None else context_m
    return tuple(
        (sensor.name, patch_px(side_m, sensor.pixel_sizes_m()[0]))
        for sensor in _images(sensors)
        if sensor.pixel_sizes_m()
    )


def _images(sensors: Sequence[SensorRow]) -> list[SensorRow]:
    """Sensors without dates: of time series the engine uses only the pixel itself."""
    return [sensor for sensor in sensors if sensor.guessed_layout() not in (Layout.STACK, Layout.DATES)]
