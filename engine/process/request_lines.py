"""Requests to a persistent process: lines on its standard input."""

from __future__ import annotations

import queue
from collections.abc import Iterator

from .watchdog import end_now


class RequestLines:
    """Receives bytes in one thread, yields complete lines in another, until none arrives for ``idle_s`` seconds."""

    def __init__(self, idle_s: float, most_bytes: int) -> None:
        self._idle_s = idle_s
        self._most_bytes = most_bytes
        self._begun = bytearray()
        self._lines: queue.Queue[str] = queue.Queue()

    def take(self, chunk: bytes) -> None:
        """Receive bytes; an overlong line ends the process, as nothing after it could be parsed."""
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
