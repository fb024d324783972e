"""The interface of encoders."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn


class Encoder(nn.Module):
    """From one sensor's standardized values to a representation of ``width`` numbers.

    Bands are always on axis 1. ``forward`` encodes samples: images (sample, band, row, col) or series (sample, band,
    date) to (sample, width). ``forward_dense`` encodes rasters, in evaluation mode only: images (batch, band, row + 2
    halo, col + 2 halo) to (batch, width, row, col), series (1, band, date, pixel) to (1, width, 1, pixel). Both give
    the same values for every pixel, from the same weights.

    ``valid`` is bool, of the values' shape but with one band; values are 0 where it is false, as in
    :class:`~..standardize.Standardize`.

    ``convolutional`` marks encoders whose run time is mostly convolutions, which 8-bit graphs speed up.
    """

    convolutional: bool

    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width

    @property
    def last_linear(self) -> nn.Linear | None:
        """The linear layer whose output is the representation; None if a LayerNorm follows it."""
        raise NotImplementedError

    def end_in(self, last: nn.Linear) -> None:
        """Replace the last linear layer by one of any width."""
        raise NotImplementedError

    def forward_dense(self, raster: Tensor, valid: Tensor) -> Tensor:
        """The representation of every pixel of a raster."""
        raise NotImplementedError


@dataclass(frozen=True)
class EncoderSpec:
    """What an encoder is built from: the sensor's bands and dates or patch, and the sizes of the design.

    ``days`` are day numbers of a series' dates, ``context_px`` is the patch side of an image. ``layer_norm``: the
    representation ends in a LayerNorm, as in the paper's regression. Other fields are as in ``NetworkDesign``.
    """

    bands: int
    width: int
    hidden: int
    dropout: float
    days: tuple[float, ...] = ()
    context_px: int = 1
    layer_norm: bool = False
    masked: bool = True
