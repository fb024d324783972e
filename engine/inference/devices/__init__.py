"""Detection of processors and GPUs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .gpu import Driver, ask_driver
    from .processor import has_fast_int8
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = ["Driver", "ask_driver", "has_fast_int8"]
