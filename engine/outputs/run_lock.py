"""A lock that distinguishes an active run from a killed one: the system releases it when the process ends.

The lock is on an open file, whose content names the holder. On NFS, Linux turns ``flock`` into a lock on the
server, which other computers see; other shared file systems may restrict it to one computer (then the name of
the computer, written in the file, is used), or not support it (then no run is assumed to have ended).
"""

from __future__ import annotations

import datetime
import errno
import json
import os
import platform
import sys
import time
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from ..contract.wire import NoPlainFileError, open_plain

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_TAKEN = (errno.EAGAIN, errno.EWOULDBLOCK, errno.EACCES)
_NO_LOCKS_HERE = (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL)
# Even a process that only checks the lock holds it for an instant.
_TRIES = 4
_WAIT_S = 0.02
_MOST_BYTES = 1 << 16  # of a lock file's text
_BEYOND_TEXT = 1 << 30  # Windows locks bytes against reading: lock one far beyond the text


@dataclass(frozen=True)
class Holder:
    """The holder of a lock: process ID, computer, start (local time), and the names of the locked files."""

    process: int
    computer: str
    since: str
    names: tuple[str, ...] = ()

    @property
    def is_here(self) -> bool:
        """Whether the holder ran on this computer."""
        return self.computer == platform.node()

    def describe(self) -> str:
        """A description of the holder for messages."""
        return f"process {self.process} on {self.computer or 'this computer'}, since {self.since}"


class LockState(Enum):
    """The state of a lock file."""

    HELD = "held"  # a run is active
    FREE = "free"  # the run that held it has ended
    UNSIGNED = "unsigned"  # neither locked nor signed: its run is about to lock it, or was killed at that moment
    UNKNOWN = "unknown"  # no file, or a file system without locks


class RunLock:
    """A lock held by this process until :meth:`release` or the end of the process."""

    def __init__(self, file: int) -> None:
        """Use :meth:`take`."""
        self._file: int | None = file

    @classmethod
    def take(cls, path: Path) -> RunLock | None:
        """Acquire the lock, creating the file if necessary; None if another run holds it.

        Raises:
            NoPlainFileError: the path is a link, a pipe or the like, or a file with several hard links.
            OSError: the file cannot be written.
        """
        file = _open_single(path, os.O_RDWR | os.O_CREAT)
        try:
            taken = _lock(file)
            if taken is not False:
                if not _is_still(file, path):  # removed meanwhile by a run that considered it a leftover
                    raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
                os.ftruncate(file, 0)
                since = datetime.datetime.now().isoformat(" ", timespec="seconds")
                _append(file, {"process": os.getpid(), "computer": platform.node(), "since": since})
                return cls(file)
        except OSError:
            os.close(file)
            raise
        os.close(file)
        return None

    def add(self, name: str) -> None:
        """Add the name of a file that the lock covers.

        Raises:
            OSError: it cannot be written.
        """
        if self._file is not None:
            _append(self._file, name)

    def release(self) -> None:
        """Release the lock; repeated calls have no effect."""
        file, self._file = self._file, None
        if file is not None:
            os.close(file)


def look_at_lock(path: Path) -> tuple[LockState, Holder | None]:
    """The state of a lock, and its present or former holder (None if the file does not name one)."""
    try:
        file = _open_to_look(path)
    except OSError:
        return LockState.UNKNOWN, None
    try:
        holder = _holder(file)
        taken = _lock(file)
    except OSError:
        return LockState.UNKNOWN, None
    finally:
        os.close(file)
    if taken is False:
        return LockState.HELD, holder
    if taken is None:
        return LockState.UNKNOWN, holder
    return (LockState.FREE if holder else LockState.UNSIGNED), holder


def _open_to_look(path: Path) -> int:
    """Open a lock file; that of another user's run can only be read, which is sufficient on a local drive."""
    try:
        return open_plain(path, os.O_RDWR)
    except PermissionError:
        return open_plain(path)


def _open_single(path: Path, flags: int) -> int:
    """Open a file for writing, unless it has several hard links."""
    file = open_plain(path, flags)
    if os.fstat(file).st_nlink > 1:
        os.close(file)
        raise NoPlainFileError(path, "a file with several hard links")
    return file


def _is_still(file: int, path: Path) -> bool:
    """Whether an open file is still the one at that path."""
    try:
        return os.path.samestat(os.fstat(file), os.lstat(path))
    except FileNotFoundError:
        return False


def _lock(file: int) -> bool | None:
    """Lock an open file: True on success, False if another process holds it, None if locks are unsupported.

    Raises:
        OSError: anything else.
    """
    for attempt in range(_TRIES):
        try:
            if sys.platform == "win32":
                os.lseek(file, _BEYOND_TEXT, os.SEEK_SET)
                msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
            else:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except OSError as error:
            if error.errno in _NO_LOCKS_HERE:
                return None
            if error.errno not in _TAKEN:
                raise
        time.sleep(_WAIT_S if attempt + 1 < _TRIES else 0)
    return False


def _append(file: int, value: object) -> None:
    os.lseek(file, 0, os.SEEK_END)
    os.write(file, (json.dumps(value) + "\n").encode())


def _holder(file: int) -> Holder | None:
    """The holder named in the file; None if nothing (complete) has been written yet."""
    os.lseek(file, 0, os.SEEK_SET)
    lines = os.read(file, _MOST_BYTES).decode("utf-8", "replace").split("\n")[:-1]
    try:
        first, *names = (json.loads(line) for line in lines)
        return Holder(int(first["process"]), str(first["computer"]), str(first["since"]), tuple(map(str, names)))
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None
