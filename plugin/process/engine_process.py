"""The engine as a process: its events, its stderr, its end. Standard library and contract only, no QGIS.

Its standard input is kept open while the engine is needed; it exits when that closes, so it never outlives QGIS.
"""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Optional

from ...engine.contract import EngineError, ErrorCode
from .child import WINDOWS, start

POLL_S = 0.05
GRACE_S = 1.0  # time for a cancelled engine to exit by itself
FAREWELL_S = 10.0  # time for a finished engine to exit
LAST_WORDS_BYTES = 4000


class EngineProcess:
    """A running engine; as a context manager it ends the process on exit."""

    def __init__(self, command: Sequence[str], folder: Path, **streams: Any) -> None:
        """Start the engine.

        Raises:
            EngineError: DEPENDENCY_MISSING, the interpreter does not start.
        """
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115  (closed in close)
        self._lines: queue.Queue[Optional[str]] = queue.Queue()
        self._process = self._start(command, folder, streams)
        threading.Thread(target=self._read, args=(self._process.stdout,), name="colearn-events", daemon=True).start()

    def __enter__(self) -> EngineProcess:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process and discard its stderr."""
        self.end()
        self._stderr.close()

    def _start(self, command: Sequence[str], folder: Path, streams: dict[str, Any]) -> subprocess.Popen[bytes]:
        try:
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": self._stderr}
            return start(command, folder, **pipes, **streams)
        except OSError as error:
            self._stderr.close()
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

    def is_alive(self) -> bool:
        """Whether the process is running."""
        return self._process.poll() is None

    def send(self, line: str) -> None:
        """Write a line to its standard input.

        Raises:
            OSError: the process has ended.
        """
        if self._process.stdin is None or self._process.stdin.closed:
            raise BrokenPipeError("its input is closed")
        self._process.stdin.write(line.encode("utf-8"))
        self._process.stdin.flush()

    def lines(self) -> Iterator[Optional[str]]:
        """Lines of its standard output as they arrive, None after a pause without any; ends with the process."""
        dead_since = 0.0
        while True:
            try:
                line = self._lines.get(timeout=POLL_S)
                if line is None:
                    return
                yield line
            except queue.Empty:
                # A grandchild may keep the pipe open after the engine itself has exited.
                if self._process.poll() is not None:
                    dead_since = dead_since or time.monotonic()
                    if time.monotonic() - dead_since > GRACE_S:
                        return
                yield None

    def finish(self) -> int:
        """Wait for it to exit after its last event; returns the exit code (negative: the signal)."""
        try:
            return self._process.wait(FAREWELL_S)
        except subprocess.TimeoutExpired:
            return self.end()

    def end(self) -> int:
        """End the process: close its standard input, then kill it. Safe to call twice."""
        if self._process.stdin is not None:
            with suppress(OSError):  # its input may hold a line that it never read
                self._process.stdin.close()
        try:
            return self._process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            self._kill()
        try:
            return self._process.wait(GRACE_S)
        except subprocess.TimeoutExpired:  # blocked in a system call (network drive): do not wait
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
        """The end of its standard error."""
        size = self._stderr.seek(0, os.SEEK_END)
        self._stderr.seek(max(0, size - LAST_WORDS_BYTES))
        return self._stderr.read().decode("utf-8", errors="replace").strip()


def death(code: int, last_words: str) -> EngineError:
    """The error about an engine that ended without a result."""
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
            "The system probably ended it because memory ran out: close other programs, or reduce the number of "
            "samples, the patch size or the batch size (MAX_SAMPLES, CONTEXT_M, BATCH_SIZE). A training started "
            "again with the "
            "same parameters resumes from its last checkpoint."
        )
    return "See the log for the cause, and check the engine under Plugins > CoLearn > Set up…. No files were changed."
