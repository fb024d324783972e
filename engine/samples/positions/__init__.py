"""Positions on the ground, and which sensors' rasters enclose them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .positions import Positions, combination_codes, encloses, enclosing, examples, far_from, finest_first
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = ["Positions", "combination_codes", "encloses", "enclosing", "examples", "far_from", "finest_first"]
