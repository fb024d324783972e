"""An encoder behind a spectral projection."""

from __future__ import annotations

from torch import Tensor, nn

from .layers import Encoder, SpectralProjection


class ReducedEncoder(Encoder):
    """A spectral projection, followed by any encoder with as many bands as the projection has components."""

    def __init__(self, projection: SpectralProjection, encoder: Encoder) -> None:
        super().__init__(encoder.width)
        self.convolutional = encoder.convolutional
        self.projection = projection
        self.encoder = encoder

    @property
    def last_linear(self) -> nn.Linear | None:
        """That of the inner encoder."""
        return self.encoder.last_linear

    def end_in(self, last: nn.Linear) -> None:
        """Replace that of the inner encoder."""
        self.encoder.end_in(last)

    def forward(self, values: Tensor, valid: Tensor) -> Tensor:
        """Samples to (sample, width)."""
        representation: Tensor = self.encoder(self.projection(values, valid), valid)
        return representation

    def forward_dense(self, raster: Tensor, valid: Tensor) -> Tensor:
        """A raster to the representation of every pixel."""
        return self.encoder.forward_dense(self.projection(raster, valid), valid)
