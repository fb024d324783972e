"""The runs of a training with their splits, and samples too near to another part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .split_plan import SplitPlan, plan_splits
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = ["SplitPlan", "plan_splits"]
