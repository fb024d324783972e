"""Processes killed at any file operation that they are about to do, in Python's own counting."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable

_CHANGES = {
    *("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.utime"),
    "shutil.rmtree",
}


def before_each_operation(act: Callable[[], None]) -> None:
    """Do something whenever this process is about to change a file system; for the rest of its life."""

    def hook(event: str, arguments: tuple) -> None:
        if event in _CHANGES or (event == "open" and _writes(arguments)):
            act()

    sys.addaudithook(hook)


def die_at(operation: int) -> None:
    """Kill this process as it is about to do its n-th operation (from 0) that changes a file system."""
    left = [operation]

    def count() -> None:
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left[0] -= 1

    before_each_operation(count)


def is_killed(work: Callable[[], object], operation: int) -> bool:
    """Do some work in a child that dies at an operation; whether it got that far. Other errors are the caller's."""
    child = os.fork()
    if child == 0:
        die_at(operation)
        work()
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return True
    if os.waitstatus_to_exitcode(status) != 0:
        raise ChildProcessError(f"the work itself failed at operation {operation}")
    return False


def _writes(arguments: tuple) -> bool:
    flags = arguments[2] if len(arguments) > 2 else 0
    return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC))
