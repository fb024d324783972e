"""What a network is built of: the choices that are the same for all its sensors."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..contract import ImageEncoder, SeriesEncoder, Spectral, TrainJob

HIDDEN_STEP = 8  # what divides ``hidden``: heads of attention and shares of channels come out whole


@dataclass(frozen=True)
class NetworkDesign:
    """Encoders, by default those of a job, and their sizes, by default the paper's where it has them.

    ``width`` is the width of the representations (E of the paper), ``hidden`` that of TempCNN's convolutions, which
    the other encoders' channels are shares of. ``dropout`` is the share of activations dropped in training. With
    ``masked`` TempCNN knows which dates are missing; without, it is the paper's and takes them for mean ones.
    """

    series_encoder: SeriesEncoder = TrainJob.series_encoder
    image_encoder: ImageEncoder = TrainJob.image_encoder
    spectral: Spectral = TrainJob.spectral
    width: int = 128
    hidden: int = 128
    dropout: float = 0.2
    masked: bool = True

    def __post_init__(self) -> None:
        if self.width < 2 or self.width % 2:
            raise ValueError(f"width must be even and positive, not {self.width}")
        if self.hidden < HIDDEN_STEP or self.hidden % HIDDEN_STEP:
            raise ValueError(f"hidden must be a multiple of {HIDDEN_STEP}, not {self.hidden}")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"dropout must be from 0 to below 1, not {self.dropout}")


def averaged(design: NetworkDesign) -> NetworkDesign:
    """The design of networks in an average: half as wide, so that four of them cost what one costs."""
    return replace(design, width=design.width // 2, hidden=design.hidden // 2)
