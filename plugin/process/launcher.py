"""Starts the engine, follows its events, cancels it. Standard library and contract only: no QGIS in here.

The engine's standard input is held open as long as it is wanted; it ends by itself when that closes, so it never
outlives QGIS. Success is a ``Finished`` event whose files are all there, and nothing else.
"""

from __future__ import annotations

import os
import queue
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import IO, Optional, Protocol, Union
from uuid import uuid4

from ...engine.contract import (
    JOURNAL,
    EngineError,
    ErrorCode,
    Event,
    Failed,
    Finished,
    Job,
    Started,
    error_from,
    from_line,
    journey_of,
)
from .child import WINDOWS, start
from .job_handover import JobHandover

POLL_S = 0.05
GRACE_S = 1.0  # how long a cancelled engine may take to end by itself
FAREWELL_S = 10.0  # how long an engine that has finished may take to end
LAST_WORDS_BYTES = 4000


class Listener(Protocol):
    """Whoever waits for the engine."""

    def is_cancelled(self) -> bool:
        """Whether the person has pressed Cancel."""

    def on_event(self, event: Event) -> None:
        """Take one event; called in the thread that called :func:`run_engine`."""

    def on_noise(self, line: str) -> None:
        """Take one line of output that is no event."""


class EngineCancelledError(Exception):
    """The person cancelled; the engine has ended and its temporary folders are gone."""


def run_engine(command: Sequence[str], job: Job, folder: Path, listener: Listener) -> Finished:
    """Run the job with ``command`` (see environment.py) in ``folder``; returns once it has finished.

    Raises:
        EngineCancelledError: the listener cancelled.
        CoLearnError: the engine failed and said why, or died (ENGINE_DIED, with its last words).
    """
    job = replace(job, run_id=uuid4().hex[:12])
    try:
        with _EngineProcess(command, job, folder) as process:
            last = _follow_to_the_end(process, listener)
            return _require_success(last, process, job)
    except BaseException:
        remove_temporary(job)
        raise


def remove_temporary(job: Job) -> None:
    """Remove what an engine that was killed may have left beside its outputs."""
    for path in outputs_of(job).values():
        for folder in Path(path).parent.glob(f".*.colearn-{job.run_id}"):
            if not (folder / JOURNAL).exists():
                _remove_folder(folder)


def outputs_of(job: Job) -> dict[str, str]:
    """The files the job asks for, by their Processing names."""
    named = {field.name: getattr(job, field.name) for field in fields(job) if field.name.startswith("output")}
    return {name.upper(): path for name, path in named.items() if path}


