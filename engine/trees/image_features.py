"""An image around each pixel: mean, spread and slope of every band over squares of a few sizes, nodata left out.

Spread is the variance and slope the squared length of the gradient: a tree is the same for the square of a number as
for the number, and a square root is not the same to the bit everywhere.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .design import Feature
from .sums import HORIZONTAL, VERTICAL, cut, window_sums

WINDOWS_PX = (3, 7, 15, 31)


def windows_for(context_px: int) -> tuple[int, ...]:
    """Sides of the squares inside a patch, the patch itself the last one; none where it is a single pixel."""
    inside = [window for window in WINDOWS_PX if window < context_px]
    return (*inside, context_px) if context_px > 1 else ()


class ImageFeatures(nn.Module):
    """Features (batch, feature, row, col) of channels (batch, channel, row + 2 halo, col + 2 halo).

    Args:
        channels: names of bands and indices.
        context_px: side of the patch.
        plain: only the pixel and the mean over the whole patch.
    """

    def __init__(self, channels: tuple[str, ...], context_px: int, plain: bool) -> None:
        super().__init__()
        windows = windows_for(context_px)
        self._halo_px = context_px // 2
        self._windows = windows[-1:] if plain else windows
        self._plain = plain
        self.features = tuple(
            Feature(measure, channel, window_px=window)
            for window, measures in ((1, ("value",)), *((window, self._measures) for window in self._windows))
            for measure in measures
            for channel in channels
        )

    @property
    def _measures(self) -> tuple[str, ...]:
        return ("mean",) if self._plain else ("mean", "spread", "slope")

    def forward(self, channels: Tensor, valid: Tensor, medians: Tensor | None = None) -> Tensor:
        """Channels are 0 where ``valid`` (batch, 1, row, col) is false; of a valid pixel no feature is missing."""
        counted = valid.float()
        found = [self._inner(channels, 1)]
        finer, finer_counts, finer_px = channels, counted, 1
        for window in self._windows:
            counts = window_sums(counted, window)
            divisor = counts.clamp(min=1.0)
            mean = window_sums(channels, window) / divisor
            inner = self._inner(mean, window)
            found.append(inner)
            if not self._plain:
                squares = self._inner(window_sums(channels * channels, window) / divisor, window)
                found.append((squares - inner * inner).clamp(min=0.0))
                found.append(self._slope(finer, finer_counts, finer_px, window))
            finer, finer_counts, finer_px = mean, counts, window
        return torch.cat(found, dim=1)

    def _inner(self, values: Tensor, window: int) -> Tensor:
        """Those of the sums over a window whose middle is no halo."""
        rim = self._halo_px - window // 2
        return cut(cut(values, VERTICAL, rim, rim), HORIZONTAL, rim, rim)

    def _slope(self, means: Tensor, counts: Tensor, means_px: int, window: int) -> Tensor:
        """Differences between the smaller squares at opposite sides of a window, squared and added; 0 without both."""
        rim, reach = self._halo_px - means_px // 2, window // 2 - means_px // 2
        total = None
        for axis, other in ((HORIZONTAL, VERTICAL), (VERTICAL, HORIZONTAL)):
            low, high, low_count, high_count = (
                cut(cut(values, other, rim, rim), axis, rim + shift, rim - shift)
                for values in (means, counts)
                for shift in (-reach, reach)
            )
            both = torch.minimum(low_count, high_count).clamp(max=1.0)
            difference = (high - low) * both
            squared = difference * difference
            total = squared if total is None else total + squared
        if total is None:
            raise ValueError("an image without axes")
        return total
