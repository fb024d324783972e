"""Encoders: from one sensor's standardized values to a representation.

Every encoder is an ``nn.Module`` with two forms of one set of weights: ``forward`` encodes samples, ``forward_dense``
(evaluation mode only) encodes every pixel of a raster, with equal values. The band axis is always axis 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .dilated import DilatedEncoder, Unit
    from .reduced import ReducedEncoder
    from .registry import ENCODERS
    from .tempcnn import KERNEL_DATES, TempCNN
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = [
    "ENCODERS",
    "KERNEL_DATES",
    "DilatedEncoder",
    "ReducedEncoder",
    "TempCNN",
    "Unit",
]
