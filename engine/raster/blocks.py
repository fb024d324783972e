"""The block plan: how a window is cut into blocks. Plain arithmetic, the same plan every time."""

from __future__ import annotations

from .grid import Window


def plan_blocks(window: Window, block_px: int, source_block: tuple[int, int]) -> list[Window]:
    """Cut a window into blocks of about ``block_px`` pixels a side, row by row.

    Laws: the blocks cover the window exactly, never overlap and are at most ``block_px`` a side; source blocks that fit
    into a block are never cut, so that none is decoded for two blocks; where a cut lies depends on the raster, not on
    the window.

    Args:
        source_block: (rows, cols) of the blocks the raster is stored in.
    """
    rows = _cuts(window.row, window.row_stop, block_px, source_block[0])
    cols = _cuts(window.col, window.col_stop, block_px, source_block[1])
    return [
        Window(top, left, bottom - top, right - left)
        for top, bottom in zip(rows, rows[1:])
        for left, right in zip(cols, cols[1:])
    ]


def _cuts(start: int, stop: int, block_px: int, source: int) -> list[int]:
    """Borders of the blocks along one axis, from ``start`` to ``stop``."""
    if source <= block_px:
        step = block_px // source * source
        inner = range((start // step + 1) * step, stop, step)
        return [start, *inner, stop]
    # A source block longer than a block is cut inside, evenly from its own border.
    cuts = [start]
    while cuts[-1] < stop:
        border = (cuts[-1] // source + 1) * source
        within = (cuts[-1] - (border - source)) // block_px * block_px
        cuts.append(min(border - source + within + block_px, border, stop))
    return cuts
