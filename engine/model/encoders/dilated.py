"""The encoder of images: dilated valid convolutions, cheap on samples and dense on rasters."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from .layers import EmbeddedEncoder, Embedding, EncoderSpec, check_patches, dilations_for, halo_of, strides_of


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


class DilatedEncoder(EmbeddedEncoder):
    """A stack of valid convolutions whose field of view is ``context_px`` × ``context_px`` pixels.

    Without a context it is a perceptron on the pixel's own bands.

    Args:
        bands: bands of the sensor.
        context_px: side of the square one pixel's value depends on; odd.
        width: width of the representation.
        channels: channels of the convolutions.
        dropout: share of activations dropped in training, before the representation.
    """

    convolutional = True

    def __init__(
        self, bands: int, context_px: int, *, width: int = 128, channels: int = 64, dropout: float = 0.2
    ) -> None:
        super().__init__(width)
        self.context_px = context_px
        spatial = dilations_for(halo_of(context_px))
        self.dilations = spatial or (1, 1)  # of one pixel's units they mean nothing
        self.units = nn.ModuleList(
            Unit(bands if position == 0 else channels, channels, 3 if spatial else 1)
            for position in range(len(self.dilations))
        )
        self.embedding = Embedding(channels, width, width, dropout)

    @classmethod
    def built(cls, spec: EncoderSpec) -> DilatedEncoder:
        """With the sizes that the design has for it."""
        return cls(spec.bands, spec.context_px, width=spec.width, channels=spec.hidden // 2, dropout=spec.dropout)

    def forward(self, patches: Tensor, valid: Tensor) -> Tensor:
        """Patches (sample, band, context_px, context_px) to (sample, width), in the strided form."""
        check_patches(patches, self.context_px)
        hidden = patches
        for unit, stride in zip(self.units, strides_of(self.dilations), strict=True):
            hidden = unit(hidden, stride=stride)
        representation: Tensor = self.embedding(hidden.flatten(1))
        return representation

    def forward_dense(self, raster: Tensor, valid: Tensor) -> Tensor:
        """Raster (batch, band, row + 2 halo, col + 2 halo) to (batch, width, row, col), in the dilated form."""
        hidden = raster
        for unit, dilation in zip(self.units, self.dilations, strict=True):
            hidden = unit(hidden, dilation=dilation)
        return self.embedding.forward_dense(hidden)
