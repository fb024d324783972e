"""Accuracy of an existing class map, estimated from labels that sample it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..contract.lazy import lazy_door

if TYPE_CHECKING:
    from .map_assessment import area_numbers, map_accuracy, require_classes
    from .map_origin import require_map_of
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = ["area_numbers", "map_accuracy", "require_classes", "require_map_of"]
