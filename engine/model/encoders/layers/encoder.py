"""What every encoder offers."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn


class Encoder(nn.Module):
    """From one sensor's standardized values to a representation of ``width`` numbers.

    Axis 1 is always the band. ``forward`` takes samples: images (sample, band, row, col), series (sample, band, date);
    it gives (sample, width). ``forward_dense`` takes whole rasters, in evaluation mode only: images (batch, band,
    row + 2 halo, col + 2 halo), series (1, band, date, pixel); it gives (batch, width, row, col) or
    (1, width, 1, pixel). For every pixel both give the same numbers, from the same weights.

    Both know which values are real: ``valid`` is bool, of the values' shape but with one band, and the values are
    0 where it is false, as :class:`~..standardize.Standardize` gives them.

    ``convolutional`` says that convolutions do nearly all the work: those gain from 8-bit numbers.
    """

    convolutional: bool

    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width

    @property
    def last_linear(self) -> nn.Linear | None:
        """The linear layer whose output is the representation; None where the representation is normalized."""
        raise NotImplementedError

    def end_in(self, last: nn.Linear) -> None:
        """Put another layer in the place of the last linear one, of any width."""
        raise NotImplementedError

    def forward_dense(self, raster: Tensor, valid: Tensor) -> Tensor:
        """The representation of every pixel of a raster."""
        raise NotImplementedError


@dataclass(frozen=True)
class EncoderSpec:
    """What an encoder is built for: a sensor's bands and dates or patch, and the sizes of the network's design.

    ``days`` are those of a series' dates, ``context_px`` is the side of an image's patch. ``layer_norm``: the
    representation ends in LayerNorm, as in the paper's regression. Otherwise as in ``NetworkDesign``.
    """

    bands: int
    width: int
    hidden: int
    dropout: float
    days: tuple[float, ...] = ()
    context_px: int = 1
    layer_norm: bool = False
    masked: bool = True
