"""The shape of one sample of a sensor: bands, dates, patch, and the resulting axes of arrays and graphs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Optional, Union

Axes = tuple[Union[int, str], ...]  # of a graph's array: a length, or the name of a dynamic axis


class SensorKind(str, Enum):
    """The kind of a sensor: without or with a time axis."""

    IMAGE = "image"
    SERIES = "series"


@dataclass(frozen=True)
class SampleShape:
    """The data read from one sensor for one pixel. All dependence on the kind of a sensor is in this class.

    ``dates`` is 0 without a time axis; ``side_px`` is the side length of the patch, 1 for a single pixel.
    A sample is (date, band, row, col) without the axes that the sensor lacks: (band, row, col) for an image, (date,
    band) for a series, which is read at its own pixel.
    """

    bands: int
    dates: int = 0
    side_px: int = 1

    def __post_init__(self) -> None:
        if self.dates and self.side_px != 1:
            raise ValueError(
                f"{self.dates} dates of {self.side_px} x {self.side_px} pixels: time series have no spatial context"
            )

    @classmethod
    def of_sample(cls, kind: SensorKind, lengths: Sequence[int]) -> SampleShape:
        """The shape of a sample with axes of these lengths."""
        if kind is SensorKind.SERIES:
            return cls(lengths[1], lengths[0])
        return cls(lengths[0], side_px=lengths[2])

    @property
    def kind(self) -> SensorKind:
        """The kind, as named in jobs and models."""
        return SensorKind.SERIES if self.has_dates else SensorKind.IMAGE

    @property
    def has_dates(self) -> bool:
        """Whether there is a time axis."""
        return self.dates > 0

    @property
    def has_space(self) -> bool:
        """Whether there are row and column axes, even of length one."""
        return not self.has_dates

    @property
    def halo_px(self) -> int:
        """Pixels needed around a block on each side."""
        return self.side_px // 2

    @property
    def channels(self) -> int:
        """The number of bands over all dates, as in a stack."""
        return self.bands * max(1, self.dates)

    def block(self, rows: int, cols: int) -> tuple[int, ...]:
        """The lengths of a block as read: (date, band, row, col), without the date axis if there is none."""
        return (*self._of_time(self.dates), self.bands, rows, cols)

    @property
    def lengths(self) -> tuple[int, ...]:
        """The lengths of one sample's axes."""
        return (*self._of_time(self.dates), self.bands, *self._of_space(self.side_px, self.side_px))

    @property
    def date_axis(self) -> Optional[int]:
        """The date axis of arrays (sample, ...), None if there is none."""
        return 1 if self.has_dates else None

    @property
    def band_axis(self) -> int:
        """The band axis of arrays (sample, ...)."""
        return 2 if self.has_dates else 1

    @property
    def at_centre(self) -> tuple[Any, ...]:
        """The index that selects the centre pixel in an array whose last axes are those of a sample."""
        return (..., *self._of_space(self.halo_px, self.halo_px))

    @property
    def pixel_axes(self) -> tuple[str, ...]:
        """The names of a graph's last axes: pixels of a map, as rows and cols only if it uses neighbours."""
        return ("row", "col") if self.has_space else ("pixel",)

    @property
    def graph_input(self) -> Axes:
        """The input axes of a graph: (batch, band, row, col) with the halo, or (1, band, date, pixel)."""
        if self.has_space:
            return ("batch", self.bands, *(f"{axis}_with_halo" for axis in self.pixel_axes))
        return (1, self.bands, self.dates, *self.pixel_axes)

    def graph_output(self, *outputs: int) -> Axes:
        """The output axes: (batch, output, row, col) or (1, output, pixel); without output for labels."""
        return ("batch" if self.has_space else 1, *outputs, *self.pixel_axes)

    @property
    def one_pixel(self) -> tuple[int, ...]:
        """The lengths of the smallest input of a graph: that for one pixel."""
        return (1, self.bands, *self._of_time(self.dates, 1), *self._of_space(self.side_px, self.side_px))

    def _of_time(self, *axes: int) -> tuple[int, ...]:
        return axes if self.has_dates else ()

    def _of_space(self, *axes: int) -> tuple[int, ...]:
        return axes if self.has_space else ()
