"""Atomic file writes that survive a power failure."""

from __future__ import annotations

import itertools
import os
import platform
import threading
from pathlib import Path

from ...outputs import sync

_TEMPORARY = ".tmp"
_count = itertools.count()


def temporary_name(final: Path) -> Path:
    """A temporary name next to a file, unique across processes, threads and computers."""
    return final.with_name(f"{final.name}{_own_mark()}{threading.get_ident()}-{next(_count)}{_TEMPORARY}")


def is_own_temporary(name: str) -> bool:
    """Whether a file name is a temporary one of this process."""
    return name.endswith(_TEMPORARY) and _own_mark() in name


def put_in_place(temporary: Path, final: Path) -> None:
    """Rename a closed file to its final name after flushing it to the disk; replaces an existing file.

    Raises:
        OSError: it cannot be written or moved.
    """
    sync(temporary)
    os.replace(temporary, final)
    sync(final.parent)


def write_durably(final: Path, text: str) -> None:
    """Write a small text file.

    Raises:
        OSError: it cannot be written.
    """
    temporary = temporary_name(final)
    try:
        temporary.write_text(text, encoding="utf-8")
        put_in_place(temporary, final)
    finally:
        temporary.unlink(missing_ok=True)


def _own_mark() -> str:
    return f".{platform.node()}-{os.getpid()}-"
