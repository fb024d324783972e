"""The residual image encoder: residual valid convolutions, strided on samples and dilated on rasters."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from .layers import EmbeddedEncoder, Embedding, EncoderSpec, check_patches, dilations_for, halo_of, strides_of

PIXEL_UNITS = 2


class ResidualUnit(nn.Module):
    """relu(crop(x) + f(x)), where f is a spatial and a 1 × 1 convolution, each followed by batch normalization.

    ``crop`` takes x at the pixels of f's outputs; stride and dilation are arguments of each call.
    """

    def __init__(self, channels: int, kernel_px: int) -> None:
        super().__init__()
        self.look = nn.Conv2d(channels, channels, kernel_px, bias=False)
        self.look_norm = nn.BatchNorm2d(channels)
        self.mix = nn.Conv2d(channels, channels, 1, bias=False)
        self.mix_norm = nn.BatchNorm2d(channels)
        self.reach_px = kernel_px // 2

    def forward(self, pixels: Tensor, stride: int = 1, dilation: int = 1) -> Tensor:
        """(batch, channel, row, col) to (batch, channel, …)."""
        looked = F.relu(self.look_norm(F.conv2d(pixels, self.look.weight, stride=stride, dilation=dilation)))
        margin_px = self.reach_px * dilation
        inner = slice(margin_px, -margin_px or None, stride)
        return F.relu(pixels[:, :, inner, inner] + self.mix_norm(self.mix(looked)))


class ResidualEncoder(EmbeddedEncoder):
    """Residual units with a receptive field of ``context_px`` × ``context_px`` pixels, and a last one of 1 × 1.

    With a context of one pixel it is a residual multilayer perceptron on the pixel's bands.

    Args:
        bands: number of bands.
        context_px: side of the receptive field; odd.
        width: width of the representation.
        channels: number of channels of the units.
        dropout: dropout probability before the representation.
    """

    convolutional = True

    def __init__(
        self, bands: int, context_px: int, *, width: int = 128, channels: int = 96, dropout: float = 0.2
    ) -> None:
        super().__init__(width)
        self.context_px = context_px
        spatial = dilations_for(halo_of(context_px))
        self.dilations = spatial or (1,) * PIXEL_UNITS  # without effect on 1 × 1 convolutions
        self.stem = nn.Conv2d(bands, channels, 1, bias=False)
        self.stem_norm = nn.BatchNorm2d(channels)
        self.units = nn.ModuleList(ResidualUnit(channels, 3 if spatial else 1) for _ in self.dilations)
        self.last = ResidualUnit(channels, 1)
        self.embedding = Embedding(channels, width, width, dropout)

    @classmethod
    def built(cls, spec: EncoderSpec) -> ResidualEncoder:
        """With the sizes of the design."""
        return cls(spec.bands, spec.context_px, width=spec.width, channels=spec.hidden * 3 // 4, dropout=spec.dropout)

    def forward(self, patches: Tensor, valid: Tensor) -> Tensor:
        """Patches (sample, band, context_px, context_px) to (sample, width), in the strided form."""
        check_patches(patches, self.context_px)
        hidden = F.relu(self.stem_norm(self.stem(patches)))
        for unit, stride in zip(self.units, strides_of(self.dilations), strict=True):
            hidden = unit(hidden, stride=stride)
        representation: Tensor = self.embedding(self.last(hidden).flatten(1))
        return representation

    def forward_dense(self, raster: Tensor, valid: Tensor) -> Tensor:
        """Raster (batch, band, row + 2 halo, col + 2 halo) to (batch, width, row, col), in the dilated form."""
        hidden = F.relu(self.stem_norm(self.stem(raster)))
        for unit, dilation in zip(self.units, self.dilations, strict=True):
            hidden = unit(hidden, dilation=dilation)
        return self.embedding.forward_dense(self.last(hidden))
