"""Image features around each pixel: mean, variance and squared gradient per band in windows of several sizes.

Nodata pixels are excluded. Variance and squared gradient are used without the square root: trees are invariant to
monotonic transformations, and a square root is not bit-identical everywhere.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .design import Feature
from .sums import HORIZONTAL, VERTICAL, cut, window_sums

WINDOWS_PX = (3, 7, 15, 31)


def windows_for(context_px: int) -> tuple[int, ...]:
    """Window sides within a patch, the patch itself last; empty if the patch is a single pixel."""
    inside = [window for window in WINDOWS_PX if window < context_px]
    return (*inside, context_px) if context_px > 1 else ()


class ImageFeatures(nn.Module):
    """Features (batch, feature, row, col) of channels (batch, channel, row + 2 halo, col + 2 halo).

    Args:
        channels: names of bands and indices.
        context_px: side of the patch.
        plain: only the pixel's values and their means over the patch.
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
        """Compute the features; a valid pixel has no missing feature.

        Args:
            channels: 0 where not valid.
            valid: (batch, 1, row, col) bool.
            medians: not used.
        """
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
        """Window sums or means of the pixels inside the halo."""
        rim = self._halo_px - window // 2
        return cut(cut(values, VERTICAL, rim, rim), HORIZONTAL, rim, rim)

    def _slope(self, means: Tensor, counts: Tensor, means_px: int, window: int) -> Tensor:
        """Squared gradient from the smaller windows at opposite sides of a window; 0 where one of them has no data."""
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
