"""TempCNN, a time series encoder (Pelletier et al. 2019, Remote Sensing 11:523), in the form that MDiCo uses."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .layers import Dropout, Encoder, EncoderSpec, batchnorm_dense, layernorm_dense, linear_dense

KERNEL_DATES = 5


class TempCNN(Encoder):
    """Three convolutions along time, a dense layer over all dates, and a linear layer to the representation.

    Args:
        bands: number of bands.
        dates: number of dates; fixed, because the dense layer covers all of them.
        width: width of the representation.
        hidden: number of channels of the convolutions; the dense layer has four times as many.
        dropout: dropout probability.
        layer_norm: whether the representation ends in a LayerNorm (the paper's choice for regression).
        masked: whether validity is an additional input channel, which distinguishes missing dates from mean values (the
            paper's network does not).
    """

    convolutional = True

    def __init__(
        self,
        bands: int,
        dates: int,
        *,
        width: int = 128,
        hidden: int = 128,
        dropout: float = 0.2,
        layer_norm: bool = False,
        masked: bool = True,
    ) -> None:
        super().__init__(width)
        self.masked = masked
        self.conv1 = nn.Conv1d(bands + masked, hidden, KERNEL_DATES, padding="same")
        self.batchnorm1 = nn.BatchNorm2d(hidden)
        self.conv2 = nn.Conv1d(hidden, hidden, KERNEL_DATES, padding="same")
        self.batchnorm2 = nn.BatchNorm2d(hidden)
        self.conv3 = nn.Conv1d(hidden, hidden, KERNEL_DATES, padding="same")
        self.batchnorm3 = nn.BatchNorm2d(hidden)
        self.dense = nn.Linear(hidden * dates, 4 * hidden)
        self.dense_batchnorm = nn.BatchNorm1d(4 * hidden)
        self.embedding = nn.Linear(4 * hidden, width)
        self.layernorm = nn.LayerNorm(width) if layer_norm else None
        self.dropout = Dropout(dropout)
        self.dates = dates

    @classmethod
    def built(cls, spec: EncoderSpec) -> TempCNN:
        """With the sizes of the design."""
        return cls(
            spec.bands,
            len(spec.days),
            width=spec.width,
            hidden=spec.hidden,
            dropout=spec.dropout,
            layer_norm=spec.layer_norm,
            masked=spec.masked,
        )

    @property
    def last_linear(self) -> nn.Linear | None:
        """The layer from the dense layer to the representation."""
        return self.embedding if self.layernorm is None else None

    def end_in(self, last: nn.Linear) -> None:
        """Replace it."""
        self.embedding = last

    def _convolutions(self) -> tuple[tuple[nn.Conv1d, nn.BatchNorm2d], ...]:
        return (self.conv1, self.batchnorm1), (self.conv2, self.batchnorm2), (self.conv3, self.batchnorm3)

    def _inputs(self, values: Tensor, valid: Tensor) -> Tensor:
        """Values (batch, band, …), with validity as the last band if the network is masked."""
        return torch.cat([values, valid.to(values.dtype)], dim=1) if self.masked else values

    def forward(self, series: Tensor, valid: Tensor) -> Tensor:
        """Series (sample, band, date) with validity (sample, 1, date) to (sample, width).

        As images of one row with bands innermost in memory, which torch convolves and normalizes faster than series.
        """
        hidden = self._inputs(series, valid)[:, :, None].contiguous(memory_format=torch.channels_last)
        for convolution, batchnorm in self._convolutions():
            weight = convolution.weight[:, :, None]
            hidden = F.conv2d(hidden, weight, convolution.bias, padding=(0, KERNEL_DATES // 2))
            hidden = self.dropout.of_relu(batchnorm(hidden))  # (sample, hidden, 1, date)
        hidden = self.dense(hidden.flatten(1))  # (sample, 4 hidden)
        hidden = self.dropout.of_relu(self.dense_batchnorm(hidden))
        representation: Tensor = self.embedding(hidden)
        return representation if self.layernorm is None else self.layernorm(representation)

    def forward_dense(self, raster: Tensor, valid: Tensor) -> Tensor:
        """Pixels (1, band, date, pixel) with validity (1, 1, date, pixel) to (1, width, 1, pixel).

        Convolutions along time become (5, 1) and the dense layer becomes (dates, 1): with pixels innermost in memory
        they run as fast as large matrix products.
        """
        hidden = self._inputs(raster, valid)
        for convolution, batchnorm in self._convolutions():
            weight = convolution.weight[:, :, :, None]
            hidden = F.conv2d(hidden, weight, convolution.bias, padding=(KERNEL_DATES // 2, 0))
            hidden = F.relu(batchnorm_dense(batchnorm, hidden))  # (1, hidden, date, pixel)
        weight = self.dense.weight.view(self.dense.out_features, -1, self.dates, 1)  # (4 hidden, hidden, date, 1)
        hidden = F.conv2d(hidden, weight, self.dense.bias)  # (1, 4 hidden, 1, pixel)
        hidden = F.relu(batchnorm_dense(self.dense_batchnorm, hidden))
        representation = linear_dense(self.embedding, hidden)
        return representation if self.layernorm is None else layernorm_dense(self.layernorm, representation)
