"""Quality masks: which pixels of a window a rule declares invalid, whatever the grid of the mask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...arrays import Flags, Indices
from ...contract import QualityRule, QualityTest
from ..files import RasterFile, read_stored_band, value_in_type
from ..geo import Grid, Window

MOST_READ_PX = 2**22  # pixels of a mask read at once: one much finer than the image is read in parts
_MOST_BITS = 2.0**53  # a larger, infinite or NaN float contains no valid bits
_BORDER_PX = 1e-6  # a centre on the border of two mask pixels, within rounding, belongs to the second


@dataclass(frozen=True)
class MaskPlane:
    """One rule of a quality mask, with the file and number of the band that it tests."""

    file: RasterFile
    number: int
    rule: QualityRule

    @property
    def nodata(self) -> float | int | None:
        """The nodata value that the mask itself declares."""
        return self.file.band(self.number).nodata

    def nodata_is_news(self) -> bool:
        """Whether pixels become nodata only because of the mask's own nodata value, which its rule does not mention."""
        if self.nodata is None or np.isnan(self.nodata):
            return False
        return self._is_nodata_here(self.nodata) and not bool(fails_test(np.asarray([self.nodata]), self.rule)[0])

    def _is_nodata_here(self, nodata: float) -> bool:
        return not (self.rule.test is QualityTest.VALID and float(nodata) in self.rule.numbers)

    def invalid(self, grid: Grid, window: Window) -> Flags:
        """Which pixels (row, col) of a window inside ``grid`` are invalid.

        A mask on another grid is sampled at the pixel that contains the centre of the image's pixel. If there is none,
        or it is nodata (unless its rule declares that value valid) or NaN, the image's pixel is invalid.

        Raises:
            InputError: as :func:`.pixels.read_values`.
        """
        if self.file.grid.matches(grid):
            return self._test(read_stored_band(self.file, self.number, window))
        return self._of_other_grid(grid, window)

    def _of_other_grid(self, grid: Grid, window: Window) -> Flags:
        rows, cols = _nearest(grid, window, self.file.grid)
        inside = (rows >= 0) & (rows < self.file.grid.rows) & (cols >= 0) & (cols < self.file.grid.cols)
        if not inside.any():
            return np.ones(window.shape, bool)
        first_row, first_col = int(rows[inside].min()), int(cols[inside].min())
        high, wide = int(rows[inside].max()) - first_row + 1, int(cols[inside].max()) - first_col + 1
        if high * wide > MOST_READ_PX and window.pixels > 1:
            halves = _halves(window)
            along_rows = halves[0].rows < window.rows
            return np.concatenate([self._of_other_grid(grid, half) for half in halves], axis=0 if along_rows else 1)
        stored = read_stored_band(self.file, self.number, Window(first_row, first_col, high, wide))
        invalid = np.ones(window.shape, bool)
        invalid[inside] = self._test(stored[rows[inside] - first_row, cols[inside] - first_col])
        return invalid

    def _test(self, stored: NDArray[Any]) -> Flags:
        """Apply the rule to stored values, any shape."""
        finite = np.isfinite(stored) if stored.dtype.kind == "f" else np.ones(stored.shape, bool)
        nodata = value_in_type(stored, self.nodata)
        if nodata is not None and self._is_nodata_here(float(nodata)):
            finite &= stored != nodata
        fails: Flags = ~finite | fails_test(stored, self.rule)
        return fails


def fails_test(stored: NDArray[Any], rule: QualityRule) -> Flags:
    """Which stored values, any shape, a rule declares invalid."""
    if rule.test is QualityTest.BITS:
        bits = sum(1 << int(bit) for bit in rule.numbers)
        whole = np.rint(np.where(np.abs(stored) < _MOST_BITS, stored, 0)) if stored.dtype.kind == "f" else stored
        return np.asarray((whole.astype(np.int64) & bits) != 0)
    if rule.test in (QualityTest.ABOVE, QualityTest.BELOW):
        # A threshold of 0.6 is converted to the band's type: a float32 never equals 0.6 in float64.
        limit = np.asarray(rule.numbers[0], stored.dtype if stored.dtype.kind == "f" else np.float64)
        return np.asarray(stored > limit if rule.test is QualityTest.ABOVE else stored < limit)
    listed = np.isin(stored.astype(np.float64), rule.numbers)
    return listed if rule.test is QualityTest.VALUES else ~listed


def _nearest(grid: Grid, window: Window, mask: Grid) -> tuple[Indices, Indices]:
    """(row, col) of the mask's pixel at the centre of every pixel of the window; −1 where it cannot be transformed."""
    row, col = np.mgrid[window.row : window.row_stop, window.col : window.col_stop]
    positions = (np.nan_to_num(at, nan=-1.0) for at in mask.locate(*grid.xy_of(row, col), grid.crs_wkt))
    limit = 2.0**40
    rows, cols = (np.floor(np.clip(at, -1.0, limit) + _BORDER_PX).astype(np.int64) for at in positions)
    return rows, cols


def _halves(window: Window) -> tuple[Window, Window]:
    """The two halves of a window, split across its longer side."""
    if window.rows >= window.cols:
        rows = window.rows // 2
        return (
            Window(window.row, window.col, rows, window.cols),
            Window(window.row + rows, window.col, window.rows - rows, window.cols),
        )
    cols = window.cols // 2
    return (
        Window(window.row, window.col, window.rows, cols),
        Window(window.row, window.col + cols, window.rows, window.cols - cols),
    )
