"""Requests to a process that stays: lines on its standard input, one after the other."""

from __future__ import annotations

import queue
from collections.abc import Iterator

from .watchdog import end_now


class RequestLines:
    """Takes bytes in one thread and gives whole lines in another, until none has come for ``idle_s`` seconds."""

    def __init__(self, idle_s: float, most_bytes: int) -> None:
        self._idle_s = idle_s
        self._most_bytes = most_bytes
        self._begun = bytearray()
        self._lines: queue.Queue[str] = queue.Queue()

    def take(self, chunk: bytes) -> None:
        """Take what came in; a line beyond measure ends the process, as nothing after it could be understood."""
        *whole, begun = chunk.split(b"\n")
        for end in whole:
            self._lines.put((bytes(self._begun) + end).decode("utf-8", "replace"))
            self._begun.clear()
        self._begun += begun
        if len(self._begun) > self._most_bytes:
            end_now()

    def __iter__(self) -> Iterator[str]:
        while True:
            try:
                yield self._lines.get(timeout=self._idle_s)
            except queue.Empty:
                return
