"""Values of a sensor at given locations: patches of images, series of pixels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from ...arrays import Flags, Floats, Indices
from ...contract import SampleShape
from ...raster.files import beyond_values
from ...raster.geo import Window
from ...raster.scenes import Scene
from ...raster.sensors import SensorRasters
from .. import Footprints, SensorSamples
from ..positions import Positions, encloses
from ..split import Lattices

READ_BLOCK_PX = 256
MAP_SCALE = 0.002  # scale distortion of pixels in a suitable CRS: 10 m in UTM are 9.98 to 10.004 m
MOST_SPARED_PX = 0.25


def context_px(context_m: float, pixel_m: float) -> int:
    """Side in pixels of a sample's patch: 2·floor(context / (2·pixel)) + 1, always odd."""
    half_px = context_m / (2 * pixel_m)
    return 2 * int(half_px + min(MAP_SCALE * half_px, MOST_SPARED_PX)) + 1


def patch_px(sensor: SensorRasters, context_m: float) -> int:
    """Side in pixels of a sample's patch; 1 if only its own pixel is read."""
    return context_px(context_m, sensor.scenes[0].grid.pixel_m()) if sensor.shape().has_space else 1


@dataclass(frozen=True)
class Extract:
    """The values of one sensor at every position.

    ``covered`` (position,): an image whose centre is valid in every band, a series with at least one complete date.
    ``holds`` (band,): the band has a value at some position. ``infinite`` (position,): infinities, or what is as good
    as infinite, were among the values read there; they are nodata. ``masked`` (position,): not covered, and that
    by the quality mask.
    """

    samples: SensorSamples
    covered: Flags
    holds: Flags
    infinite: Flags
    masked: Flags


def extract(sensor: SensorRasters, positions: Positions, side_px: int, progress: Callable[[float], None]) -> Extract:
    """Read one sensor at every position: float32, NaN = nodata; all NaN where the sensor is missing.

    Args:
        side_px: side of the patch in this sensor's pixels (1 for series).
    """
    shape = sensor.shape(side_px)
    values = np.full((len(positions), *shape.lengths), np.nan, dtype=np.float32)
    covered, infinite = np.zeros(len(positions), dtype=bool), np.zeros(len(positions), dtype=bool)
    holds = np.zeros(len(sensor.bands), dtype=bool)
    lattices = Lattices([scene.grid for scene in sensor.scenes])
    lattice, pixel = np.full(len(positions), -1, dtype=np.int64), np.zeros((len(positions), 2), dtype=np.int64)
    for number, scene in enumerate(sensor.scenes):
        for at, row, col, patch in _patches(scene, positions, ~covered, shape):
            beyond = beyond_values(patch)
            infinite[at] |= beyond.any()
            patch[beyond] = np.nan
            valid = ~np.isnan(patch[shape.at_centre]).reshape(-1, shape.bands)  # (date, band)
            holds |= valid.any(axis=0)
            covered[at] = valid.all(axis=1).any()
            if covered[at] or lattice[at] < 0:
                lattice[at], pixel[at] = lattices.place(number, row, col)
            if covered[at]:
                values[at] = patch
        progress((number + 1) / len(sensor.scenes))
    days = tuple(map(day_number, sensor.dates)) if sensor.dates_known else ()
    footprints = Footprints(lattices.each, lattice, pixel, side_px)
    masked = np.zeros(len(positions), dtype=bool)
    for scene in sensor.scenes:
        masked |= _masked(scene, positions, ~covered)
    samples = SensorSamples(sensor.name, sensor.kind, values, days, footprints, sensor.bands)
    return Extract(samples, covered, holds, infinite, masked)


def day_number(iso: str) -> float:
    """The day of an ISO date, counted from the year 1; for a month (``YYYY-MM``) its 15th."""
    return float(date.fromisoformat(iso if iso.count("-") == 2 else f"{iso}-15").toordinal())


def _patches(
    scene: Scene, positions: Positions, wanted: Flags, shape: SampleShape
) -> Iterator[tuple[int, int, int, Floats]]:
    """The values of a scene at the wanted positions inside it, with the rows and cols of their pixels.

    Infinities are left as they are.
    """
    index, rows, cols = _pixels(scene, positions, wanted)
    for members in _by_block(rows, cols):
        window = _enclosing(rows[members], cols[members])
        block = scene.read(window, shape.halo_px, keep_infinite=True)
        for member in members:
            patch = _cut(block, rows[member] - window.row, cols[member] - window.col, shape)
            yield int(index[member]), int(rows[member]), int(cols[member]), patch.copy()


def _masked(scene: Scene, positions: Positions, wanted: Flags) -> Flags:
    """Which of the wanted positions are nodata by the scene's quality mask, on all dates."""
    masked = np.zeros(len(positions), dtype=bool)
    if scene.masks:
        index, rows, cols = _pixels(scene, positions, wanted)
        for members in _by_block(rows, cols):
            window = _enclosing(rows[members], cols[members])
            masked[index[members]] = scene.masked(window)[rows[members] - window.row, cols[members] - window.col]
    return masked


def _pixels(scene: Scene, positions: Positions, wanted: Flags) -> tuple[Indices, Indices, Indices]:
    """Which of the wanted positions lie inside a scene, and their rows and cols there."""
    index = np.flatnonzero(encloses(scene.grid, positions) & wanted)
    rows, cols = (np.floor(at).astype(np.int64) for at in positions.take(index).on(scene.grid))
    return index.astype(np.int64), rows, cols


def _by_block(rows: Indices, cols: Indices) -> Iterator[Indices]:
    """Positions that lie in one block of the raster, together: each block is read once."""
    keys = (rows // READ_BLOCK_PX) * (1 << 32) + cols // READ_BLOCK_PX
    order = np.argsort(keys, kind="stable").astype(np.int64)
    if len(order):
        yield from np.split(order, np.flatnonzero(np.diff(keys[order])) + 1)


def _enclosing(rows: Indices, cols: Indices) -> Window:
    row, col = int(rows.min()), int(cols.min())
    return Window(row, col, int(rows.max()) - row + 1, int(cols.max()) - col + 1)


def _cut(block: Floats, row: int, col: int, shape: SampleShape) -> Floats:
    patch = block[..., row : row + shape.side_px, col : col + shape.side_px]
    return patch if shape.has_space else patch[..., 0, 0]
