"""L-TAE, a time series encoder: lightweight temporal attention (Garnot & Landrieu 2020, arXiv 2007.00586)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .layers import MASKED_SCORE, Dropout, Embedding, EncoderSpec, SequenceEncoder, day_encoding

HEADS = 16


class LTAE(SequenceEncoder):
    """Each head attends to the dates with a learned query, on its own group of channels.

    With e_t the projected bands of date t plus its positional encoding, head h gives Σ_t a_ht e_t[group h], where a_h =
    softmax over the valid dates of q_h · (K_h e_t) / √d_k. Unlike in the paper, normalization after the projection is
    per date: one over all dates would include missing ones.

    Args:
        bands: number of bands.
        days: day number of each date.
        width: width of the representation.
        channels: number of channels of all heads together.
        heads: number of heads, a divisor of ``channels``.
        key_width: d_k, the width of queries and keys.
        dropout: dropout probability of attention weights and activations.
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
        # No bias: it would add a constant to the scores of all dates, to which softmax is invariant.
        self.key = nn.Linear(channels, heads * key_width, bias=False)
        self.dropout = Dropout(dropout)
        self.embedding = Embedding(channels, channels, width, dropout, layer_norm)

    @classmethod
    def built(cls, spec: EncoderSpec) -> LTAE:
        """With the sizes of the design."""
        heads = math.gcd(HEADS, spec.hidden // 4)  # at least four channels per head
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
        # A matrix product, not a sum over dates: ONNX Runtime sums in an order that depends on the number of pixels.
        picked: Tensor = attention @ groups
        return picked.flatten(1)

    def _attention(self, dates: Tensor, valid: Tensor) -> Tensor:
        """Attention weights (pixel, head, date); they sum to 1 per head, or are 0 without any valid date."""
        heads, key_width, _ = self.query.shape
        # Queries are the same for all pixels, so that queries and keys merge into one linear map.
        score_of = (self.query * self.key.weight.view(heads, key_width, -1)).sum(dim=1)  # (head, channel)
        scores = F.linear(dates, score_of).transpose(1, 2) / key_width**0.5
        there = valid.unsqueeze(1)
        return torch.where(there, scores, MASKED_SCORE).softmax(dim=2) * there
