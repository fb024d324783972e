"""The terms of MDiCo's objective, one per module, and their sum."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .distillation import soft_binary_cross_entropy, soft_cross_entropy, soft_squared_error
    from .label_contrast import near_values, same_class, shared_labels
    from .objectives import main_term, objective
    from .registry import teaches, without_labels
    from .task import binary_cross_entropy, cross_entropy, squared_error
    from .term import BatchLabels, Criteria, SensorBatch
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = [
    "BatchLabels",
    "Criteria",
    "SensorBatch",
    "binary_cross_entropy",
    "cross_entropy",
    "main_term",
    "near_values",
    "objective",
    "same_class",
    "shared_labels",
    "soft_binary_cross_entropy",
    "soft_cross_entropy",
    "soft_squared_error",
    "squared_error",
    "teaches",
    "without_labels",
]
