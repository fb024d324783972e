"""What GDAL says when it cannot write, as our errors."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ...contract import ErrorCode, OutputError
from .. import gdal_failures

# What the system says when it takes no more bytes: disk, quota, or limit of a file's size.
_FULL_WORDS = ("no space left", "disk full", "disk is full", "not enough space", "quota exceeded", "file too large")
_ALMOST_NOTHING_BYTES = 1 << 20


@contextmanager
def write_failures(path: Path, strict: bool = False) -> Iterator[None]:
    """Run GDAL calls that write a file; a failure in them is DISK_FULL or OUTPUT_UNWRITABLE.

    Args:
        strict: as :func:`~.gdal_seam.gdal_failures` has it.
    """
    with gdal_failures(lambda words: _failed(path, words), strict):
        yield


def _failed(path: Path, words: str) -> OutputError:
    if _is_full(path, words):
        return OutputError(
            ErrorCode.DISK_FULL,
            subject=str(path.name),
            found=f"no space left while writing ({words})",
            expected="enough free space for the output",
            remedy="Free some space, or write to another drive.",
            details=words,
        )
    return OutputError(
        ErrorCode.OUTPUT_UNWRITABLE,
        subject=str(path.name),
        found=f"a file that could not be written ({words})",
        expected="a writable folder",
        remedy="Choose another folder, or check its permissions and its drive.",
        details=words,
    )


def _is_full(path: Path, words: str) -> bool:
    if any(full in words.lower() for full in _FULL_WORDS):
        return True
    try:
        return shutil.disk_usage(path.parent).free < _ALMOST_NOTHING_BYTES
    except OSError:
        return False
