"""Interpolation of a series to other dates: linear in time, per pixel, between the nearest valid observations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from ...arrays import Floats, Indices


@dataclass(frozen=True)
class Interpolation:
    """Interpolates from the observed days of a series to the wanted days.

    Days count from any common day, both ascend. An observation is valid where all its bands are. A wanted day gets the
    linear interpolation between the last valid observation up to it and the first one after it, if these are at
    most ``gap_days`` apart; else the nearer of the two, if that is at most ``reach_days`` away; else it is missing.
    """

    observed: tuple[int, ...]
    wanted: tuple[int, ...]
    gap_days: int
    reach_days: int

    def needed(self) -> list[int]:
        """Indices of the observations that any wanted day can depend on."""
        near = self.gap_days
        return [at for at, day in enumerate(self.observed) if any(abs(day - want) <= near for want in self.wanted)]

    def missing(self) -> list[int]:
        """Indices of the wanted days that are missing even if every observation is valid."""
        seen = self.run(np.zeros((1, 1, 1), np.float32) for _ in self.observed)
        return [int(at) for at in np.flatnonzero(np.isnan(seen[:, 0, 0, 0]))]

    def run(self, observations: Iterable[Floats]) -> Floats:
        """Values (wanted day, band, row, col), float32, NaN in all bands where a day is missing.

        Args:
            observations: (band, row, col) of each observed day in order, NaN = nodata. They are consumed one by one:
                memory does not grow with their number.
        """
        each = iter(observations)
        first = next(each)
        pixels = _Pixels(self, first.shape[0], first.shape[1] * first.shape[2])
        for day, values in zip(self.observed, _from(first, each)):
            pixels.observe(day, values.reshape(first.shape[0], -1))
        return pixels.finish().reshape(len(self.wanted), *first.shape)


class _Pixels:
    """The pixels of a window while observations are processed from the first to the last.

    ``values`` (wanted day, band, pixel) holds, for a passed day, its last valid observation, of ``since`` (wanted
    day, pixel) while it is ``open`` (wanted day, pixel), and the final value afterwards.
    """

    def __init__(self, interpolation: Interpolation, bands: int, pixels: int) -> None:
        self._asked = interpolation
        count = len(interpolation.wanted)
        self._values = np.full((count, bands, pixels), np.nan, np.float32)
        self._since = np.full((count, pixels), -np.inf, np.float32)
        self._open = np.ones((count, pixels), bool)
        self._last = np.full((bands, pixels), np.nan, np.float32)
        self._last_day = np.full(pixels, -np.inf, np.float32)
        self._gone = 0  # number of wanted days up to the current observation

    def observe(self, day: int, values: Floats) -> None:
        """Process the observation (band, pixel) of the next day."""
        self._pass_until(day)
        valid = np.isfinite(values).all(axis=0)
        for at in range(self._gone):
            # Later observations can neither enclose the day nor be near it.
            if day - self._asked.wanted[at] <= max(self._asked.gap_days, self._asked.reach_days):
                self._close(at, np.flatnonzero(self._open[at] & valid), day, values)
        np.copyto(self._last, values, where=valid)
        self._last_day[valid] = day

    def finish(self) -> Floats:
        """Values (wanted day, band, pixel), after the last observation."""
        self._pass_until(np.inf)
        for at, want in enumerate(self._asked.wanted):
            far = self._open[at] & (want - self._since[at] > self._asked.reach_days)
            self._values[at][:, far] = np.nan
        return self._values

    def _pass_until(self, day: float) -> None:
        """Record the last valid observation of the wanted days before ``day``."""
        while self._gone < len(self._asked.wanted) and self._asked.wanted[self._gone] < day:
            self._values[self._gone] = self._last
            self._since[self._gone] = self._last_day
            self._open[self._gone] = self._last_day != self._asked.wanted[self._gone]
            self._gone += 1

    def _close(self, at: int, pixels: Indices, day: int, values: Floats) -> None:
        """Set the values of a wanted day at pixels whose first valid observation after it is that of ``day``."""
        if not len(pixels):
            return
        want, since = self._asked.wanted[at], self._since[at, pixels]
        before, after = self._values[at][:, pixels], values[:, pixels]
        nearer_after = day - want < want - since
        enclosed = day - since <= self._asked.gap_days
        with np.errstate(invalid="ignore"):  # where there is no earlier observation
            share = np.where(enclosed, (want - since) / (day - since), nearer_after).astype(np.float32)
        far = ~enclosed & (np.minimum(day - want, want - since) > self._asked.reach_days)
        # Not before + share · (after − before), which is not exactly ``after`` if the share is 1.
        line = before * (1 - share) + after * share
        given = np.where(share == 0, before, np.where(share == 1, after, line))  # the other observation may be missing
        self._values[at][:, pixels] = np.where(far, np.float32(np.nan), given)
        self._open[at, pixels] = False


def _from(first: Floats, others: Iterator[Floats]) -> Iterator[Floats]:
    yield first
    yield from others
