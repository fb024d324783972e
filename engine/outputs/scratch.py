"""Temporary files of libraries, in one folder per run; the folder of a killed run is removed by the next one.

Libraries create temporary files with :mod:`tempfile` and remove them when done. A killed process never does:
its files in the system's temporary folder would stay there forever.
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
    """Make :mod:`tempfile` use a folder of this run; leftovers of killed runs are removed first.

    Raises:
        OSError: it cannot be created.
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
    """Remove this process's temporary files; any thread may call it when the process is about to end."""
    for folder in list(_in_use):
        remove_folder(folder)


def _remove_left(around: Path) -> None:
    """Remove only the user's own folders of ended runs: any user may write to the parent folder, under any name."""
    try:
        names = os.listdir(around)
    except OSError:  # a folder that is writable but not readable
        return
    for name in names:
        folder = around / name
        if name.startswith(_PREFIX) and is_own_folder(folder) and is_left(folder, *look_at_lock(folder / LOCK)):
            remove_folder(folder)
