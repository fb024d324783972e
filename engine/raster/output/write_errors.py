"""GDAL's write failures as CoLearn errors."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ...contract import ErrorCode, OutputError
from ...contract.wire import disk_is_full
from .. import gdal_failures

# Messages of the system if it accepts no more bytes: disk full, quota, or file size limit.
_FULL_WORDS = ("no space left", "disk full", "disk is full", "not enough space", "quota exceeded", "file too large")
_A_LITTLE_BYTES = 1 << 20


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
    return any(full in words.lower() for full in _FULL_WORDS) or _takes_no_more(path)


def _takes_no_more(path: Path) -> bool:
    """Whether the system refuses a slightly larger file than this one; newer GDAL does not always report the cause."""
    size = path.stat().st_size if path.is_file() else 0
    try:
        with tempfile.TemporaryFile(dir=path.parent) as probe:
            probe.seek(size)
            probe.write(bytes(_A_LITTLE_BYTES))
    except OSError as error:
        return disk_is_full(error)
    return False
