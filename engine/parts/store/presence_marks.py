"""Locks of the processes that use a folder of parts; a folder without a finished part is removed by the last one."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ...outputs import LockState, RunLock, look_at_lock, remove_folder, unwritable
from ...process import exit_handler
from .atomic_write import is_own_temporary
from .folder import claim
from .store import PartStore

_MARK = ".at-work-"  # prefix of lock names; every process using the folder holds its own


@contextmanager
def presence(store: PartStore) -> Iterator[None]:
    """Use a store's folder, creating it if necessary.

    However this ends (error, cancellation, all parts finished): a folder without a finished part that no other process
    uses is removed.

    Raises:
        OutputError: the folder cannot be written, or belongs to another run.
    """
    here = _Presence(store)
    with exit_handler(here.leave_for_good):
        try:
            here.come()
            yield
        finally:
            here.leave()


class _Presence:
    """This process's use of a folder of parts, which may be shared with other processes."""

    def __init__(self, store: PartStore) -> None:
        self._store = store
        self._mark = store.folder / f"{_MARK}{uuid.uuid4().hex[:12]}"
        self._lock: RunLock | None = None

    def come(self) -> None:
        """Lock the folder before it is inspected: from then on no process removes it."""
        try:
            self._store.folder.mkdir(parents=True, exist_ok=True)
            self._lock = RunLock.take(self._mark)
        except OSError as error:
            raise unwritable(self._store.folder, error) from error
        claim(self._store)

    def leave(self) -> int:
        """Remove all of this process but finished parts, and return their number; repeated calls have no effect."""
        lock, self._lock = self._lock, None
        if lock is not None:
            lock.release()
        for name in _names(self._store.folder):
            if name == self._mark.name or is_own_temporary(name):
                _unlink(self._store.folder / name)
        finished = self._store.finished()
        if finished == 0 and not _somebody_works(self._store.folder):
            remove_folder(self._store.folder)
        return finished

    def leave_for_good(self) -> str:
        """As :meth:`leave`, when the process ends immediately; returns a description of what is left."""
        kept = self.leave()
        of = f"{kept} of {len(self._store.plan.parts)} parts are kept in {self._store.folder}"
        return f"{of}; run the same job again to resume." if kept else ""


def _somebody_works(folder: Path) -> bool:
    """Whether an active run uses a folder; assumed if in doubt, as on another computer."""
    looks = [look_at_lock(folder / name) for name in _names(folder) if name.startswith(_MARK)]
    return not all(state is LockState.FREE and holder and holder.is_here for state, holder in looks)


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:  # removed: another run has finished the map
        return []


def _unlink(path: Path) -> None:
    try:
        path.unlink()
    except OSError:  # already removed, or still open on Windows: best effort
        return
