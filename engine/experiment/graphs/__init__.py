"""The graphs beside the best one: the fast copy, 8 bits, and what each costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .fast_copy import fast_copies
    from .importances import with_importance
    from .quantization import Graphs, with_every_label, with_fast_copies, with_int8
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = ["Graphs", "fast_copies", "with_every_label", "with_fast_copies", "with_importance", "with_int8"]
