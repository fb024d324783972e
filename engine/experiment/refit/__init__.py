"""What is shipped learned from all labels: trained again once scores have been taken, as long as folds found best."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .out_of_fold import calibrated_out_of_fold
    from .refit import Refit, refitted
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = ["Refit", "calibrated_out_of_fold", "refitted"]
