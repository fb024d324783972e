"""Work that may take a while, in a thread of its own; what comes of it arrives in the thread that asked."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Optional

from qgis.PyQt.QtCore import QObject, pyqtSignal

PATIENCE_S = 0.05


class Background(QObject):
    """One piece of work. Files may be slow to reach, and another Python slow to start: QGIS never waits for either.

    The work may use neither widgets nor layers of the project. An error it raises is raised again where its result
    would have arrived.
    """

    _ended = pyqtSignal()  # from thread to thread, so in the order of QGIS's own events

    def __init__(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        """Begin; ``then`` is called with the result, unless it is no longer wanted."""
        super().__init__()
        self._work = work
        self._then: Optional[Callable[[Any], None]] = then
        self._result: Any = None
        self._error: Optional[BaseException] = None
        self._ended.connect(self._deliver)
        _under_way.add(self)
        self._thread = threading.Thread(target=self._run, name="colearn-background", daemon=True)
        self._thread.start()

    def settle(self) -> None:
        """Wait for a moment, too short to be noticed: what is soon done shows nothing unfinished.

        Where the work has ended its result arrives now; an error of the work is raised here.
        """
        self._thread.join(PATIENCE_S)
        if not self._thread.is_alive():
            self._deliver()

    def forget(self) -> None:
        """Discard the result; the work goes on to its end."""
        self._then = None

    def wait(self, most_s: Optional[float] = None) -> None:
        """Wait for the end of the work, for who leaves, at most so long; its result arrives nowhere."""
        self.forget()
        self._thread.join(most_s)

    def _run(self) -> None:
        try:
            self._result = self._work()
        except Exception as error:  # noqa: BLE001  (raised again where the result would have arrived)
            self._error = error
        self._ended.emit()

    def _deliver(self) -> None:
        _under_way.discard(self)
        then, self._then = self._then, None
        if then is None:
            return
        if self._error is not None:
            raise self._error
        then(self._result)


_under_way: set[Background] = set()  # threads work for them: they live until these have ended
