"""The only access to GDAL: exceptions enabled, nothing on standard error, failures as CoLearn errors.

Every module of this package imports ``gdal``, ``ogr`` and ``osr`` from here, so that GDAL is always configured.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from osgeo import gdal, gdal_array, ogr, osr

from ..contract import CoLearnError

__all__ = ["close_dataset", "gdal", "gdal_array", "gdal_failures", "ogr", "osr"]

# Must hold a row of the blocks in use (one row less makes reading four times slower), yet bound memory.
BLOCK_CACHE_BYTES = 256 * 2**20
# A server that does not answer, or stalls, must not block a run forever.
_PATIENCE_S = {"GDAL_HTTP_CONNECTTIMEOUT": "10", "GDAL_HTTP_LOW_SPEED_TIME": "30", "GDAL_HTTP_LOW_SPEED_LIMIT": "1"}

# Messages about a damaged file may contain bytes that are not UTF-8, for which GDAL's bindings raise these errors.
_UNREADABLE = (SystemError, UnicodeError)
_NO_TEXT = "an unreadable error message, as from a damaged file"


def _configure() -> None:
    # GDAL chains its exceptions in front of the current error handler, so the quiet one must be set first.
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
    """Run GDAL calls; a failure is raised as the error that ``error_of`` builds from all of GDAL's messages.

    GDAL's exception contains only its last message ("cannot write block"); the cause ("no space left") came before.

    Args:
        strict: also fail for messages without an exception. For a block that it could not write GDAL raises only when
            the next one is written, by which time the cause is lost.
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
    """Close a dataset now, so that a failure is raised here and not lost in garbage collection.

    Raises:
        RuntimeError: pending data could not be written.
    """
    if hasattr(dataset, "Close"):  # GDAL 3.8
        try:
            dataset.Close()
        except RuntimeError:  # GDAL has freed it nevertheless, and its binding would free it again
            dataset.thisown = False
            dataset.this = None
            raise
    else:
        gdal.Dataset.__swig_destroy__(dataset)


_configure()
