"""Errors of a raster that cannot be opened or placed."""

from __future__ import annotations

import errno
import os

from ...contract import ErrorCode, InputError, RasterSource
from ..opening import formats_hint

_SERVICE_SIGNS = ("url=", "type=xyz", "http://", "https://", "wms:", "wcs:", "wmts:", "dbname=", "service=")


def without_geotransform(source: RasterSource, found: str) -> InputError:
    """RASTER_WITHOUT_GEOTRANSFORM: the raster is not georeferenced."""
    return InputError(
        ErrorCode.RASTER_WITHOUT_GEOTRANSFORM,
        subject=source.label(),
        found=found,
        expected="a georeferenced raster",
        remedy="Georeference it, or warp it to a CRS (Raster ▸ Projections ▸ Warp), and use the result.",
    )


def unreadable(source: RasterSource, words: str) -> InputError:
    """RASTER_UNREADABLE with GDAL's message, or the actual cause if the message shows it."""
    if too_many_open(words):
        return no_file_left(source, words)
    text = source.path.lower()
    if any(sign in text for sign in _SERVICE_SIGNS) and not text.startswith("/vsi"):
        return no_service(source, "a web service or database layer that GDAL cannot open by itself", words)
    return InputError(
        ErrorCode.RASTER_UNREADABLE,
        subject=source.label(),
        found=f"{source.path}, which cannot be read ({words})",
        expected="a raster that GDAL can open, with real-valued bands",
        remedy="Check that the file exists and is complete; if it has several subdatasets, choose one."
        + (formats_hint() if "not recognized" in words else ""),
        details=words,
    )


def too_many_open(words: str) -> bool:
    """Whether GDAL's message means that the limit of open files is reached."""
    return os.strerror(errno.EMFILE).lower() in words.lower()


def no_file_left(source: RasterSource, words: str) -> InputError:
    """The error if the process has reached the limit of open files; the file itself is fine."""
    return InputError(
        ErrorCode.RASTER_UNREADABLE,
        subject=source.label(),
        found="the maximum number of open files that the system allows",
        expected="fewer open files",
        remedy="Raise the limit on open files (ulimit -n), use fewer threads, or use fewer files: stacks instead of "
        "one file per date or band.",
        details=words,
    )


def no_service(source: RasterSource, found: str, words: str) -> InputError:
    """RASTER_IS_SERVICE: the pixels must be requested over a network, and are not delivered."""
    return InputError(
        ErrorCode.RASTER_IS_SERVICE,
        subject=source.label(),
        found=found,
        expected="a raster file, or a service that GDAL can read from here",
        remedy="Export the layer as a GeoTIFF with raw data (Export ▸ Save As…) and use that file.",
        details=words,
    )
