"""Ends the engine, and cleans up, when its caller has gone.

The plugin keeps the engine's standard input open; if it cancels or dies, or QGIS does, the input closes. A signal from
a terminal or a batch system has the same effect. Ending the process makes cancelling work in the middle of any
computation, within two seconds, on any platform.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType, ModuleType

from ..contract import FINISH
from ..outputs import remove_all_temporary
from .exit_handlers import act_last

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

CANCELLED_EXIT_CODE = 3

_FINISH = FINISH.encode()
_finish = threading.Event()
_last_words: list[Callable[[str], None]] = []  # cleared when used: the end may be requested twice


def end_now() -> None:
    """Remove temporary files of this run, report what is kept, and end the process immediately."""
    try:
        remove_all_temporary()
        kept = act_last()
        while _last_words:
            say = _last_words.pop()
            for words in ("Cancelled.", *kept):
                say(words)
    finally:
        os._exit(CANCELLED_EXIT_CODE)


def end_on_signals(last_words: Callable[[str], None]) -> None:
    """End cleanly on signals of the user or a scheduler.

    Args:
        last_words: writes one sentence, from any thread at any time: a signal may arrive in the middle of another one.
    """
    _last_words[:] = [last_words]

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        end_now()

    for name in ("SIGTERM", "SIGINT", "SIGHUP", "SIGBREAK"):  # the last two exist on one platform each
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), on_signal)


def ignored(_chunk: bytes) -> None:
    """Ignore bytes of an input that is only watched for its end."""


@contextmanager
def attached(take: Callable[[bytes], None] = ignored) -> Iterator[None]:
    """End the process when standard input closes: the parent process is gone or has cancelled.

    ``take`` receives the input, in a separate thread; nothing may arrive before this context is left.

    Enter it while modules are loaded. Loading large libraries blocks the interpreter for seconds, and a watching thread
    with it, so the kernel ends the process then: SIGIO's default action, safe because nothing has been written yet.
    Windows has no such signal, and there a thread that reads a pipe stops numpy from loading (numpy issue 24290): it is
    started afterwards, and the plugin kills a process that does not end by itself.
    """
    if fcntl is None:
        yield
        _watch_input(take)
        return
    _watch_input(take)
    stdin = sys.stdin.fileno()
    flags = fcntl.fcntl(stdin, fcntl.F_GETFL)
    fcntl.fcntl(stdin, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(stdin, fcntl.F_SETFL, flags | os.O_ASYNC)
    try:
        yield
    finally:
        fcntl.fcntl(stdin, fcntl.F_SETFL, flags)


def _watch_input(take: Callable[[bytes], None]) -> None:
    threading.Thread(target=_wait_for_end_of_input, args=(take,), name="watchdog", daemon=True).start()


def finish_asked() -> bool:
    """Whether the parent process has asked to finish with what is trained: see :data:`..contract.events.FINISH`."""
    return _finish.is_set()


def _wait_for_end_of_input(take: Callable[[bytes], None]) -> None:
    received = b""
    try:
        while chunk := os.read(sys.stdin.fileno(), 65_536):
            received = (received + chunk)[-len(_FINISH) :]
            if received == _FINISH:
                _finish.set()
            take(chunk)
    finally:  # whatever the input was: without this thread the process would not end
        end_now()
