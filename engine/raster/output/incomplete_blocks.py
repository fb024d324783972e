"""Which stored blocks of a raster being written are incomplete."""

from __future__ import annotations

from ..geo import Window


class IncompleteBlocks:
    """Counts the missing pixels of the (square) stored blocks.

    Complete blocks can be stored at once, in a fixed order. What waits in GDAL's cache is stored when
    the cache is full, which depends on what was read meanwhile: then the same map gives a different file every time.
    """

    def __init__(self, shape: tuple[int, int], side_px: int) -> None:
        self._shape = shape
        self._side_px = side_px
        self._lacking: dict[tuple[int, int], int] = {}

    def add(self, window: Window) -> bool:
        """Record written pixels; returns whether no stored block is now incomplete."""
        for place, block in self._touched(window):
            common = block.intersection(window)
            left = self._lacking.pop(place, block.pixels) - (common.pixels if common else 0)
            if left > 0:
                self._lacking[place] = left
        return not self._lacking

    def _touched(self, window: Window) -> list[tuple[tuple[int, int], Window]]:
        side = self._side_px
        rows = range(window.row // side, -(-window.row_stop // side))
        cols = range(window.col // side, -(-window.col_stop // side))
        return [((row, col), self._block(row, col)) for row in rows for col in cols]

    def _block(self, row: int, col: int) -> Window:
        side, (rows, cols) = self._side_px, self._shape
        top, left = row * side, col * side
        return Window(top, left, min(side, rows - top), min(side, cols - left))
