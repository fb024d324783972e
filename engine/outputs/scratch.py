"""Temporary files of libraries: in one folder of this run, which a killed run leaves and the next one removes.

Libraries take their temporary files from :mod:`tempfile` and remove them when they are done. A process that is ended
is never done: what a run leaves in the system's folder for temporary files would lie there for ever.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..contract.wire import is_own_folder
from .run_lock import RunLock, look_at_lock
from .stale_outputs import LOCK, is_left, remove_folder

_PREFIX = "colearn-scratch-"

_in_use: set[Path] = set()


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder of this run, where :mod:`tempfile` puts its files meanwhile; what killed runs left is removed first.

    Raises:
        OSError: it cannot be made.
    """
    around = tempfile.gettempdir()
    _remove_left(Path(around))
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    _in_use.add(folder)
    lock = None
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        lock = RunLock.take(folder / LOCK)
        yield folder
    finally:
        tempfile.tempdir = before
        if lock is not None:
            lock.release()
        remove_folder(folder)
        _in_use.discard(folder)


def remove_scratch() -> None:
    """Remove what this process has there; any thread may call it when the process is about to end."""
    for folder in list(_in_use):
        remove_folder(folder)


def _remove_left(around: Path) -> None:
    """Only own folders, whose run is over: anybody may write into the folder around, under any name."""
    try:
        names = os.listdir(around)
    except OSError:  # a folder that may be written and not read
        return
    for name in names:
        folder = around / name
        if name.startswith(_PREFIX) and is_own_folder(folder) and is_left(folder, *look_at_lock(folder / LOCK)):
            remove_folder(folder)
