"""One area as observed by one sensor: bands (or dates × bands) on one grid, from any number of files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Optional

import numpy as np

from ...arrays import Flags, Floats, Indices
from ..files import RasterFile, read_values
from ..geo import Grid, Window
from .interpolation import Interpolation
from .quality_mask import MaskPlane

READ_AT_ONCE_BYTES = 8 * 2**20  # bytes of dates read together, for a series that is interpolated


@dataclass(frozen=True)
class Plane:
    """Where one band (of one date) is stored: the index of its file in the scene, its number there."""

    file: int
    number: int


@dataclass(frozen=True)
class Scene:
    """Bands of one sensor on one grid.

    ``planes`` are in reading order: band by band, or date by date and there band by band. ``dates`` is the number of
    dates, None for an image. ``interpolation`` derives these dates from the stored ones; None if they are the
    same. ``masks`` are the rules of the quality mask of every stored date (an image has one), or none at all: a pixel
    that one of them declares invalid is nodata on that date. A scene holds no open file; any number of threads may read
    from it.
    """

    name: str
    grid: Grid
    files: tuple[RasterFile, ...]
    planes: tuple[Plane, ...]
    dates: Optional[int] = None
    interpolation: Optional[Interpolation] = None
    masks: tuple[tuple[MaskPlane, ...], ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """Paths of the files it is read from, including those they refer to."""
        return tuple(dict.fromkeys(path for file in self._all_files for path in (file.source.path, *file.paths)))

    @property
    def _all_files(self) -> tuple[RasterFile, ...]:
        """The files of the bands and of the quality mask."""
        return (*self.files, *(mask.file for masks in self.masks for mask in masks))

    @property
    def block_shape(self) -> tuple[int, int]:
        """(rows, cols) of the blocks its first file is stored in."""
        return self.files[0].block_shape

    @property
    def shape(self) -> tuple[int, ...]:
        """(band,) of an image, (date, band) of a series."""
        return (len(self.planes),) if self.dates is None else (self.dates, len(self.planes) // self._stored_dates)

    @property
    def planes_held(self) -> int:
        """The number of planes in memory once a window is read: of interpolated series, only the resulting dates."""
        return int(np.prod(self.shape))

    @property
    def _stored_dates(self) -> int:
        return len(self.interpolation.observed) if self.interpolation else self.dates or 1

    def require_unchanged(self) -> None:
        """Raise unless all its files are unchanged since they were opened; to be called before a result is kept.

        Raises:
            InputError: INPUT_CHANGED.
        """
        for file in self._all_files:
            file.require_unchanged()

    def read(self, window: Window, halo_px: int = 0, *, keep_infinite: bool = False) -> Floats:
        """Read a window with ``halo_px`` pixels around it.

        Pixels outside the whole raster (and only those) are reflected, value and validity, as by ``np.pad`` with
        ``mode="reflect"``, repeatedly if the raster is smaller than the pad. Infinite and implausibly large values
        are nodata, too, unless ``keep_infinite`` keeps them for callers that count them.

        Returns:
            float32 (band, row, col) or (date, band, row, col), raw values; NaN = nodata.

        Raises:
            InputError: RASTER_READ_FAILED, or a file that is missing.
        """
        wanted = window.grown(halo_px)
        rows = reflected(wanted.row, wanted.rows, self.grid.rows)
        cols = reflected(wanted.col, wanted.cols, self.grid.cols)
        box = Window(int(rows.min()), int(cols.min()), int(np.ptp(rows)) + 1, int(np.ptp(cols)) + 1)
        if self.interpolation is None:
            values = self._read_planes(0, len(self.planes), box, keep_infinite)
        else:
            values = self.interpolation.run(self._observations(box, keep_infinite)).reshape(-1, *box.shape)
        if box != wanted:
            values = values[:, rows[:, np.newaxis] - box.row, cols - box.col]
        return values.reshape(*self.shape, *wanted.shape)

    def masked(self, window: Window) -> Flags:
        """Which pixels (row, col) of a window inside the grid are masked on every stored date."""
        if not self.masks:
            return np.zeros(window.shape, bool)
        masked: Flags = np.all([self._invalid(masks, window) for masks in self.masks], axis=0)
        return masked

    def _observations(self, window: Window, keep_infinite: bool) -> Iterator[Floats]:
        """The stored dates (band, row, col) one after the other, some of them read together."""
        bands = len(self.planes) // self._stored_dates
        each_bytes = bands * window.pixels * np.dtype(np.float32).itemsize
        at_once = bands * max(1, READ_AT_ONCE_BYTES // each_bytes)
        for start in range(0, len(self.planes), at_once):
            stop = min(start + at_once, len(self.planes))
            yield from self._read_planes(start, stop, window, keep_infinite).reshape(-1, bands, *window.shape)

    def _read_planes(self, start: int, stop: int, window: Window, keep_infinite: bool) -> Floats:
        """(plane, row, col) of pixels inside the grid, NaN where masked; whole dates only."""
        values = self._read_unmasked(start, stop, window, keep_infinite)
        bands = len(self.planes) // self._stored_dates
        for date, masks in enumerate(self.masks[start // bands : stop // bands]):
            invalid = self._invalid(masks, window)
            values[date * bands : (date + 1) * bands, invalid] = np.nan
        return values

    def _invalid(self, masks: tuple[MaskPlane, ...], window: Window) -> Flags:
        """Which pixels (row, col) any of the rules declares invalid."""
        invalid = np.zeros(window.shape, bool)
        for mask in masks:
            invalid |= mask.invalid(self.grid, window)
        return invalid

    def _read_unmasked(self, start: int, stop: int, window: Window, keep_infinite: bool) -> Floats:
        """(plane, row, col) of pixels inside the grid, each file read once."""
        planes_of: dict[int, list[int]] = defaultdict(list)
        for position, plane in enumerate(self.planes[start:stop]):
            planes_of[plane.file].append(position)

        def read(file: int) -> Floats:
            numbers = [self.planes[start + position].number for position in planes_of[file]]
            return read_values(self.files[file], numbers, window, keep_infinite=keep_infinite)

        if len(planes_of) == 1:  # all planes are from one file, in order: no copy is needed
            return read(next(iter(planes_of)))
        values = np.empty((stop - start, *window.shape), np.float32)
        for file, positions in planes_of.items():
            values[positions] = read(file)
        return values


def reflected(start: int, count: int, size: int) -> Indices:
    """The indices in ``[0, size)`` for ``count`` positions from ``start``, reflected at both ends.

    The end itself is not repeated (``reflect`` of ``np.pad``); a single element is repeated everywhere.
    """
    if size == 1:
        return np.zeros(count, np.int64)
    period = 2 * (size - 1)
    inside = np.arange(start, start + count) % period
    return np.minimum(inside, period - inside)
