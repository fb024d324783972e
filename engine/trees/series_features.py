"""Features of time series for trees: values by date, and statistics over dates; missing dates are excluded.

The value of a missing date is NaN, imputed later; statistics exist if at least one date is valid.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from .design import Feature, FeatureDesign
from .sums import pairwise_sum

_DATES = 2  # axis
_FAR = 1e30  # greater than any value; replaces missing values in minima and maxima
_YEAR_DAYS = 365.25
_WAVES = (1, 2)  # cycles per year
_QUARTILES = (0.25, 0.5, 0.75)


class SeriesFeatures(nn.Module):
    """Features (batch, feature, 1, pixel) of channels (batch, channel, date, pixel).

    Args:
        channels: names of bands and indices.
        days: day number of each date; only differences matter.
        design: the groups of features.
    """

    _days: Tensor
    _numbers: Tensor
    _cosines: Tensor
    _sines: Tensor

    def __init__(self, channels: tuple[str, ...], days: Sequence[float], design: FeatureDesign) -> None:
        super().__init__()
        self._design, self._dates, self._channels = design, len(days), len(channels)
        turns = np.array([[2 * np.pi * wave * day / _YEAR_DAYS for day in days] for wave in _WAVES])
        self.register_buffer("_days", _per_date(np.array(days)), persistent=False)
        self.register_buffer("_numbers", _per_date(np.arange(len(days))), persistent=False)
        self.register_buffer("_cosines", _per_date(2 * np.cos(turns)), persistent=False)
        self.register_buffer("_sines", _per_date(2 * np.sin(turns)), persistent=False)
        steps = range(1, self._dates) if design.steps else ()
        self.features = (
            *(Feature("value", channel, date) for date in range(self._dates) for channel in channels),
            *(Feature(f"step to {date + 1}", channel, date) for date in steps for channel in channels),
            *(Feature(measure, channel) for measure in self._measures() for channel in channels),
            *(Feature(measure) for measure in (("dates", "first day", "last day") if design.season else ())),
        )

    def _measures(self) -> list[str]:
        found = ["least", "mean", "most"] if self._design.season else []
        found += ["spread", "first", "last"] if self._design.season else []
        if self._design.harmonics:
            found += [f"{part} of wave {wave}" for wave in _WAVES for part in ("cosine", "sine", "power")]
        return found + ([f"quartile {at + 1}" for at in range(len(_QUARTILES))] if self._design.order else [])

    def forward(self, channels: Tensor, valid: Tensor, medians: Tensor | None = None) -> Tensor:
        """Compute the features.

        Args:
            channels: 0 where not valid.
            valid: (batch, 1, date, pixel) bool.
            medians: (feature,) imputed for missing values; None: these are NaN.
        """
        counted = valid.float()
        found = [self._by_date(channels, counted, medians, 0)]
        if self._design.steps and self._dates > 1:
            found.append(self._steps(channels, counted, medians))
        count = pairwise_sum(counted, _DATES, self._dates)
        divisor = count.clamp(min=1.0)
        mean = pairwise_sum(channels, _DATES, self._dates) / divisor
        first, last = self._ends(self._numbers, valid)
        if self._design.season:
            found += self._season(channels, valid, mean, divisor)
            found += [self._at(channels, first), self._at(channels, last)]
        if self._design.harmonics:
            found += self._harmonics((channels - mean) * counted, divisor)
        if self._design.order:
            found += self._quartiles(channels, valid, count)
        if self._design.season:
            found += [count, *self._ends(self._days, valid)]
        return torch.cat(found, dim=1)

    def _by_date(self, values: Tensor, there: Tensor, medians: Tensor | None, start: int) -> Tensor:
        """Values (batch, channel, date, pixel) as one feature per date and channel; missing ones imputed, or NaN.

        x + 0 · median and 0 + 1 · median are exact, and faster in graphs than ``where``.

        Args:
            values: 0 where not ``there``.
            start: index of the first of these features among all.
        """
        dates = self._dates - (start > 0)
        if medians is None:
            imputed = torch.where(there > 0, values, torch.nan)
        else:
            own = (
                medians.narrow(0, start, dates * self._channels).view(dates, self._channels).T.unsqueeze(0).unsqueeze(3)
            )
            imputed = values + (1.0 - there) * own
        return torch.cat([imputed.narrow(_DATES, date, 1) for date in range(dates)], dim=1)

    def _steps(self, channels: Tensor, counted: Tensor, medians: Tensor | None) -> Tensor:
        """Differences between consecutive dates where both are valid."""
        earlier, later = (channels.narrow(_DATES, at, self._dates - 1) for at in (0, 1))
        had, has = (counted.narrow(_DATES, at, self._dates - 1) for at in (0, 1))
        both = had * has
        return self._by_date((later - earlier) * both, both, medians, self._dates * self._channels)

    def _ends(self, numbers: Tensor, valid: Tensor) -> list[Tensor]:
        """The smallest and the largest of ``numbers`` (date) among valid dates."""
        first = torch.amin(torch.where(valid, numbers, _FAR), _DATES, keepdim=True)
        return [first, torch.amax(torch.where(valid, numbers, -_FAR), _DATES, keepdim=True)]

    def _at(self, channels: Tensor, number: Tensor) -> Tensor:
        """Values at the date with this index (batch, 1, 1, pixel), as a sum with one term that is not 0."""
        return pairwise_sum(channels * (self._numbers == number).float(), _DATES, self._dates)

    def _season(self, channels: Tensor, valid: Tensor, mean: Tensor, divisor: Tensor) -> list[Tensor]:
        squares = pairwise_sum(channels * channels, _DATES, self._dates) / divisor
        return [
            torch.amin(torch.where(valid, channels, _FAR), _DATES, keepdim=True),
            mean,
            torch.amax(torch.where(valid, channels, -_FAR), _DATES, keepdim=True),
            (squares - mean * mean).clamp(min=0.0),
        ]

    def _harmonics(self, deviations: Tensor, divisor: Tensor) -> list[Tensor]:
        """Cosine and sine coefficients of the deviations from the mean, and their squared amplitude, per harmonic."""
        found = []
        for at in range(len(_WAVES)):
            weights = (self._cosines.narrow(1, at, 1), self._sines.narrow(1, at, 1))
            cosine, sine = (pairwise_sum(deviations * each, _DATES, self._dates) / divisor for each in weights)
            found += [cosine, sine, cosine * cosine + sine * sine]
        return found

    def _quartiles(self, channels: Tensor, valid: Tensor, count: Tensor) -> list[Tensor]:
        """Values of nearest rank: of n in order, number ⌊q (n − 1) + ½⌋ from 0."""
        ranked = in_order(torch.where(valid, channels, _FAR), self._dates)
        found = []
        for quartile in _QUARTILES:
            rank = (quartile * (count - 1.0).clamp(min=0.0) + 0.5).floor()
            found.append(self._at(ranked, rank))
        return found


def _per_date(numbers: NDArray[Any]) -> Tensor:
    """Numbers (…, date) as a tensor (1, …, date, 1) that broadcasts with channels."""
    return torch.from_numpy(numbers.astype(np.float32)).view(1, -1, numbers.shape[-1], 1)


def in_order(values: Tensor, dates: int) -> Tensor:
    """Values (batch, channel, date, pixel) sorted along the dates, ascending: Batcher's bitonic network (1968).

    All pixels are compared at once, which is several times faster than sorting pixel by pixel.
    """
    length = 1 << max(dates - 1, 0).bit_length()
    if length > dates:
        filled = values.narrow(_DATES, 0, 1).clamp(min=_FAR)
        values = torch.cat([values, *[filled] * (length - dates)], dim=_DATES)
    size = 2
    while size <= length:
        values = _compared(values, length, size, mirrored=True)
        half = size // 2
        while half > 1:
            values = _compared(values, length, half, mirrored=False)
            half //= 2
        size *= 2
    return values.narrow(_DATES, 0, dates)


def _compared(values: Tensor, length: int, size: int, mirrored: bool) -> Tensor:
    """One stage of the network: in every run of ``size`` dates, the smaller of each pair goes to the first half.

    Partners are half a run apart or, if ``mirrored``, at mirrored positions of the run.
    """
    half, pieces = size // 2, []
    for start in range(0, length, size):
        low, high = values.narrow(_DATES, start, half), values.narrow(_DATES, start + half, half)
        backwards = torch.arange(half - 1, -1, -1, device=values.device)
        if mirrored:
            high = high.index_select(_DATES, backwards)
        larger = torch.maximum(low, high)
        pieces += [torch.minimum(low, high), larger.index_select(_DATES, backwards) if mirrored else larger]
    return torch.cat(pieces, dim=_DATES)
