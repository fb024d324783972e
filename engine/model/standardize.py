"""From raw values to what encoders take: z-scores per band, 0 where there is nodata."""

from __future__ import annotations

from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor, nn

MOST_Z = 10.0  # standard deviations; of normally distributed values none comes near


class Standardize(nn.Module):
    """z = (x − mean) / sd per band, cut off at ``MOST_Z``; 0 wherever any band of the pixel (or date) is not finite.

    What lies so many standard deviations off is no measurement any more: a fill value that nobody declared, a broken
    pixel. Cut off, it cannot drown what lies beside it.

    The same module stands in training and in the exported graph, so both treat nodata alike.

    Args:
        mean: (band,) in raw units.
        sd: (band,) in raw units, above 0.
    """

    mean: Tensor
    sd: Tensor

    def __init__(self, mean: Tensor, sd: Tensor) -> None:
        super().__init__()
        self.register_buffer("mean", mean.float())
        self.register_buffer("sd", sd.float())

    @classmethod
    def of(cls, mean: NDArray[Any], sd: NDArray[Any]) -> Standardize:
        """From statistics held as arrays (band,)."""
        return cls(torch.from_numpy(mean), torch.from_numpy(sd))

    def forward(self, values: Tensor) -> tuple[Tensor, Tensor]:
        """Raw values (batch, band, …) to z-scores of the same shape and validity (batch, 1, …)."""
        # 0 · x is 0 for finite x, else NaN, and one NaN makes the sum NaN: a test over bands at once.
        valid = (values * 0).sum(dim=1, keepdim=True) == 0
        bands = (1, -1) + (1,) * (values.dim() - 2)
        z = (values - self.mean.view(bands)) / self.sd.view(bands)
        return torch.where(valid, z.clamp(-MOST_Z, MOST_Z), 0.0), valid
