"""How a scene is read block by block: blocks, their order and GDAL's cache size, derived from its storage."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np

from .. import gdal
from ..geo import STORED_BLOCK_PX, BlockPlan, Window, whole_blocks
from .scene import Scene

MOST_BLOCK_BYTES = 64 * 2**20  # of the float32 values read for one block: several blocks are in memory at once
MOST_KEPT_BYTES = 64 * 2**20  # source blocks cached for the following blocks; memory grows with width up to this limit
LEAST_ROWS = 16  # for flatter blocks mostly halo would be read
MOST_WAITING_BYTES = 256 * 2**20  # the map's incomplete stored blocks, which determine the size of the cache
_SPARE_BYTES = 64 * 2**20  # for the blocks of the map that are being written


@dataclass(frozen=True)
class ReadingPlan:
    """``blocks`` in reading order, and the size of the cache that keeps source blocks until no block needs them."""

    blocks: BlockPlan
    cache_bytes: int

    def size_cache(self) -> None:
        """Set GDAL's cache size, unless the environment defines it (GDAL_CACHEMAX)."""
        if "GDAL_CACHEMAX" not in os.environ:
            gdal.SetCacheMax(self.cache_bytes)


@dataclass(frozen=True)
class _Storage:
    """How a scene is stored: source blocks (rows, cols), bytes per pixel over all planes, columns."""

    block_shape: tuple[int, int]
    pixel_bytes: int
    cols: int

    @property
    def in_strips(self) -> bool:
        """Whether its blocks are as wide as the raster, so that whole rows must be read."""
        return self.block_shape[1] >= self.cols

    def kept_bytes(self, rows: int, cols: int) -> int:
        """Bytes of the source blocks that a row of blocks touches, ``rows`` high and ``cols`` wide with their halo."""
        high, wide = (_touched(side, source) for side, source in zip((rows, cols), self.block_shape))
        return high * min(wide, self.cols + self.block_shape[1]) * self.pixel_bytes


def plan_reading(scene: Scene, window: Window, block_px: int, halo_px: int, map_pixel_bytes: int = 0) -> ReadingPlan:
    """Plan the reading of a window of a scene, with ``halo_px`` pixels around every block.

    Blocks have ``block_px`` pixels a side. They are flatter if one would take too much memory, or if the strips
    that a row of them needs would. If a row of source blocks is too wide to be cached, the window is read in swaths.

    Args:
        map_pixel_bytes: bytes per pixel of the rasters that are written meanwhile.
    """
    storage = _Storage(scene.block_shape, _pixel_bytes(scene), scene.grid.cols)
    rows, swath_cols = _small_enough(scene.planes_held, block_px, halo_px), whole_blocks(window.cols, block_px)

    def kept_bytes() -> int:
        return storage.kept_bytes(rows + 2 * halo_px, min(swath_cols, window.cols) + 2 * halo_px)

    cell_rows = block_px if block_px % rows == 0 else rows
    while storage.in_strips and rows > LEAST_ROWS and kept_bytes() > MOST_KEPT_BYTES:
        rows = cell_rows = -(-rows // 2)
    while not storage.in_strips and swath_cols > block_px and kept_bytes() > MOST_KEPT_BYTES:
        swath_cols = whole_blocks(swath_cols // 2, block_px)
    blocks = BlockPlan(window, (rows, block_px), swath_cols, cell_rows)
    waiting_bytes = min(MOST_WAITING_BYTES, _waiting_px(blocks) * map_pixel_bytes)
    return ReadingPlan(blocks, kept_bytes() + waiting_bytes + _SPARE_BYTES)


def _small_enough(planes: int, block_px: int, halo_px: int) -> int:
    """Rows of a block: ``block_px``, halved until its values fit in memory."""
    rows = block_px
    row_bytes = planes * (block_px + 2 * halo_px) * np.dtype(np.float32).itemsize
    while rows > 1 and (rows + 2 * halo_px) * row_bytes > MOST_BLOCK_BYTES:
        rows = -(-rows // 2)
    return rows


def _waiting_px(blocks: BlockPlan) -> int:
    """Pixels of the map's stored blocks that are incomplete at the same time: none if each is written in one piece.

    They must wait in the cache. A block stored incomplete is stored again: the file keeps the space of both, and how
    often this happens depends on the threads.
    """
    side = STORED_BLOCK_PX
    if blocks.cell_rows % side == 0 and blocks.shape[1] % side == 0:
        return 0
    rows = side if side % blocks.cell_rows == 0 else _touched(blocks.cell_rows, side)
    return rows * whole_blocks(min(blocks.swath_cols, blocks.window.cols), side)


def _touched(pixels: int, source: int) -> int:
    """Pixels along one axis of all source blocks that ``pixels`` consecutive pixels can touch."""
    return (-(-(pixels - 1) // source) + 1) * source


def _pixel_bytes(scene: Scene) -> int:
    """Bytes per pixel over all planes, as stored."""
    bands = [scene.files[plane.file].band(plane.number) for plane in scene.planes]
    bands += [mask.file.band(mask.number) for masks in scene.masks for mask in masks]
    return sum(np.dtype(band.dtype).itemsize for band in bands)
