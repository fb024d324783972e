"""A part of a file's pixels, flipped if necessary: the used part of a raster that is aligned with others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ..geo import Window

Number = TypeVar("Number", bound=np.generic)


@dataclass(frozen=True)
class Part:
    """A window in the file's own rows and cols; ``upside_down`` and ``mirrored``: whether rows or cols are reversed."""

    window: Window
    upside_down: bool = False
    mirrored: bool = False

    def stored(self, window: Window) -> Window:
        """The window in the file of a window of the part."""
        whole = self.window
        row = whole.row_stop - window.row_stop if self.upside_down else whole.row + window.row
        col = whole.col_stop - window.col_stop if self.mirrored else whole.col + window.col
        return Window(row, col, window.rows, window.cols)

    def part(self, other: Part) -> Part:
        """A part of this part."""
        upside_down, mirrored = self.upside_down != other.upside_down, self.mirrored != other.mirrored
        return Part(self.stored(other.window), upside_down, mirrored)

    def turned(self, pixels: NDArray[Number]) -> NDArray[Number]:
        """Pixels (…, row, col) in file order, converted to the order of the part."""
        if self.upside_down:
            pixels = pixels[..., ::-1, :]
        return pixels[..., ::-1] if self.mirrored else pixels
