"""Refitting the shipped predictors on all labels after scoring, for the epochs that the folds found best."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .out_of_fold import calibrated_out_of_fold
    from .refit import Refit, refitted
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = ["Refit", "calibrated_out_of_fold", "refitted"]
