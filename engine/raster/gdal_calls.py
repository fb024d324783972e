"""The one door to GDAL: exceptions on, standard error quiet, its failures as our errors.

Every module of this folder takes ``gdal``, ``ogr`` and ``osr`` from here, so that nobody meets GDAL unconfigured.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from osgeo import gdal, gdal_array, ogr, osr

from ..contract import CoLearnError

__all__ = ["close_dataset", "gdal", "gdal_array", "gdal_failures", "ogr", "osr"]

# Must hold a row of the blocks in use (a row too few makes reading four times slower), yet bounds the memory.
BLOCK_CACHE_BYTES = 256 * 2**20
# A server that does not answer, or stops in the middle, must not hold a run for ever.
_PATIENCE_S = {"GDAL_HTTP_CONNECTTIMEOUT": "10", "GDAL_HTTP_LOW_SPEED_TIME": "30", "GDAL_HTTP_LOW_SPEED_LIMIT": "1"}

# Of a damaged file GDAL repeats bytes that are no UTF-8; its bindings cannot hand them over, and fail in these ways.
_UNREADABLE = (SystemError, UnicodeError)
_NO_TEXT = "an unreadable error message, as from a damaged file"


def _configure() -> None:
    # GDAL chains its exceptions in front of the handler it finds: the quiet one has to stand there first.
    # Debug messages (CPL_DEBUG) still reach standard error; failures arrive as exceptions; warnings are dropped.
    modules = (gdal, ogr, osr)
    for module in reversed(modules):
        module.DontUseExceptions()
    gdal.SetErrorHandler("CPLQuietErrorHandler")
    for module in modules:
        module.UseExceptions()
    for option, seconds in _PATIENCE_S.items():
        if gdal.GetConfigOption(option) is None:
            gdal.SetConfigOption(option, seconds)
    if "GDAL_CACHEMAX" not in os.environ:
        gdal.SetCacheMax(BLOCK_CACHE_BYTES)


@contextmanager
def gdal_failures(error_of: Callable[[str], CoLearnError], strict: bool = False) -> Iterator[None]:
    """Run GDAL calls; a failure in them leaves as the error ``error_of`` makes of all that GDAL reported.

    GDAL's exception carries its last words only ("cannot write block"); the reason ("no space left") came before.

    Args:
        strict: fail for words without an exception too. GDAL raises for a block that it could not write when the next
            one is written, and by then has forgotten why.
    """
    words: list[str] = []

    def listen(kind: int, _number: int, message: str) -> None:
        if kind >= gdal.CE_Failure:
            words.append(message.strip())

    gdal.PushErrorHandler(listen)
    try:
        yield
        if strict and words:
            raise RuntimeError(words[-1])
    except (RuntimeError, *_UNREADABLE) as error:
        reason = _NO_TEXT if isinstance(error, _UNREADABLE) else str(error).strip()
        messages = [word for word in dict.fromkeys([*words, reason]) if word]
        raise error_of("; ".join(messages) or "GDAL returned no error message") from error
    finally:
        gdal.PopErrorHandler()


def close_dataset(dataset: Any) -> None:
    """Close a dataset now; a failure raises here, and not unheard where the garbage is collected.

    Raises:
        RuntimeError: what was still to be written could not be.
    """
    if hasattr(dataset, "Close"):  # GDAL 3.8
        try:
            dataset.Close()
        except RuntimeError:  # GDAL has freed it all the same, and its binding would free it once more
            dataset.thisown = False
            dataset.this = None
            raise
    else:
        gdal.Dataset.__swig_destroy__(dataset)


_configure()
