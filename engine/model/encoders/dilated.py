"""The image encoder: dilated valid convolutions on rasters, strided ones on samples."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from .layers import EmbeddedEncoder, Embedding, EncoderSpec, check_patches, dilations_for, halo_of, strides_of


class Unit(nn.Module):
    """Valid convolution, batch normalization, ReLU; stride and dilation are arguments of each call."""

    def __init__(self, inputs: int, outputs: int, kernel_px: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel_px, bias=False)
        self.batchnorm = nn.BatchNorm2d(outputs)

    def forward(self, pixels: Tensor, stride: int = 1, dilation: int = 1) -> Tensor:
        """(batch, inputs, row, col) to (batch, outputs, …)."""
        convolved = F.conv2d(pixels, self.conv.weight, stride=stride, dilation=dilation)
        return F.relu(self.batchnorm(convolved))


class DilatedEncoder(EmbeddedEncoder):
    """A stack of valid convolutions with a receptive field of ``context_px`` × ``context_px`` pixels.

    With a context of one pixel it is a multilayer perceptron on the pixel's bands.

    Args:
        bands: number of bands.
        context_px: side of the receptive field; odd.
        width: width of the representation.
        channels: number of channels of the convolutions.
        dropout: dropout probability before the representation.
    """

    convolutional = True

    def __init__(
        self, bands: int, context_px: int, *, width: int = 128, channels: int = 64, dropout: float = 0.2
    ) -> None:
        super().__init__(width)
        self.context_px = context_px
        spatial = dilations_for(halo_of(context_px))
        self.dilations = spatial or (1, 1)  # without effect on 1 × 1 convolutions
        self.units = nn.ModuleList(
            Unit(bands if position == 0 else channels, channels, 3 if spatial else 1)
            for position in range(len(self.dilations))
        )
        self.embedding = Embedding(channels, width, width, dropout)

    @classmethod
    def built(cls, spec: EncoderSpec) -> DilatedEncoder:
        """With the sizes of the design."""
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
