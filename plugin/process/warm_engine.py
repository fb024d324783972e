"""An engine that stays: predictions one after the other without its start, for previews. No QGIS in here.

It is started ahead of the first job, or with it. It ends when it is let go of, when QGIS ends, or by itself when it has
had nothing to do for a while; then the next job starts another.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Optional, Union
from uuid import uuid4

from ...engine.contract import SERVE, CoLearnError, Event, Failed, Finished, Job, Started, job_to_line
from ...engine.contract.wire import error_from, from_line
from .engine_process import EngineProcess, death
from .launcher import EngineCancelledError, Listener, follow, remove_temporary, require_outputs

RELEASE_S = 2.0  # for a thread to see the end of the engine it waited for


class WarmEngine:
    """Runs predictions as :func:`.launcher.run_engine` does; one at a time, in whichever thread asks."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._process: Optional[EngineProcess] = None
        self._command: list[str] = []
        self._released = False
        self._warming: Optional[threading.Thread] = None
        self._stays_cold = False

    def warm_up(self, find_command: Callable[[], Sequence[str]], folder: Path) -> None:
        """Start the engine in the background, so that the first job need not wait for it; returns at once.

        ``find_command`` may take seconds, and fail as :func:`.environment.engine_command` does. What is wrong with the
        engine the first job will say; here it is not tried again.
        """
        is_warming = self._warming is not None and self._warming.is_alive()
        if is_warming or self._stays_cold or self._released or self._is_alive():
            return
        self._warming = threading.Thread(
            target=self._warm, args=(find_command, folder), name="colearn-warm-up", daemon=True
        )
        self._warming.start()

    def _warm(self, find_command: Callable[[], Sequence[str]], folder: Path) -> None:
        try:
            command = list(find_command())
            with self._turn:
                if not self._is_alive():
                    self._start(command, folder, _NobodyWaits())
        except (CoLearnError, EngineCancelledError):
            self._stays_cold = True

    def _is_alive(self) -> bool:
        process = self._process
        return process is not None and process.is_alive()

    def run(self, command: Sequence[str], job: Job, folder: Path, listener: Listener) -> Finished:
        """Run the job; ``command`` is that of a new engine, should one be needed.

        Raises:
            EngineCancelledError: the listener cancelled; the engine has ended.
            CoLearnError: the engine failed and said why, or died. The next job starts another.
        """
        job = replace(job, run_id=uuid4().hex[:12])
        with self._turn:
            try:
                return self._run(list(command), job, folder, listener)
            except BaseException:
                remove_temporary(job)
                raise

    def release(self) -> None:
        """End the engine, in the middle of a job as well; no other is started after."""
        self._released = True
        process = self._process
        if process is not None:
            process.end()  # whoever follows it sees it end, and lets go of it
        if self._turn.acquire(timeout=RELEASE_S):
            self._drop()
            self._turn.release()

    def _run(self, command: list[str], job: Job, folder: Path, listener: Listener) -> Finished:
        process = self._process
        if process is not None and command == self._command and process.is_alive():
            answer, has_begun = self._ask(process, job, listener)
            if answer is not None or has_begun:
                return self._result(answer, process, job)
        # There was none, or it ended before it began with the job: for want of work, or of memory.
        process = self._start(command, folder, listener)
        return self._result(self._ask(process, job, listener)[0], process, job)

    def _start(self, command: list[str], folder: Path, listener: Listener) -> EngineProcess:
        """A new engine, once it takes jobs: a line that came earlier would end it (see the engine's watchdog)."""
        self._drop()
        self._require_wanted()
        process = self._process = EngineProcess([*command, SERVE, "--attached", "--events"], folder)
        self._command = command
        if self._next_event(process, listener, Started) is None:
            raise self._death(process)
        return process

    def _next_event(self, process: EngineProcess, listener: Listener, kind: type[Event]) -> Optional[Event]:
        """Pass over everything until an event of a kind; None when the engine ended without."""
        for line in process.lines():
            event = from_line(line) if line else None
            if isinstance(event, kind):
                return event
            if listener.is_cancelled():
                self._drop()
                raise EngineCancelledError
            if line:
                listener.on_noise(line)
        return None

    def _ask(self, process: EngineProcess, job: Job, listener: Listener) -> tuple[Union[Finished, Failed, None], bool]:
        """The event that ends the job, None where the engine ended without; and whether it had begun."""
        has_begun = False

        def on_event(event: Event) -> None:
            nonlocal has_begun
            has_begun = True
            listener.on_event(event)

        try:
            process.send(job_to_line(job))
            return follow(process, listener, on_event), has_begun
        except EngineCancelledError:
            self._drop()
            raise
        except OSError:  # it has just ended
            return None, False

    def _result(self, answer: Union[Finished, Failed, None], process: EngineProcess, job: Job) -> Finished:
        if isinstance(answer, Failed):
            raise error_from(answer)
        if answer is None:
            raise self._death(process)
        return require_outputs(answer, process, job)

    def _death(self, process: EngineProcess) -> Exception:
        error = death(process.finish(), process.last_words())
        self._drop()
        return EngineCancelledError() if self._released else error

    def _require_wanted(self) -> None:
        if self._released:
            raise EngineCancelledError

    def _drop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.close()


class _NobodyWaits:
    """The listener of an engine that is started before anybody wants something of it."""

    def is_cancelled(self) -> bool:
        """Nobody can."""
        return False

    def on_event(self, event: Event) -> None:
        """There is none before the first job."""

    def on_noise(self, line: str) -> None:
        """Nobody listens."""