class _EngineProcess:
    """The running engine: its events, its last words, its end."""

    def __init__(self, command: Sequence[str], job: Job, folder: Path) -> None:
        self._job_file = JobHandover(job)
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115  (closed in __exit__)
        self._lines: queue.Queue[Optional[str]] = queue.Queue()
        options = ["--attached", "--events", self._job_file.path]
        self._process = self._start([*command, journey_of(job), *options], folder)
        threading.Thread(target=self._read, args=(self._process.stdout,), name="colearn-events", daemon=True).start()

    def __enter__(self) -> _EngineProcess:
        return self

    def __exit__(self, *_error: object) -> None:
        self.end()
        self._stderr.close()
        self.forget_job()

    def _start(self, command: list[str], folder: Path) -> subprocess.Popen[bytes]:
        try:
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": self._stderr}
            return start(command, folder, **pipes, **self._job_file.streams)
        except OSError as error:
            self._stderr.close()
            self.forget_job()
            raise EngineError(
                ErrorCode.DEPENDENCY_MISSING,
                subject=command[0],
                found=f"a Python interpreter that does not start ({error})",
                expected="the engine's Python",
                remedy="Choose Plugins > CoLearn > Set up… and install again.",
            ) from error

    def _read(self, stream: IO[bytes]) -> None:
        with stream:
            for line in stream:
                self._lines.put(line.decode("utf-8", errors="replace").rstrip("\r\n"))
        self._lines.put(None)

    def forget_job(self) -> None:
        """Remove the job file; safe to call again and again."""
        self._job_file.forget()

    def lines(self) -> Iterator[Optional[str]]:
        """Its lines as they come, None whenever there was none for a while; ends with the process."""
        dead_since = 0.0
        while True:
            try:
                line = self._lines.get(timeout=POLL_S)
                if line is None:
                    return
                yield line
            except queue.Empty:
                # A grandchild may hold the pipe open after the engine itself is gone.
                if self._process.poll() is not None:
                    dead_since = dead_since or time.monotonic()
                    if time.monotonic() - dead_since > GRACE_S:
                        return
                yield None

    def finish(self) -> int:
        """Let it end by itself after its last event; returns the exit code (negative: the signal)."""
        try:
            return self._process.wait(FAREWELL_S)
        except subprocess.TimeoutExpired:
            return self.end()

    def end(self) -> int:
        """End it: ask by closing its input, then kill. Safe to call twice."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            return self._process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            self._kill()
        try:
            return self._process.wait(GRACE_S)
        except subprocess.TimeoutExpired:  # stuck in the system (a network disk): nobody can end it, do not wait
            return -9

    def _kill(self) -> None:
        if WINDOWS:
            self._process.kill()
            return
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            self._process.kill()

    def last_words(self) -> str:
        """The end of what it wrote to standard error."""
        size = self._stderr.seek(0, os.SEEK_END)
        self._stderr.seek(max(0, size - LAST_WORDS_BYTES))
        return self._stderr.read().decode("utf-8", errors="replace").strip()


def _follow_to_the_end(process: _EngineProcess, listener: Listener) -> Union[Finished, Failed, None]:
    """Pass every event on until the last; returns it, or None when the engine ended without."""
    for line in process.lines():
        event = from_line(line) if line else None
        if isinstance(event, (Finished, Failed)):
            return event
        if listener.is_cancelled():
            raise EngineCancelledError
        if event is not None:
            if not isinstance(event, Started):
                process.forget_job()  # it has been read; should QGIS be killed now, nothing stays behind
            listener.on_event(event)
        elif line:
            listener.on_noise(line)
    return None


def _require_success(last: Union[Finished, Failed, None], process: _EngineProcess, job: Job) -> Finished:
    if isinstance(last, Failed):
        raise error_from(last)
    code = process.finish()
    if last is None:
        raise _death(code, process.last_words())
    missing = [path for path in (*outputs_of(job).values(), *last.outputs.values()) if not Path(path).exists()]
    if missing:
        raise EngineError(
            ErrorCode.ENGINE_DIED,
            subject=missing[0],
            found="no such file, although the engine finished",
            expected="every output that was asked for",
            remedy="See the log for the cause, then run it again.",
            details=process.last_words(),
        )
    return last


def _death(code: int, last_words: str) -> EngineError:
    return EngineError(
        ErrorCode.ENGINE_DIED,
        found=_how_it_ended(code) + (f"; last output: {last_words.splitlines()[-1]}" if last_words else ""),
        expected="a result or an error message",
        remedy=_what_may_help(code),
        details=last_words,
    )


def _how_it_ended(code: int) -> str:
    if code >= 0:
        return f"exit code {code} without a result"
    try:
        return f"the engine was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"the engine was ended by signal {-code}"


def _what_may_help(code: int) -> str:
    if code == -9:
        return (
            "The system probably ended it for lack of memory: close other programs, or reduce the number of samples, "
            "the patch size or the batch size (MAX_SAMPLES, CONTEXT_M, BATCH_SIZE). A training started again with the "
            "same parameters resumes from its last checkpoint."
        )
    return "See the log for the cause, and check the engine under Plugins > CoLearn > Set up…. Nothing was changed."


def _remove_folder(folder: Path) -> None:
    """Remove a folder; Windows holds the files of a killed process a moment longer."""
    for _attempt in range(5):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.1)
