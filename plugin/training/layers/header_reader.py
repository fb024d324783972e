"""Headers of many rasters, read without blocking QGIS.

A thread opens each file first, which may be slow (GDAL releases the GIL while it waits). QGIS's main thread, in which
layers must be created, then needs only some milliseconds per raster, in small batches.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Optional

from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ...layers.band_metadata import band_descriptions
from ...layers.sources import gdal_source, open_options
from ...process import background
from ..form.sensors.header import RasterHeader

SLICE_S = 0.02
TURN_MS = 5  # between batches, in which QGIS repaints and handles input
SHOW_S = 0.1  # between progress signals
LEAVE_S = 2.0  # how long QGIS waits at exit for a thread to release a file


class HeaderReader(QObject):
    """Reads the headers of rasters one after the other; ``then`` is called with all of them, in order.

    Signals: ``progressed`` whenever some more are read.
    """

    progressed = pyqtSignal()

    def __init__(
        self,
        keys: Sequence[str],
        source_of: Callable[[str], str],
        read: Callable[[str], RasterHeader],
        then: Callable[[tuple[RasterHeader, ...]], None],
        failed: Callable[[str, Exception], RasterHeader],
    ) -> None:
        """Prepare.

        Args:
            source_of: returns QGIS's source of a key; empty if there is none, or it must not be opened.
            read: opens the layer of a key, unless it is open, and returns its header.
            failed: the header of a key at which ``read`` raised an exception.
        """
        super().__init__()
        self._keys = tuple(keys)
        self._sources = [source_of(key) for key in self._keys]
        self._read, self._then, self._failed = read, then, failed
        self._headers: list[RasterHeader] = []
        self._reached = 0
        self._stopped = False
        self._shown = 0.0
        self._thread: Optional[background.Background] = None
        self._turn = QTimer(self)
        self._turn.setInterval(TURN_MS)
        self._turn.timeout.connect(self._go_on)

    @property
    def done(self) -> int:
        """The number of headers read."""
        return len(self._headers)

    @property
    def total(self) -> int:
        """The number of headers to read."""
        return len(self._keys)

    def start(self) -> None:
        """Start; headers that can be read within a moment are available when this returns."""
        self._thread = background.Background(self._reach, lambda _nothing: None, lambda _error: self._reach_all())
        deadline = time.monotonic() + background.PATIENCE_S
        while not self._stopped and self.done < self.total and time.monotonic() < deadline:
            self._read_reached(deadline)
            time.sleep(0.001)
        if self.done == self.total:
            self._end()
        else:
            self._turn.start()
            self.progressed.emit()

    def stop(self) -> None:
        """Stop reading; the result is no longer needed."""
        self._stopped = True
        self._turn.stop()

    def wait(self) -> None:
        """Stop, and wait at exit for the thread to release its file; with a time limit, as a drive may be gone."""
        self.stop()
        if self._thread is not None:
            self._thread.wait(LEAVE_S)

    def _reach(self) -> None:
        """In the thread: open each file; the result is cached, so that opening it again is quick."""
        for source in self._sources:
            if self._stopped:
                return
            if source:
                with suppress(Exception):  # the header says what is wrong, in QGIS's thread
                    band_descriptions(gdal_source(source), open_options(source))
            self._reached += 1

    def _reach_all(self) -> None:
        self._reached = self.total

    def _go_on(self) -> None:
        self._read_reached(time.monotonic() + SLICE_S)
        if self.done == self.total:
            self._end()
        elif time.monotonic() - self._shown > SHOW_S:
            self._shown = time.monotonic()
            self.progressed.emit()

    def _read_reached(self, deadline: float) -> None:
        """Read headers of files that the thread has opened, at least one, until the deadline."""
        while self.done < self._reached:
            key = self._keys[self.done]
            try:
                header = self._read(key)
            except Exception as error:  # noqa: BLE001  (else it would be raised at every turn, and reading never end)
                header = self._failed(key, error)
            self._headers.append(header)
            if time.monotonic() >= deadline:
                return

    def _end(self) -> None:
        if not self._stopped:
            self.stop()
            self._then(tuple(self._headers))
