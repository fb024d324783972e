"""Slow work in a separate thread; the result arrives in the thread that started it."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable
from typing import Any, Optional

from qgis.PyQt.QtCore import QObject, pyqtSignal

from ...engine.contract import CoLearnError, EngineError, ErrorCode
from ..messages import sentence, tr

PATIENCE_S = 0.05
LEAVE_S = 2.0  # how long QGIS waits at exit for a thread: the drive of its file may be gone
_TRACEBACK = "Traceback (most recent call last):"


class Background(QObject):
    """One task. Files may be slow to access and another Python slow to start: QGIS never waits for either.

    The task may use neither widgets nor layers of the project.
    """

    _ended = pyqtSignal()  # emitted across threads, so queued in QGIS's event loop

    def __init__(
        self, work: Callable[[], Any], then: Callable[[Any], None], failed: Callable[[Exception], None]
    ) -> None:
        """Start; ``then`` is called with the result, unless :meth:`forget` was called.

        Args:
            failed: called instead with an exception of the work. Every task has one: nobody may wait for a result
                that never arrives. :func:`unforeseen` makes an error of it.
        """
        super().__init__()
        self._work = work
        self._then: Optional[Callable[[Any], None]] = then
        self._failed = failed
        self._result: Any = None
        self._error: Optional[Exception] = None
        self._ended.connect(self._deliver)
        _under_way.add(self)
        self._thread = threading.Thread(target=self._run, name="colearn-background", daemon=True)
        self._thread.start()

    def settle(self) -> None:
        """Wait for an imperceptible moment, so that quick work never shows an unfinished state.

        If the work has ended, its result is delivered now.
        """
        self._thread.join(PATIENCE_S)
        if not self._thread.is_alive():
            self._deliver()

    def forget(self) -> None:
        """Discard the result; the work itself runs to its end."""
        self._then = None

    def wait(self, most_s: Optional[float] = None) -> None:
        """Wait, at shutdown, for the end of the work, at most ``most_s`` seconds; the result is discarded."""
        self.forget()
        self._thread.join(most_s)

    def _run(self) -> None:
        try:
            self._result = self._work()
        except Exception as error:  # noqa: BLE001  (whatever it is, somebody waits)
            self._error = error
        self._ended.emit()

    def _deliver(self) -> None:
        self._thread.join()  # it has nothing left to do; what the work held is thus released in this thread
        _under_way.discard(self)
        then, self._then = self._then, None
        if then is None:
            return
        if self._error is not None:
            self._failed(self._error)
        else:
            then(self._result)


def words_of(error: Exception) -> str:
    """An exception of any kind in a few words."""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def unforeseen(error: Exception, subject: str = "") -> CoLearnError:
    """The error for an exception that no task should raise."""
    if isinstance(error, CoLearnError):
        return error
    details = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    return _unforeseen(words_of(error), details, subject)


def without_traceback(text: str) -> str:
    """The message of a failed algorithm; a traceback, if it is one, follows an empty line after the error in words."""
    if _TRACEBACK not in text:
        return text
    details = text.strip()
    return f"{sentence(_unforeseen(details.splitlines()[-1], details))}\n\n{details}"


def _unforeseen(found: str, details: str, subject: str = "") -> CoLearnError:
    return EngineError(
        ErrorCode.UNFORESEEN,
        subject=subject,
        found=found,
        expected=tr("no error here"),
        remedy=tr("Try again. If it happens again, please report it."),
        details=details,
    )


_under_way: set[Background] = set()  # kept alive until their threads have ended
