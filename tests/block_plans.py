"""Plans of square blocks, for tests that need blocks and no scene to read them from."""

from __future__ import annotations

from colearn.engine.raster.geo.blocks import BlockPlan, whole_blocks
from colearn.engine.raster.geo.grid import Window


def plan_blocks(window: Window, block_px: int, swath_cols: int | None = None) -> BlockPlan:
    """Blocks of ``block_px`` pixels a side, in swaths widened to whole blocks; all columns in one by default."""
    return BlockPlan(window, (block_px, block_px), whole_blocks(swath_cols or window.cols, block_px), block_px)
