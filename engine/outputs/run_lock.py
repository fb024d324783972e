"""A lock that tells a run that lives from one that was killed: the system lets go of it when the process ends.

What holds the lock is an open file, and what is written in it says who that is. On NFS Linux turns ``flock`` into a
lock of the server, which other computers see; other shared file systems may keep it to one computer (then the name of
the computer, written in the file, warns), or refuse it (then nobody is taken for dead).
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
# Whoever only looks holds the lock for an instant, too.
_TRIES = 4
_WAIT_S = 0.02
_MOST_BYTES = 1 << 16  # of a lock's text
_BEYOND_TEXT = 1 << 30  # Windows locks bytes, which nobody may read then: one far behind the text


@dataclass(frozen=True)
class Holder:
    """Who took a lock: process id, computer, since when (local time), and the names of the files it is for."""

    process: int
    computer: str
    since: str
    names: tuple[str, ...] = ()

    @property
    def is_here(self) -> bool:
        """Whether it ran on this computer."""
        return self.computer == platform.node()

    def describe(self) -> str:
        """The holder in words."""
        return f"process {self.process} on {self.computer or 'this computer'}, since {self.since}"


class LockState(Enum):
    """The state of a lock, from its file."""

    HELD = "held"  # a run lives
    FREE = "free"  # the run that held it has ended
    UNSIGNED = "unsigned"  # nobody holds it, nor has said who did: its run is about to, or was killed then
    UNKNOWN = "unknown"  # no file, or a file system without locks


class RunLock:
    """A lock held by this process until :meth:`release`, or its end."""

    def __init__(self, file: int) -> None:
        """Use :meth:`take`."""
        self._file: int | None = file

    @classmethod
    def take(cls, path: Path) -> RunLock | None:
        """Take the lock; None where another run holds it. The file is made where it is not there.

        Raises:
            NoPlainFileError: a link, a pipe or the like is there, or a file with a second name elsewhere.
            OSError: the file cannot be written.
        """
        file = _open_single(path, os.O_RDWR | os.O_CREAT)
        try:
            taken = _lock(file)
            if taken is not False:
                if not _is_still(file, path):  # removed meanwhile by a run that took it for a dead one's
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
        """Note a file that the lock is for.

        Raises:
            OSError: it cannot be written.
        """
        if self._file is not None:
            _append(self._file, name)

    def release(self) -> None:
        """Let go; a second time changes nothing."""
        file, self._file = self._file, None
        if file is not None:
            os.close(file)


def look_at_lock(path: Path) -> tuple[LockState, Holder | None]:
    """Whether a run lives that took the lock, and which run that is or was (None where the file does not say)."""
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
    """Open a lock's file; one of another person's run may only be read, which is enough on a local drive."""
    try:
        return open_plain(path, os.O_RDWR)
    except PermissionError:
        return open_plain(path)


def _open_single(path: Path, flags: int) -> int:
    """Open a file to be written; not one that has a second name elsewhere."""
    file = open_plain(path, flags)
    if os.fstat(file).st_nlink > 1:
        os.close(file)
        raise NoPlainFileError(path, "a file with several hard links")
    return file


def _is_still(file: int, path: Path) -> bool:
    """Whether an open file is the one of that name."""
    try:
        return os.path.samestat(os.fstat(file), os.lstat(path))
    except FileNotFoundError:
        return False


def _lock(file: int) -> bool | None:
    """Lock an open file: True where that worked, False where another holds it, None where there are no locks.

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
    """Who the file says took the lock; None where nothing (whole) is written in it yet."""
    os.lseek(file, 0, os.SEEK_SET)
    lines = os.read(file, _MOST_BYTES).decode("utf-8", "replace").split("\n")[:-1]
    try:
        first, *names = (json.loads(line) for line in lines)
        return Holder(int(first["process"]), str(first["computer"]), str(first["since"]), tuple(map(str, names)))
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None
