"""Safe opening of untrusted model files, used by both the plugin and the engine.

A model file is a ZIP with uncompressed entries only. Its central directory is compared with the actual content
before anything is read, so that no small file can claim to be a large one.
"""

from __future__ import annotations

import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Union

from ..wire import ErrorCode, ModelError, open_plain
from .manifest import MANIFEST_ENTRY, Manifest
from .manifest_text import manifest_from_text

MANIFEST_LIMIT_BYTES = 4 * 2**20  # real ones have tens or hundreds of kilobytes
ENTRY_LIMIT_BYTES = 2**31  # the limit of protobuf, and thus of ONNX
MOST_ENTRIES = 1000
_MOST_CONTENTS_BYTES = 2**20
_PLAIN_FLAGS = (0, 0x800)  # name in ASCII, or in UTF-8; not encrypted
_ZIP_START = b"PK\x03\x04"
_END = struct.Struct("<4s4H2IH")  # the end of a ZIP: entries, position of the central directory, comment length
_LOCAL_HEADER_BYTES = 30
_ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    KeyError,
    IndexError,
    OverflowError,
    RuntimeError,
    ValueError,
)

AnyPath = Union[str, Path]


def read_manifest(path: AnyPath) -> Manifest:
    """The manifest of a model file; its other entries are not read.

    Raises:
        ModelError: not a model file, a newer schema, or damaged.
    """
    with opened_model(path) as file:
        return manifest_of(file, path)


@contextmanager
def opened_model(path: AnyPath) -> Iterator[zipfile.ZipFile]:
    """Convert all errors of a ZIP to :class:`ModelError`.

    Raises:
        ModelError: not a model file, or damaged.
    """
    looks_like_zip = False
    try:
        with os.fdopen(open_plain(path, follow=True), "rb") as stream:
            looks_like_zip = stream.read(len(_ZIP_START)) == _ZIP_START
            contents_at = _require_table(stream) if looks_like_zip else 0
            with zipfile.ZipFile(stream) as file:
                _require_plain_entries(file, contents_at)
                yield file
    except OSError as error:
        raise no_model(path, _why_unopened(path, error)) from error
    except _ZIP_ERRORS as error:
        if looks_like_zip:
            found = f"a truncated or damaged file ({str(error)[:200] or type(error).__name__})"
            raise damaged(path, found, "a complete model file") from error
        raise no_model(path, "a file of another kind") from error


def manifest_of(file: zipfile.ZipFile, path: AnyPath) -> Manifest:
    """The manifest of an opened model file.

    Raises:
        ModelError: there is none, it has a newer schema, or it is damaged.
    """
    if MANIFEST_ENTRY not in file.namelist():
        raise no_model(path, f"a ZIP without {MANIFEST_ENTRY}")
    entry = file.getinfo(MANIFEST_ENTRY)
    if entry.file_size > MANIFEST_LIMIT_BYTES:
        raise damaged(path, f"a {MANIFEST_ENTRY} of {entry.file_size} bytes", f"at most {MANIFEST_LIMIT_BYTES} bytes")
    return manifest_from_text(file.read(entry).decode(), str(path))


def no_model(path: AnyPath, found: str) -> ModelError:
    """MODEL_UNREADABLE."""
    return ModelError(
        ErrorCode.MODEL_UNREADABLE,
        subject=str(path),
        found=found,
        expected="a CoLearn model file (.colearn)",
        remedy="Choose a model file trained with CoLearn; copy it again if it was transferred.",
    )


def damaged(path: AnyPath, found: str, expected: str, details: str = "") -> ModelError:
    """MODEL_DAMAGED."""
    return ModelError(
        ErrorCode.MODEL_DAMAGED,
        subject=str(path),
        found=found,
        expected=expected,
        remedy="Copy the model file again from its source, or train the model again.",
        details=details,
    )


def _require_table(stream: IO[bytes]) -> int:
    """Check the end record of a ZIP before parsing it; returns the start of its central directory."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, size - _END.size))
    mark, disk, first_disk, here, entries, length, start, comment = _END.unpack(stream.read())
    stream.seek(0)
    if mark != b"PK\x05\x06" or disk or first_disk or comment:
        raise ValueError("no end-of-ZIP record")
    if here != entries or entries > MOST_ENTRIES or length > _MOST_CONTENTS_BYTES:
        raise ValueError(f"a table of {entries} entries in {length} bytes")
    if start + length + _END.size != size:
        raise ValueError("a misplaced table of contents")
    return int(start)


def _require_plain_entries(file: zipfile.ZipFile, contents_at: int) -> None:
    """Require uncompressed entries that lie within the file and do not overlap."""
    entries = file.infolist()
    for entry in entries:
        name = ascii(entry.filename[:80])
        if entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits not in _PLAIN_FLAGS:
            raise ValueError(f"{name} is compressed or encrypted")
        end = entry.header_offset + _LOCAL_HEADER_BYTES + entry.file_size
        if entry.file_size != entry.compress_size or entry.file_size > ENTRY_LIMIT_BYTES or end > contents_at:
            raise ValueError(f"{name} claims {entry.file_size} bytes")
    if sum(entry.file_size for entry in entries) > contents_at:
        raise ValueError("overlapping entries")


def _why_unopened(path: AnyPath, error: OSError) -> str:
    try:
        if stat.S_ISDIR(os.stat(path).st_mode):
            return "a folder"
    except (OSError, ValueError):
        pass
    return "no file with this name" if isinstance(error, FileNotFoundError) else error.strerror or str(error)
