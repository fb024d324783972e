"""The last layers of encoders, from a pixel's features to its representation."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from .encoder import Encoder
from .pointwise import batchnorm_dense, layernorm_dense, linear_dense
from .randomness import Dropout


class Embedding(nn.Module):
    """A dense layer with batch normalization, ReLU and dropout, followed by a linear layer.

    Args:
        inputs: number of input channels.
        hidden: width of the dense layer.
        width: width of the representation.
        dropout: dropout probability.
        layer_norm: whether the representation ends in a LayerNorm.
    """

    def __init__(self, inputs: int, hidden: int, width: int, dropout: float, layer_norm: bool = False) -> None:
        super().__init__()
        self.dense = nn.Linear(inputs, hidden)
        self.batchnorm = nn.BatchNorm1d(hidden)
        self.dropout = Dropout(dropout)
        self.linear = nn.Linear(hidden, width)
        self.layernorm = nn.LayerNorm(width) if layer_norm else None

    def forward(self, seen: Tensor) -> Tensor:
        """(sample, inputs) to (sample, width)."""
        hidden = self.dropout.of_relu(self.batchnorm(self.dense(seen)))
        representation: Tensor = self.linear(hidden)
        return representation if self.layernorm is None else self.layernorm(representation)

    def forward_dense(self, seen: Tensor) -> Tensor:
        """(batch, inputs, row, col) to (batch, width, row, col), in evaluation mode."""
        hidden = F.relu(batchnorm_dense(self.batchnorm, linear_dense(self.dense, seen)))
        representation = linear_dense(self.linear, hidden)
        return representation if self.layernorm is None else layernorm_dense(self.layernorm, representation)


class EmbeddedEncoder(Encoder):
    """An encoder that ends in an :class:`Embedding`."""

    embedding: Embedding

    @property
    def last_linear(self) -> nn.Linear | None:
        """The embedding's linear layer; None if a LayerNorm follows it."""
        return self.embedding.linear if self.embedding.layernorm is None else None

    def end_in(self, last: nn.Linear) -> None:
        """Replace the embedding's linear layer."""
        self.embedding.linear = last
