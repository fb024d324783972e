"""Rasters and vectors: the only package that uses GDAL. Does not import torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..contract.lazy import lazy_door

if TYPE_CHECKING:
    from .gdal_calls import close_dataset, gdal, gdal_array, gdal_failures, ogr, osr
    from .gdal_progress import Progress, gdal_callback, silent
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = ["Progress", "close_dataset", "gdal", "gdal_array", "gdal_callback", "gdal_failures", "ogr", "osr", "silent"]
