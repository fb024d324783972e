"""A small transformer over dates, a time series encoder."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .layers import MASKED_SCORE, Dropout, Embedding, EncoderSpec, SequenceEncoder, day_encoding

LAYERS = 2
HEADS = 4


class AttentionLayer(nn.Module):
    """Pre-norm self-attention over dates and a two-layer perceptron, both residual (Vaswani et al. 2017)."""

    def __init__(self, channels: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.attention_norm = nn.LayerNorm(channels)
        self.query_key_value = nn.Linear(channels, 3 * channels, bias=False)
        self.attention_out = nn.Linear(channels, channels)
        self.perceptron_norm = nn.LayerNorm(channels)
        self.perceptron_in = nn.Linear(channels, 2 * channels)
        self.perceptron_out = nn.Linear(2 * channels, channels)
        self.dropout = Dropout(dropout)

    def forward(self, dates: Tensor, mask: Tensor) -> Tensor:
        """Dates (pixel, date, channel) to the same shape; ``mask`` (pixel, 1, 1, date) is true for valid dates."""
        dates = dates + self.dropout(self._attended(self.attention_norm(dates), mask))
        hidden = F.relu(self.perceptron_in(self.perceptron_norm(dates)))
        seen: Tensor = dates + self.dropout(self.perceptron_out(self.dropout(hidden)))
        return seen

    def _attended(self, dates: Tensor, mask: Tensor) -> Tensor:
        count, channels = dates.shape[1], dates.shape[2]
        parts = self.query_key_value(dates).view(-1, count, 3, self.heads, channels // self.heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4).unbind(0)  # (pixel, head, date, channel) each
        scores = query @ key.transpose(2, 3) / (channels // self.heads) ** 0.5
        attention = torch.where(mask, scores, MASKED_SCORE).softmax(dim=3)  # (pixel, head, date, date)
        seen = (attention @ value).transpose(1, 2).reshape(-1, count, channels)
        mixed: Tensor = self.attention_out(seen)
        return mixed


class TransformerEncoder(SequenceEncoder):
    """Two layers of self-attention over the valid dates, then their mean.

    Args:
        bands: number of bands.
        days: day number of each date.
        width: width of the representation.
        channels: width of the layers; a multiple of ``heads``.
        heads: number of attention heads.
        dropout: dropout probability.
        layer_norm: whether the representation ends in a LayerNorm.
    """

    position: Tensor

    def __init__(
        self,
        bands: int,
        days: Sequence[float],
        *,
        width: int = 128,
        channels: int = 64,
        heads: int = HEADS,
        dropout: float = 0.2,
        layer_norm: bool = False,
    ) -> None:
        super().__init__(width)
        self.projection = nn.Linear(bands, channels)
        self.register_buffer("position", day_encoding(days, channels))
        self.layers = nn.ModuleList(AttentionLayer(channels, heads, dropout) for _ in range(LAYERS))
        self.norm = nn.LayerNorm(channels)
        self.embedding = Embedding(channels, 2 * channels, width, dropout, layer_norm)

    @classmethod
    def built(cls, spec: EncoderSpec) -> TransformerEncoder:
        """With the sizes of the design."""
        return cls(
            spec.bands,
            spec.days,
            width=spec.width,
            channels=spec.hidden // 2,
            dropout=spec.dropout,
            layer_norm=spec.layer_norm,
        )

    def summary(self, sequences: Tensor, valid: Tensor) -> Tensor:
        """Sequences (pixel, date, band) with validity (pixel, date) to (pixel, channel); 0 where no date is valid."""
        dates = self.projection(sequences) + self.position
        mask = valid[:, None, None, :]
        for layer in self.layers:
            dates = layer(dates, mask)
        there = valid.to(dates.dtype).unsqueeze(1)  # (pixel, 1, date)
        # A matrix product, not a sum over dates: ONNX Runtime sums in an order that depends on the number of pixels.
        total: Tensor = (there @ self.norm(dates)).squeeze(1)
        return total / there.sum(dim=2).clamp(min=1)
