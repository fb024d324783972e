"""L-TAE: lightweight temporal attention (Garnot & Landrieu 2020, arXiv 2007.00586), an encoder of time series."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .layers import MASKED_SCORE, Embedding, EncoderSpec, SequenceEncoder, day_encoding

HEADS = 16


class LTAE(SequenceEncoder):
    """Each head looks at its own group of channels and picks dates by a query of its own, learned once for all pixels.

    With e_t the projected bands of date t plus the encoding of its day, head h gives Σ_t a_ht e_t[group h], where
    a_h = softmax over the valid dates of q_h · (K_h e_t) / √d_k. Unlike the paper's, the normalization after the
    projection is each date's own: one over all dates would let missing ones in.

    Args:
        bands: bands of the sensor.
        days: day of each date.
        width: width of the representation.
        channels: channels of all heads together.
        heads: a divisor of ``channels``.
        key_width: d_k, the width of queries and keys.
        dropout: share of attention and activations dropped in training.
        layer_norm: whether the representation ends in a LayerNorm.
    """

    position: Tensor

    def __init__(
        self,
        bands: int,
        days: Sequence[float],
        *,
        width: int = 128,
        channels: int = 128,
        heads: int = 16,
        key_width: int = 8,
        dropout: float = 0.2,
        layer_norm: bool = False,
    ) -> None:
        super().__init__(width)
        self.dates, self.heads = len(days), heads
        self.projection = nn.Linear(bands, channels)
        self.projection_norm = nn.LayerNorm(channels)
        self.register_buffer("position", day_encoding(days, channels // heads).repeat(1, heads))
        self.query = nn.Parameter(torch.randn(heads, key_width, 1) * (2 / key_width) ** 0.5)
        # No bias: it would add the same to every date's score, and softmax does not see it.
        self.key = nn.Linear(channels, heads * key_width, bias=False)
        self.dropout = nn.Dropout(dropout)
        self.embedding = Embedding(channels, channels, width, dropout, layer_norm)

    @classmethod
    def built(cls, spec: EncoderSpec) -> LTAE:
        """With the sizes that the design has for it."""
        heads = math.gcd(HEADS, spec.hidden // 4)  # of four channels or more each
        return cls(
            spec.bands,
            spec.days,
            width=spec.width,
            channels=spec.hidden,
            heads=heads,
            dropout=spec.dropout,
            layer_norm=spec.layer_norm,
        )

    def summary(self, sequences: Tensor, valid: Tensor) -> Tensor:
        """Sequences (pixel, date, band) with validity (pixel, date) to (pixel, channel); 0 where no date is valid."""
        dates = self.projection_norm(self.projection(sequences)) + self.position  # (pixel, date, channel)
        attention = self.dropout(self._attention(dates, valid)).unsqueeze(2)  # (pixel, head, 1, date)
        groups = dates.unflatten(2, (self.heads, -1)).transpose(1, 2)  # (pixel, head, date, channels of a head)
        # A product, not a sum over dates: ONNX Runtime adds up in an order that depends on the number of pixels.
        picked: Tensor = attention @ groups
        return picked.flatten(1)

    def _attention(self, dates: Tensor, valid: Tensor) -> Tensor:
        """How much each head takes of each date, (pixel, head, date); a head's sum to 1, or are 0 without any date."""
        heads, key_width, _ = self.query.shape
        # Queries are the same for all pixels, so queries and keys are one linear map.
        score_of = (self.query * self.key.weight.view(heads, key_width, -1)).sum(dim=1)  # (head, channel)
        scores = F.linear(dates, score_of).transpose(1, 2) / key_width**0.5
        there = valid.unsqueeze(1)
        return torch.where(there, scores, MASKED_SCORE).softmax(dim=2) * there
