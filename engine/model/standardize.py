"""Standardization of raw values: z-scores per band, 0 for nodata."""

from __future__ import annotations

from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor, nn

MOST_Z = 10.0  # standard deviations; out of reach for normally distributed values


class Standardize(nn.Module):
    """z = (x − mean) / sd per band, clipped to ±``MOST_Z``; 0 where any band of the pixel (or date) is not finite.

    Values that far from the mean are not measurements but undeclared fill values or defective pixels. Clipping keeps
    them from dominating their neighbourhood. Training and the exported graph use this same module, so both treat nodata
    alike.

    Args:
        mean: (band,) in raw units.
        sd: (band,) standard deviations in raw units, positive.
    """

    mean: Tensor
    sd: Tensor

    def __init__(self, mean: Tensor, sd: Tensor) -> None:
        super().__init__()
        self.register_buffer("mean", mean.float())
        self.register_buffer("sd", sd.float())

    @classmethod
    def of(cls, mean: NDArray[Any], sd: NDArray[Any]) -> Standardize:
        """From statistics as arrays (band,)."""
        return cls(torch.from_numpy(mean), torch.from_numpy(sd))

    def forward(self, values: Tensor) -> tuple[Tensor, Tensor]:
        """Raw values (batch, band, …) to z-scores of the same shape and validity (batch, 1, …)."""
        # 0 · x is 0 for finite x and NaN otherwise, so the sum over bands tests all bands at once.
        valid = (values * 0).sum(dim=1, keepdim=True) == 0
        bands = (1, -1) + (1,) * (values.dim() - 2)
        z = (values - self.mean.view(bands)) / self.sd.view(bands)
        return torch.where(valid, z.clamp(-MOST_Z, MOST_Z), 0.0), valid
