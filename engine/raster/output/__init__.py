"""Rasters and features that the engine writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .color_table import category_names
    from .geotiff import Finish, RasterWriter, Scaling
    from .origin_metadata import origin_of, origin_tags
    from .overviews import Resampling
    from .stored import StoredForm, close_stored, read_stored, why_unfit
    from .write_errors import write_failures
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = [
    "Finish",
    "RasterWriter",
    "Resampling",
    "Scaling",
    "StoredForm",
    "category_names",
    "close_stored",
    "origin_of",
    "origin_tags",
    "read_stored",
    "why_unfit",
    "write_failures",
]
