"""The terms of MDiCo's objective, one per module, and their weighted sum."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .criteria import criteria_of
    from .objectives import main_term, objective
    from .registry import teaches, without_labels
    from .task import squared_error
    from .term import BatchLabels, Criteria, SensorBatch
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = [
    "BatchLabels",
    "Criteria",
    "SensorBatch",
    "criteria_of",
    "main_term",
    "objective",
    "squared_error",
    "teaches",
    "without_labels",
]
