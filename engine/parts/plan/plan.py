"""The part plan: the blocks that are computed, stored and completed together. Pure arithmetic, deterministic."""

from __future__ import annotations

from dataclasses import dataclass

from ...raster.geo import BlockPlan, Window, whole_blocks
from .execution import PART_PX


@dataclass(frozen=True)
class PartPlan:
    """The parts of a window, row by row; each is a rectangle of whole blocks.

    Invariants: every block of ``blocks`` lies in exactly one part; the blocks of all parts are the blocks of the map.
    ``parts`` is computed lazily, like ``blocks``.
    """

    blocks: BlockPlan
    parts: BlockPlan

    def blocks_of(self, part: Window) -> BlockPlan:
        """The blocks of a part, in the order in which they are read."""
        swath_cols = min(self.blocks.swath_cols, whole_blocks(part.cols, self.blocks.shape[1]))
        return BlockPlan(part, self.blocks.shape, swath_cols, self.blocks.cell_rows)

    def part_of(self, block: Window) -> Window:
        """The part that contains a block."""
        window, (rows, cols) = self.parts.window, self.parts.shape
        per_row = self.parts.counts[1]
        return self.parts[(block.row - window.row) // rows * per_row + (block.col - window.col) // cols]


def plan_parts(blocks: BlockPlan, part_px: int = PART_PX, strips: bool = False) -> PartPlan:
    """Group blocks into parts of about ``part_px`` × ``part_px`` pixels.

    Args:
        strips: the raster is stored in rows of its full width, which must be decoded completely for any part: parts
            are then as wide as the map, and lower.
    """
    rows, cols = (max(least, part_px // least * least) for least in (blocks.cell_rows, blocks.shape[1]))
    if strips and cols < blocks.window.cols:
        flat_px = part_px**2 // blocks.window.cols
        rows = max(blocks.cell_rows, flat_px // blocks.cell_rows * blocks.cell_rows)
        cols = whole_blocks(blocks.window.cols, blocks.shape[1])
    return PartPlan(blocks, BlockPlan(blocks.window, (rows, cols), whole_blocks(blocks.window.cols, cols), rows))
