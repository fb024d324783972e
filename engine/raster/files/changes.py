"""Whether a file on disk is still the one that was opened: its size, modification time and inode number."""

from __future__ import annotations

import datetime
import os
import re
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Optional

from ...contract import ErrorCode, InputError, thousands

_LOOK_EVERY_S = 2.0
_LEAST_REST = 100.0  # pause in durations of the last check: thousands of files on a slow network drive
# QGIS may write statistics and overviews next to rasters at any time; no pixel is read from them.
BESIDE = (".aux.xml", ".ovr")
_VIRTUAL_PREFIX = re.compile(r"^/vsi[a-z0-9]+/")


@dataclass(frozen=True)
class FileStamp:
    """``size`` in bytes, ``written_ns`` since 1970; ``number`` is the file's inode number."""

    path: str
    size: int
    written_ns: int
    number: int


def stamps_of(paths: Iterable[str]) -> tuple[FileStamp, ...]:
    """The stamps of the files behind GDAL's sources, each once; none for sources that are not files (URLs, memory)."""
    files = (file_behind(path) for path in paths if not path.lower().endswith(BESIDE))
    found = (_stamp(file) for file in dict.fromkeys(files) if file)
    return tuple(stamp for stamp in found if stamp)


def file_behind(path: str) -> Optional[str]:
    """The file behind a path, also of one inside an archive (``/vsizip/a.zip/b.tif``); None if there is none."""
    if not path.startswith("/vsi"):
        return path if os.path.isfile(path) else None
    while _VIRTUAL_PREFIX.match(path):
        path = _VIRTUAL_PREFIX.sub("", path)
    path = path.lstrip("{").split("}")[0]
    while path and not os.path.isfile(path):
        shorter = os.path.dirname(path)
        path = "" if shorter == path else shorter
    return path or None


def require_same(stamps: Iterable[FileStamp], subject: str) -> None:
    """Raise unless all files are unchanged since they were stamped.

    Raises:
        InputError: INPUT_CHANGED, stating what has changed.
    """
    for stamp in stamps:
        now = _stamp(stamp.path)
        if now != stamp:
            raise _changed(subject, _difference(stamp, now))


class Watch:
    """Checks files that are read repeatedly, every few seconds; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._due: dict[tuple[FileStamp, ...], float] = {}

    def look(self, stamps: tuple[FileStamp, ...], subject: str) -> None:
        """Raise if a file has changed, if a check is due.

        Raises:
            InputError: INPUT_CHANGED.
        """
        start = time.monotonic()
        with self._lock:
            if start < self._due.get(stamps, start):
                return
            self._due[stamps] = start + _LOOK_EVERY_S
        require_same(stamps, subject)
        rest = _LEAST_REST * (time.monotonic() - start)
        if rest > _LOOK_EVERY_S:
            with self._lock:
                self._due[stamps] = start + rest


def _stamp(path: str) -> Optional[FileStamp]:
    try:
        facts = os.stat(path)
    except OSError:
        return None
    return FileStamp(path, facts.st_size, facts.st_mtime_ns, facts.st_ino)


def _difference(before: FileStamp, now: Optional[FileStamp]) -> str:
    if now is None:
        return f"{before.path}, which no longer exists"
    if now.number != before.number:
        return f"a different file at {before.path}"
    if now.size != before.size:
        return f"{before.path} with {thousands(now.size)} bytes instead of {thousands(before.size)}"
    written = datetime.datetime.fromtimestamp(now.written_ns / 1e9)
    return f"{before.path}, modified at {written:%H:%M:%S}"


def _changed(subject: str, found: str) -> InputError:
    return InputError(
        ErrorCode.INPUT_CHANGED,
        subject=subject,
        found=f"{found}, changed since it was opened",
        expected="input files that do not change during the run",
        remedy="Wait until no other program writes to the file (a download, an export, another tool), then run it "
        "again.",
    )
