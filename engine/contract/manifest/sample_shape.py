"""What one sample of a sensor is: bands, dates, the square around its pixel, and so how arrays and graphs hold it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Optional, Union

Axes = tuple[Union[int, str], ...]  # of a graph's array: a length, or the name of an axis of any length


class SensorKind(str, Enum):
    """A sensor without a time axis, or with one."""

    IMAGE = "image"
    SERIES = "series"


@dataclass(frozen=True)
class SampleShape:
    """How much of one sensor is read for one pixel. Who depends on the kind of a sensor asks this class.

    ``dates`` is 0 where there is no time axis; ``side_px`` is the side of the square that is read, 1 for a pixel alone.
    A sample is (date, band, row, col) without the axes that the sensor lacks: (band, row, col) of an image, (date,
    band) of a series, which is read at its own pixel.
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
        """That of a sample with axes of these lengths."""
        if kind is SensorKind.SERIES:
            return cls(lengths[1], lengths[0])
        return cls(lengths[0], side_px=lengths[2])

    @property
    def kind(self) -> SensorKind:
        """What jobs and models call it."""
        return SensorKind.SERIES if self.has_dates else SensorKind.IMAGE

    @property
    def has_dates(self) -> bool:
        """Whether there is an axis of time."""
        return self.dates > 0

    @property
    def has_space(self) -> bool:
        """Whether there are axes of rows and cols, be they of one pixel."""
        return not self.has_dates

    @property
    def halo_px(self) -> int:
        """Pixels needed around a block on each side."""
        return self.side_px // 2

    @property
    def channels(self) -> int:
        """Bands of one date after the other, as one stack has them."""
        return self.bands * max(1, self.dates)

    def block(self, rows: int, cols: int) -> tuple[int, ...]:
        """The lengths of a block of pixels as it is read: (date, band, row, col), without dates that are not."""
        return (*self._of_time(self.dates), self.bands, rows, cols)

    @property
    def lengths(self) -> tuple[int, ...]:
        """The lengths of one sample's axes."""
        return (*self._of_time(self.dates), self.bands, *self._of_space(self.side_px, self.side_px))

    @property
    def date_axis(self) -> Optional[int]:
        """Of arrays (sample, ...): the axis of dates, None where there is none."""
        return 1 if self.has_dates else None

    @property
    def band_axis(self) -> int:
        """Of arrays (sample, ...): the axis of bands."""
        return 2 if self.has_dates else 1

    @property
    def at_centre(self) -> tuple[Any, ...]:
        """The index that leaves the sample's own pixel of an array that ends with a sample's axes."""
        return (..., *self._of_space(self.halo_px, self.halo_px))

    @property
    def pixel_axes(self) -> tuple[str, ...]:
        """What a graph calls its last axes: pixels of a map, in rows and cols only where it sees neighbours."""
        return ("row", "col") if self.has_space else ("pixel",)

    @property
    def graph_input(self) -> Axes:
        """The axes of what a graph takes: (batch, band, row, col) with the halo, or (1, band, date, pixel)."""
        if self.has_space:
            return ("batch", self.bands, *(f"{axis}_with_halo" for axis in self.pixel_axes))
        return (1, self.bands, self.dates, *self.pixel_axes)

    def graph_output(self, *outputs: int) -> Axes:
        """The axes of what it gives: (batch, output, row, col) or (1, output, pixel); without output for labels."""
        return ("batch" if self.has_space else 1, *outputs, *self.pixel_axes)

    @property
    def one_pixel(self) -> tuple[int, ...]:
        """The lengths of the least that a graph takes: what one pixel needs."""
        return (1, self.bands, *self._of_time(self.dates, 1), *self._of_space(self.side_px, self.side_px))

    def _of_time(self, *axes: int) -> tuple[int, ...]:
        return axes if self.has_dates else ()

    def _of_space(self, *axes: int) -> tuple[int, ...]:
        return axes if self.has_space else ()
