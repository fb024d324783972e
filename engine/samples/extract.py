"""What a sensor sees at given places: patches of images, series of pixels."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from ..contract.manifest import SensorKind
from ..raster.crs import transform_xy
from ..raster.grid import Window
from ..raster.scene import Scene
from ..raster.sensor import SensorRasters
from .places import Places
from .sample_set import Flags, Floats, Indices, SensorSamples

READ_BLOCK_PX = 256


def context_px(context_m: float, pixel_m: float) -> int:
    """Side in pixels of the square a sample sees: 2·floor(context / (2·pixel)) + 1, always odd."""
    return 2 * int(context_m / (2 * pixel_m) + 1e-6) + 1  # 150 m in pixels of 9.9999999 m are 15, not 13


def extract(
    sensor: SensorRasters, places: Places, side_px: int, progress: Callable[[float], None]
) -> tuple[SensorSamples, Flags]:
    """Read one sensor at every place.

    Args:
        side_px: side of the patch in this sensor's pixels (1 for series).

    Returns:
        The samples (float32, NaN = nodata; all NaN where the sensor is missing) and which are covered: an image whose
        centre is valid in every band, a series with at least one complete date.
    """
    values = np.full((len(places), *sample_shape(sensor, side_px)), np.nan, dtype=np.float32)
    covered = np.zeros(len(places), dtype=bool)
    for number, scene in enumerate(sensor.scenes):
        _extract_scene(scene, places, side_px // 2, values, covered)
        progress((number + 1) / len(sensor.scenes))
    return SensorSamples(sensor.name, sensor.kind, values), covered


def sample_shape(sensor: SensorRasters, side_px: int) -> tuple[int, ...]:
    """Shape of one sample: (date, band) of a series, (band, row, col) of an image."""
    if sensor.kind is SensorKind.SERIES:
        return (len(sensor.dates), len(sensor.bands))
    return (len(sensor.bands), side_px, side_px)


def _extract_scene(scene: Scene, places: Places, halo_px: int, values: Floats, covered: Flags) -> None:
    x, y = transform_xy(places.x, places.y, places.crs_wkt, scene.grid.crs_wkt)
    row_at, col_at = scene.grid.pixel_of(x, y)
    inside = (row_at >= 0) & (row_at < scene.grid.rows) & (col_at >= 0) & (col_at < scene.grid.cols) & ~covered
    index = np.flatnonzero(inside)
    rows, cols = np.floor(row_at[index]).astype(np.int64), np.floor(col_at[index]).astype(np.int64)
    for members in _by_block(rows, cols):
        window = _enclosing(rows[members], cols[members])
        block = scene.read(window, halo_px)
        for member in members:
            patch = _cut(block, rows[member] - window.row, cols[member] - window.col, 2 * halo_px + 1)
            values[index[member]] = patch
            covered[index[member]] = _is_covered(patch, halo_px)
    values[index[~covered[index]]] = np.nan


def _by_block(rows: Indices, cols: Indices) -> Iterator[Indices]:
    """Positions that lie in one block of the raster, together: each block is read once."""
    keys = (rows // READ_BLOCK_PX) * (1 << 32) + cols // READ_BLOCK_PX
    order = np.argsort(keys, kind="stable").astype(np.int64)
    if len(order):
        yield from np.split(order, np.flatnonzero(np.diff(keys[order])) + 1)


def _enclosing(rows: Indices, cols: Indices) -> Window:
    row, col = int(rows.min()), int(cols.min())
    return Window(row, col, int(rows.max()) - row + 1, int(cols.max()) - col + 1)


def _cut(block: Floats, row: int, col: int, side_px: int) -> Floats:
    patch = block[..., row : row + side_px, col : col + side_px]
    return patch[..., 0, 0] if block.ndim == 4 else patch


def _is_covered(patch: Floats, halo_px: int) -> bool:
    if patch.ndim == 2:  # (date, band)
        return bool((~np.isnan(patch).any(axis=1)).any())
    return not bool(np.isnan(patch[:, halo_px, halo_px]).any())
