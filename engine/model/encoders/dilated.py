"""The encoder of images: dilated valid convolutions, cheap on samples and dense on rasters."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from ..pointwise import batchnorm_everywhere, linear_everywhere
from .encoder import Encoder


def dilations_for(halo_px: int) -> tuple[int, ...]:
    """Dilations of 3 × 3 valid convolutions that together see ``halo_px`` pixels to each side.

    Powers of two that never fall, each equal to or twice the one before, starting at 1 and summing to the halo: 7 is
    1 2 4, 5 is 1 2 2, 15 is 1 2 4 8. No pixel of the square is left unseen, and every dilation divides the next,
    which the strided form on samples needs.
    """
    doubling = [2**step for step in range((halo_px + 1).bit_length() - 1)]
    rest = halo_px - sum(doubling)
    repeated = [2**bit for bit in range(rest.bit_length()) if rest >> bit & 1]
    return tuple(sorted(doubling + repeated))


class Unit(nn.Module):
    """Valid convolution, batch normalization, ReLU; stride and dilation are chosen at each call."""

    def __init__(self, inputs: int, outputs: int, kernel_px: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel_px, bias=False)
        self.batchnorm = nn.BatchNorm2d(outputs)

    def forward(self, pixels: Tensor, stride: int = 1, dilation: int = 1) -> Tensor:
        """(batch, inputs, row, col) to (batch, outputs, …)."""
        convolved = F.conv2d(pixels, self.conv.weight, stride=stride, dilation=dilation)
        return F.relu(self.batchnorm(convolved))


class DilatedEncoder(Encoder):
    """A stack of valid convolutions whose field of view is ``context_px`` × ``context_px`` pixels.

    Without a context it is a perceptron on the pixel's own bands. Many bands (a hyperspectral sensor) are first
    projected to ``channels`` by a learned 1 × 1 convolution.

    Args:
        bands: bands of the sensor.
        context_px: side of the square one pixel's value depends on; odd.
        width: width of the representation.
        channels: channels of the convolutions.
    """

    def __init__(self, bands: int, context_px: int, width: int = 128, channels: int = 64) -> None:
        super().__init__(width)
        if context_px < 1 or context_px % 2 == 0:
            raise ValueError(f"context_px must be odd and positive, not {context_px}")
        self.context_px = context_px
        self.dilations = dilations_for(context_px // 2)
        inputs = min(bands, channels)
        self.spectral = Unit(bands, inputs, 1) if bands > channels else None
        kernels = [3] * len(self.dilations) or [1, 1]
        self.units = nn.ModuleList(
            Unit(inputs if position == 0 else channels, channels, kernel) for position, kernel in enumerate(kernels)
        )
        self.dense = nn.Linear(channels, width)
        self.dense_batchnorm = nn.BatchNorm1d(width)
        self.embedding = nn.Linear(width, width)

    def forward(self, patches: Tensor, valid: Tensor) -> Tensor:
        """Patches (sample, band, context_px, context_px) to (sample, width), in the strided form.

        The centre's value needs each layer's output only on the lattice the next layer reads. So a layer steps over
        the rest: its stride is the next dilation over its own, and on that lattice every dilation is 1. Same weights,
        same numbers, a fraction of the work.
        """
        if patches.shape[2:] != (self.context_px, self.context_px):
            raise ValueError(f"patches of {tuple(patches.shape[2:])} pixels, not {self.context_px} × {self.context_px}")
        hidden = patches if self.spectral is None else self.spectral(patches)
        nexts = (*self.dilations[1:], *self.dilations[-1:])
        strides = [following // dilation for dilation, following in zip(self.dilations, nexts, strict=True)]
        for unit, stride in zip(self.units, strides or [1, 1], strict=True):
            hidden = unit(hidden, stride=stride)
        hidden = F.relu(self.dense_batchnorm(self.dense(hidden.flatten(1))))  # (sample, channels) to (sample, width)
        representation: Tensor = self.embedding(hidden)
        return representation

    def everywhere(self, raster: Tensor, valid: Tensor) -> Tensor:
        """Raster (batch, band, row + 2 halo, col + 2 halo) to (batch, width, row, col), in the dilated form."""
        hidden = raster if self.spectral is None else self.spectral(raster)
        for unit, dilation in zip(self.units, self.dilations or (1, 1), strict=True):
            hidden = unit(hidden, dilation=dilation)
        hidden = F.relu(batchnorm_everywhere(self.dense_batchnorm, linear_everywhere(self.dense, hidden)))
        return linear_everywhere(self.embedding, hidden)
