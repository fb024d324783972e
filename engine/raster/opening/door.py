"""Opening rasters and vector layers: with the drivers of common formats, with a time limit, after inspection."""

from __future__ import annotations

import threading
from typing import Any

from ...contract import ErrorCode, InputError
from .. import gdal
from .drivers import ADDED, raster_drivers, vector_drivers
from .references import is_remote, is_strange, special_file_in
from .virtual import ServiceError, UntrustedError, require_plain

MOST_OPENING_S = 120.0
_OVERVIEWS = ("OVERVIEW_FILE", "OVERVIEWS")  # a metadata item, and its domain, by which a file refers to another


def open_raster(path: str, subject: str, shown: str = "") -> Any:
    """Open a raster for reading.

    Args:
        shown: the source to which a virtual raster at ``path`` adds settings, if the plugin wrote it.

    Raises:
        InputError: INPUT_UNTRUSTED; RASTER_IS_SERVICE for a file that describes a service.
        RuntimeError: GDAL's message why it cannot be opened.
    """
    try:
        require_plain(path, shown)
        dataset = _opened(path, gdal.OF_RASTER, raster_drivers())
        _require_plain_overviews(dataset)
    except ServiceError as error:
        raise untrusted(subject, str(error), ErrorCode.RASTER_IS_SERVICE) from error
    except UntrustedError as error:
        raise untrusted(subject, str(error)) from error
    except OSError as error:
        raise RuntimeError(error.strerror or str(error)) from error
    return dataset


def open_vector(path: str, subject: str) -> Any:
    """Open a file of vector layers for reading.

    Raises:
        InputError: INPUT_UNTRUSTED.
        RuntimeError: GDAL's message why it cannot be opened.
    """
    special = special_file_in(path)
    if special or is_strange(path):
        raise untrusted(subject, special or "a reference to memory or to a stream")
    return _opened(path, gdal.OF_VECTOR, vector_drivers())


def untrusted(subject: str, found: str, code: ErrorCode = ErrorCode.INPUT_UNTRUSTED) -> InputError:
    """INPUT_UNTRUSTED: opening it could be harmful, or would contact a server that the user did not name."""
    return InputError(
        code,
        subject=subject,
        found=found,
        expected="a local file that refers to local files only; remote sources only where you enter them yourself",
        remedy="Use the files that it refers to directly, or save it as a GeoTIFF (Export ▸ Save As…) and use that.",
    )


def _opened(path: str, kind: int, drivers: list[str]) -> Any:
    """Open in a separate thread, so that a source that never responds does not block the run forever."""
    found: list[Any] = []
    words: list[str] = []
    failed: list[BaseException] = []

    def listen(level: int, _number: int, message: str) -> None:
        if level >= gdal.CE_Failure:
            words.append(message)

    def work() -> None:
        gdal.PushErrorHandler(listen)
        try:
            found.append(gdal.OpenEx(path, kind | gdal.OF_VERBOSE_ERROR, allowed_drivers=drivers))
        except (RuntimeError, SystemError, UnicodeError, TypeError, ValueError) as error:
            failed.append(error)
        finally:
            gdal.PopErrorHandler()

    thread = threading.Thread(target=work, name="opening", daemon=True)
    thread.start()
    thread.join(MOST_OPENING_S)
    if thread.is_alive():
        raise RuntimeError(f"not open after {MOST_OPENING_S:.0f} s")
    if found and found[0] is not None:
        return found[0]
    if failed and isinstance(failed[0], (SystemError, UnicodeError)):
        raise failed[0]
    messages = [*words, *(str(error).strip() for error in failed)]
    raise RuntimeError(
        "; ".join(dict.fromkeys(word.strip() for word in messages if word)) or "GDAL returned no error message"
    )


def _require_plain_overviews(dataset: Any) -> None:
    named = dataset.GetMetadataItem(*_OVERVIEWS)
    if named:
        name = str(named).replace(":::BASE:::", "")
        if is_remote(name) or is_strange(name) or special_file_in(name):
            raise UntrustedError(f"overviews in another location ({name[:200]})")


def formats_hint() -> str:
    """What to do about an unsupported format."""
    return f" Further formats can be allowed by listing their GDAL drivers in the environment variable {ADDED}."
