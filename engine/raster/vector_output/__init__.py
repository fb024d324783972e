"""Polygons and points that the engine writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .feature_file import require_feature_format
    from .points import Column, Value, write_points
    from .polygonize import PolygonFile, write_polygons
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = ["Column", "PolygonFile", "Value", "require_feature_format", "write_points", "write_polygons"]
