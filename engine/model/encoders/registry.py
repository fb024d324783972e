"""The registry of encoders: a new one is a module here, and a line in this table."""

from __future__ import annotations

from collections.abc import Callable

from ...contract import ImageEncoder, SeriesEncoder
from .dilated import DilatedEncoder
from .layers import Encoder, EncoderSpec
from .ltae import LTAE
from .residual import ResidualEncoder
from .tempcnn import TempCNN
from .transformer import TransformerEncoder

ENCODERS: dict[SeriesEncoder | ImageEncoder, Callable[[EncoderSpec], Encoder]] = {
    SeriesEncoder.TEMPCNN: TempCNN.built,
    SeriesEncoder.LTAE: LTAE.built,
    SeriesEncoder.TRANSFORMER: TransformerEncoder.built,
    ImageEncoder.DILATED: DilatedEncoder.built,
    ImageEncoder.RESIDUAL: ResidualEncoder.built,
}
