"""Pages, rendered from templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .evaluation_page import evaluation_report
    from .training_page import training_report
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = ["evaluation_report", "training_report"]
