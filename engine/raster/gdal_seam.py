"""The one door to GDAL: exceptions on, standard error quiet, its failures told as ours.

Every module of this folder takes ``gdal``, ``ogr`` and ``osr`` from here, so that nobody meets GDAL unconfigured.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from osgeo import gdal, gdal_array, ogr, osr

from ..contract.errors import CoLearnError

__all__ = ["gdal", "gdal_array", "gdal_failures", "ogr", "osr"]

# Must hold a row of the blocks in use (a row too few makes reading four times slower), yet bounds the memory.
BLOCK_CACHE_BYTES = 256 * 2**20


def _configure() -> None:
    # GDAL chains its exceptions in front of the handler it finds: the quiet one has to stand there first.
    # Debug messages (CPL_DEBUG) still reach standard error; failures arrive as exceptions; warnings are dropped.
    for module in (osr, ogr, gdal):
        module.DontUseExceptions()
    gdal.SetErrorHandler("CPLQuietErrorHandler")
    for module in (gdal, ogr, osr):
        module.UseExceptions()
    if "GDAL_CACHEMAX" not in os.environ:
        gdal.SetCacheMax(BLOCK_CACHE_BYTES)


@contextmanager
def gdal_failures(told: Callable[[str], CoLearnError]) -> Iterator[None]:
    """Run GDAL calls; a failure in them leaves as the error ``told`` makes of GDAL's own words."""
    try:
        yield
    except RuntimeError as error:
        raise told(str(error).strip() or "GDAL gave no reason") from error


_configure()
