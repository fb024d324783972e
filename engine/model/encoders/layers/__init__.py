"""Parts of encoders: their interface, receptive fields, embeddings, layers for rasters, spectral projections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ....contract.lazy import lazy_door

if TYPE_CHECKING:
    from .embedding import EmbeddedEncoder, Embedding
    from .encoder import Encoder, EncoderSpec
    from .fields import check_patches, dilations_for, halo_of, strides_of
    from .pointwise import batchnorm_dense, layernorm_dense, linear_dense
    from .projection import MANY_BANDS, FittedProjection, LearnedProjection, Reduction, SpectralProjection
    from .randomness import Dropout, drawing_from, own_generator, seeded
    from .sequence import MASKED_SCORE, SequenceEncoder, day_encoding
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = [
    "MANY_BANDS",
    "MASKED_SCORE",
    "Dropout",
    "EmbeddedEncoder",
    "Embedding",
    "Encoder",
    "EncoderSpec",
    "FittedProjection",
    "LearnedProjection",
    "Reduction",
    "SequenceEncoder",
    "SpectralProjection",
    "batchnorm_dense",
    "check_patches",
    "day_encoding",
    "dilations_for",
    "drawing_from",
    "halo_of",
    "layernorm_dense",
    "linear_dense",
    "own_generator",
    "seeded",
    "strides_of",
]
