"""Encoders: from one sensor's standardized values to a representation.

Every encoder is an ``nn.Module`` with two forms of one set of weights: ``forward`` encodes samples, ``forward_dense``
(evaluation mode only) encodes every pixel of a raster, with equal values. The band axis is always axis 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .dilated import DilatedEncoder, Unit
    from .encoder import Encoder, EncoderSpec
    from .pointwise import batchnorm_dense, linear_dense
    from .projection import MANY_BANDS, FittedProjection, LearnedProjection, Reduction, SpectralProjection
    from .reduced import ReducedEncoder
    from .registry import ENCODERS
    from .tempcnn import KERNEL_DATES, TempCNN
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = [
    "ENCODERS",
    "KERNEL_DATES",
    "MANY_BANDS",
    "DilatedEncoder",
    "Encoder",
    "EncoderSpec",
    "FittedProjection",
    "LearnedProjection",
    "ReducedEncoder",
    "Reduction",
    "SpectralProjection",
    "TempCNN",
    "Unit",
    "batchnorm_dense",
    "linear_dense",
]
