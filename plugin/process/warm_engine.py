"""An engine that keeps running, so that previews need not wait for its startup. No QGIS in here.

It starts before the first job, or with it. It ends when it is released, when QGIS ends, or by itself after it has
been idle for a while; then the next job starts another.
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

RELEASE_S = 2.0  # time for a thread to notice that its engine has ended


class WarmEngine:
    """Runs predictions as :func:`.launcher.run_engine` does; one at a time, in the calling thread."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._process: Optional[EngineProcess] = None
        self._command: list[str] = []
        self._released = False
        self._warming: Optional[threading.Thread] = None
        self._stays_cold = False

    def warm_up(self, find_command: Callable[[], Sequence[str]], folder: Path) -> None:
        """Start the engine in the background, so that the first job need not wait for it; returns at once.

        ``find_command`` may take seconds, and fail as :func:`.environment.engine_command` does. If it fails, the
        first job reports why; the start is not repeated here.
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
        """Run the job; ``command`` starts a new engine if one is needed.

        Raises:
            EngineCancelledError: the listener cancelled the run; the engine has ended.
            CoLearnError: the engine reported an error, or died. The next job starts another.
        """
        job = replace(job, run_id=uuid4().hex[:12])
        with self._turn:
            try:
                return self._run(list(command), job, folder, listener)
            except BaseException:
                remove_temporary(job)
                raise

    def release(self) -> None:
        """End the engine, even in the middle of a job; no other is started afterwards."""
        self._released = True
        process = self._process
        if process is not None:
            process.end()  # the thread that follows it sees its end and releases it
        if self._turn.acquire(timeout=RELEASE_S):
            self._drop()
            self._turn.release()

    def _run(self, command: list[str], job: Job, folder: Path, listener: Listener) -> Finished:
        process = self._process
        if process is not None and command == self._command and process.is_alive():
            answer, has_begun = self._ask(process, job, listener)
            if answer is not None or has_begun:
                return self._result(answer, process, job)
        # No engine was running, or it ended before it started the job: it was idle, or out of memory.
        process = self._start(command, folder, listener)
        return self._result(self._ask(process, job, listener)[0], process, job)

    def _start(self, command: list[str], folder: Path, listener: Listener) -> EngineProcess:
        """Start an engine and wait until it accepts jobs: an earlier line would end it (see the engine's watchdog)."""
        self._drop()
        self._require_wanted()
        process = self._process = EngineProcess([*command, SERVE, "--attached", "--events"], folder)
        self._command = command
        if self._next_event(process, listener, Started) is None:
            raise self._death(process)
        return process

    def _next_event(self, process: EngineProcess, listener: Listener, kind: type[Event]) -> Optional[Event]:
        """Skip everything up to an event of one kind; None if the engine ended without it."""
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
        """The event that ends the job (None if the engine ended without one), and whether the job had started."""
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
    """The listener of an engine that is started before there is a job."""

    def is_cancelled(self) -> bool:
        """Never cancelled."""
        return False

    def on_event(self, event: Event) -> None:
        """Ignore events; there are none before the first job."""

    def on_noise(self, line: str) -> None:
        """Ignore other output."""
