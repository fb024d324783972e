"""Encoders and sizes of a network: the choices that all its sensors share."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..contract import ImageEncoder, SeriesEncoder, Spectral, TrainJob

HIDDEN_STEP = 8  # divisor of ``hidden``, so that attention heads and channel fractions are integers


@dataclass(frozen=True)
class NetworkDesign:
    """Encoders, by default those of a job, and sizes, by default the paper's where it specifies them.

    ``width`` is the width of the representation (E in the paper), ``hidden`` the number of channels of TempCNN, from
    which those of the other encoders are derived. ``dropout`` is the dropout probability. With ``masked``, TempCNN gets
    validity as an input channel; without, as in the paper, missing dates look like mean values.

    Raises:
        ValueError: an odd width, a hidden width that is no multiple of 8, or a dropout outside 0 to 1.
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
    """The design of the networks of an average: half as wide, so that four of them cost as much as one."""
    return replace(design, width=design.width // 2, hidden=design.hidden // 2)
