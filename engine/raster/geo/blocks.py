"""The block plan: how a window is divided into blocks, and in which order. Deterministic, plain arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Union, overload

from .grid import Window

STORED_BLOCK_PX = 256  # side of the blocks that maps are stored and computed in


@dataclass(frozen=True)
class BlockPlan(Sequence[Window]):
    """The blocks of a window, computed on access: a plan of a million blocks takes no memory.

    Blocks have ``shape`` (rows, cols) except at the window's right and lower edge; they start at the window's own
    corner, because that is where the blocks of the map are stored. They come in swaths of ``swath_cols`` columns from
    left to right, row by row within a swath, so that the source blocks of a row, shared by neighbours, fit into
    memory. Of flat blocks, ``cell_rows`` rows of one column are consecutive: they fill one stored block of the map.

    Laws: the blocks cover the window exactly and never overlap.
    """

    window: Window
    shape: tuple[int, int]
    swath_cols: int
    cell_rows: int

    def __post_init__(self) -> None:
        whole = self.swath_cols % self.shape[1] == 0 and self.cell_rows % self.shape[0] == 0
        if not whole or min(*self.shape, self.swath_cols, self.cell_rows) < 1:
            raise ValueError(f"blocks of {self.shape} px in {self.cell_rows} rows and {self.swath_cols} columns")

    def __len__(self) -> int:
        rows, cols = self.counts
        return rows * cols

    @property
    def counts(self) -> tuple[int, int]:
        """The numbers of rows and columns of blocks."""
        return -(-self.window.rows // self.shape[0]), -(-self.window.cols // self.shape[1])

    @overload
    def __getitem__(self, at: int) -> Window: ...

    @overload
    def __getitem__(self, at: slice) -> list[Window]: ...

    def __getitem__(self, at: Union[int, slice]) -> Union[Window, list[Window]]:
        if isinstance(at, slice):
            return [self._block(one) for one in range(*at.indices(len(self)))]
        if not -len(self) <= at < len(self):
            raise IndexError(f"block {at} of {len(self)}")
        return self._block(at % len(self))

    def _block(self, at: int) -> Window:
        rows, cols = self.counts
        wide, high = self.swath_cols // self.shape[1], self.cell_rows // self.shape[0]
        swath, within = divmod(at, rows * wide)
        cell_row, within = divmod(within, high * min(wide, cols - swath * wide))
        col, row = divmod(within, min(high, rows - cell_row * high))
        return self._window(cell_row * high + row, swath * wide + col)

    def _window(self, row: int, col: int) -> Window:
        top, left = self.window.row + row * self.shape[0], self.window.col + col * self.shape[1]
        bottom, right = min(top + self.shape[0], self.window.row_stop), min(left + self.shape[1], self.window.col_stop)
        return Window(top, left, bottom - top, right - left)


def whole_blocks(pixels: int, block_px: int) -> int:
    """The number of pixels, rounded up to whole blocks."""
    return max(1, -(-pixels // block_px)) * block_px
