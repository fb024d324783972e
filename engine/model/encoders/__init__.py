"""Encoders: from one sensor's standardized values to a representation.

Every encoder is an ``nn.Module`` with two forms of one set of weights: ``forward`` encodes samples, ``forward_dense``
(evaluation mode only) encodes every pixel of a raster, with equal values. The band axis is always axis 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .dilated import DilatedEncoder, Unit
    from .encoder import Encoder
    from .ltae import LTAE
    from .pointwise import batchnorm_dense, linear_dense
    from .projection import MANY_BANDS, FittedProjection, LearnedProjection, Reduction, SpectralProjection
    from .reduced import ReducedEncoder
    from .residual import ResidualEncoder
    from .tempcnn import KERNEL_DATES, TempCNN
    from .transformer import TransformerEncoder
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = [
    "KERNEL_DATES",
    "LTAE",
    "MANY_BANDS",
    "DilatedEncoder",
    "Encoder",
    "FittedProjection",
    "LearnedProjection",
    "ReducedEncoder",
    "Reduction",
    "ResidualEncoder",
    "SpectralProjection",
    "TempCNN",
    "TransformerEncoder",
    "Unit",
    "batchnorm_dense",
    "linear_dense",
]
