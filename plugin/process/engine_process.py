"""The engine as a process: its events, its last words, its end. Standard library and contract only: no QGIS in here.

Its standard input is held open as long as it is wanted; it ends by itself when that closes, so it never outlives QGIS.
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
GRACE_S = 1.0  # how long a cancelled engine may take to end by itself
FAREWELL_S = 10.0  # how long an engine that has finished may take to end
LAST_WORDS_BYTES = 4000


class EngineProcess:
    """A running engine; as a context manager it is ended in the end."""

    def __init__(self, command: Sequence[str], folder: Path, **streams: Any) -> None:
        """Start it.

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
        """End it, and forget its last words."""
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
        """Whether it runs."""
        return self._process.poll() is None

    def send(self, line: str) -> None:
        """Give it a line on its standard input.

        Raises:
            OSError: it has ended.
        """
        if self._process.stdin is None or self._process.stdin.closed:
            raise BrokenPipeError("its input is closed")
        self._process.stdin.write(line.encode("utf-8"))
        self._process.stdin.flush()

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
            with suppress(OSError):  # a line that it never read
                self._process.stdin.close()
        try:
            return self._process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            self._kill()
        try:
            return self._process.wait(GRACE_S)
        except subprocess.TimeoutExpired:  # stuck in the system (a network disk): it cannot be ended, do not wait
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


def death(code: int, last_words: str) -> EngineError:
    """The message about an engine that ended without a result."""
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
