"""Files that are there whole or not at all, even after a power cut."""

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
    """A name beside a file that no other process or thread, on whatever computer, writes under."""
    return final.with_name(f"{final.name}{_own_mark()}{threading.get_ident()}-{next(_count)}{_TEMPORARY}")


def is_own_temporary(name: str) -> bool:
    """Whether a file's name is a temporary one of this process."""
    return name.endswith(_TEMPORARY) and _own_mark() in name


def put_in_place(temporary: Path, final: Path) -> None:
    """Give a file that was closed its final name, once its bytes are on the disk; replaces what is there.

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
