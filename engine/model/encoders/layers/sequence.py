"""The common base of attention-based encoders: sequences of dates, and their positional encoding."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from .embedding import EmbeddedEncoder

PERIOD_BASE_DAYS = 1000.0  # Garnot & Landrieu 2020
MASKED_SCORE = -1e4  # exp of it is 0, and a softmax over masked dates only stays finite


class SequenceEncoder(EmbeddedEncoder):
    """An encoder that summarizes sequences (pixel, date, band), each pixel by itself, in :meth:`summary`.

    Samples and pixels of a raster become the same sequences, so that both forms are one computation.
    """

    convolutional = False

    def summary(self, sequences: Tensor, valid: Tensor) -> Tensor:
        """Sequences (pixel, date, band) with validity (pixel, date) to (pixel, channel)."""
        raise NotImplementedError

    def forward(self, series: Tensor, valid: Tensor) -> Tensor:
        """Series (sample, band, date) with validity (sample, 1, date) to (sample, width)."""
        representation: Tensor = self.embedding(self.summary(series.transpose(1, 2), valid[:, 0]))
        return representation

    def forward_dense(self, raster: Tensor, valid: Tensor) -> Tensor:
        """Pixels (1, band, date, pixel) with validity (1, 1, date, pixel) to (1, width, 1, pixel)."""
        summary = self.summary(raster[0].permute(2, 1, 0), valid[0, 0].transpose(0, 1))
        return self.embedding.forward_dense(summary.transpose(0, 1)[None, :, None])


def day_encoding(days: Sequence[float], channels: int) -> Tensor:
    """Positional encoding of dates, float32 (date, channel).

    Sinusoids of increasing period (Garnot & Landrieu 2020, equation 1): channel i is sin(day / 1000^(i / channels)) for
    even i, and the cosine with the frequency of channel i − 1 for odd i. Days count from the first date.
    """
    since_first = torch.tensor([day - days[0] for day in days], dtype=torch.float64)
    channel = torch.arange(channels)
    wave = (channel - channel % 2).double() / channels
    angle = since_first[:, None] / PERIOD_BASE_DAYS**wave
    return torch.where(channel % 2 == 0, angle.sin(), angle.cos()).float()
