"""Headers of many rasters, read without blocking QGIS.

A thread reads each file and opens the layers that are not open yet, both of which may be slow (GDAL and QGIS release
the GIL meanwhile). QGIS's main thread then needs only some milliseconds per raster, in small batches.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Optional

from qgis.core import QgsMapLayer, QgsVectorLayer, QgsWkbTypes
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ...layers.band_metadata import FileFacts
from ...layers.opened_layers import hand_over, open_raster, open_vector
from ...process import background
from ..form.sensors.header import RasterHeader
from .header_reading import facts_of

SLICE_S = 0.02
TURN_MS = 5  # between batches, in which QGIS repaints and handles input
SHOW_S = 0.1  # between progress signals
SHAPES_OF_LABELS = (QgsWkbTypes.GeometryType.PointGeometry, QgsWkbTypes.GeometryType.PolygonGeometry)


@dataclass(frozen=True)
class Wanted:
    """A raster whose header is wanted.

    ``source`` is QGIS's; empty if the file must not be opened. ``name`` is that of the layer to open, empty to name it
    after its file; None if it is open already. ``is_label``: labels are tried as a vector layer first.
    """

    key: str
    source: str
    name: Optional[str] = None
    is_label: bool = False


@dataclass(frozen=True)
class Reached:
    """What the thread found: the facts of a raster's file, and the layer, raster or vector, if one was to be opened."""

    facts: Optional[FileFacts] = None
    layer: Optional[QgsMapLayer] = None


class HeaderReader(QObject):
    """Reads the headers of rasters one after the other; ``then`` is called with all of them, in order.

    Signals: ``progressed`` whenever some more are read.
    """

    progressed = pyqtSignal()

    def __init__(
        self,
        wanted: Sequence[Wanted],
        read: Callable[[Wanted, Reached], RasterHeader],
        then: Callable[[tuple[RasterHeader, ...]], None],
        failed: Callable[[str, Exception], RasterHeader],
    ) -> None:
        """Prepare.

        Args:
            read: returns the header of a raster that was reached, and takes the layer that was opened. An error in the
                thread leaves out what it found.
            failed: the header of a key at which ``read`` raised an exception.
        """
        super().__init__()
        self._wanted = tuple(wanted)
        self._read, self._then, self._failed = read, then, failed
        self._headers: list[RasterHeader] = []
        self._found: list[Reached] = []  # by the thread
        self._handing_over = threading.Lock()
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
        return len(self._wanted)

    def start(self, is_awaited: bool = True) -> None:
        """Start; if awaited, headers that can be read within a moment are available when this returns."""
        self._thread = background.Background(self._reach, lambda _nothing: None, lambda _error: self._reach_all())
        deadline = time.monotonic() + (background.PATIENCE_S if is_awaited else 0.0)
        while not self._stopped and self.done < self.total and time.monotonic() < deadline:
            self._read_reached(deadline)
            time.sleep(0.001)
        if self.done == self.total:
            self._end()
        elif not self._stopped:
            self._turn.start()
            self.progressed.emit()

    def stop(self) -> None:
        """Stop reading; the result is no longer needed."""
        self._turn.stop()
        self._then, self._thread = _nobody, None
        with self._handing_over:
            self._stopped = True
            self._found.clear()  # layers are closed here, in their own thread

    def wait(self) -> None:
        """Stop, and wait at exit for the thread to release its file; with a time limit, as a drive may be gone."""
        thread = self._thread
        self.stop()
        if thread is not None:
            thread.wait(background.LEAVE_S)

    def _reach(self) -> None:
        """In the thread: read each file, and open its layer if it is to be opened."""
        for wanted in self._wanted:
            if self._stopped:
                return
            found = _reached(wanted)
            with self._handing_over:
                if self._stopped:
                    return
                if found.layer is not None:
                    hand_over(found.layer)
                self._found.append(found)

    def _reach_all(self) -> None:
        self._found += [Reached()] * (self.total - len(self._found))

    def _go_on(self) -> None:
        self._turn.stop()  # QGIS may ask for a CRS, and handles its events meanwhile
        self._read_reached(time.monotonic() + SLICE_S)
        if self._stopped:
            return
        if self.done == self.total:
            self._end()
            return
        self._turn.start()
        if time.monotonic() - self._shown > SHOW_S:
            self._shown = time.monotonic()
            self.progressed.emit()

    def _read_reached(self, deadline: float) -> None:
        """Read headers of files that the thread has opened, at least one, until the deadline."""
        while self.done < len(self._found):
            wanted, found = self._wanted[self.done], self._found[self.done]
            try:
                header = self._read(wanted, found)
            except Exception as error:  # noqa: BLE001  (else it would be raised at every turn, and reading never end)
                header = self._failed(wanted.key, error)
            self._headers.append(header)
            if time.monotonic() >= deadline:
                return

    def _end(self) -> None:
        then = self._then
        self.stop()
        then(tuple(self._headers))


def _nobody(_headers: tuple[RasterHeader, ...]) -> None:
    """Receive what nobody waits for."""


def _reached(wanted: Wanted) -> Reached:
    """What a file says about itself, and its layer; without what an error leaves out."""
    facts, layer = None, None
    if wanted.source:
        with suppress(Exception):
            facts = facts_of(wanted.source)
        if wanted.name is not None:
            with suppress(Exception):
                layer = _opened(wanted, wanted.name)
    return Reached(facts, layer)


def _opened(wanted: Wanted, name: str) -> QgsMapLayer:
    """The layer of a file: of what cannot be opened as a raster, the labels that it holds, if any."""
    if wanted.is_label:
        vector = open_vector(wanted.source, name)
        return vector if vector.isValid() else open_raster(wanted.source, name)
    raster = open_raster(wanted.source, name)
    if raster.isValid():
        return raster
    vector = open_vector(wanted.source, name)
    return vector if _has_places(vector) else raster


def _has_places(layer: QgsVectorLayer) -> bool:
    return layer.isValid() and layer.geometryType() in SHAPES_OF_LABELS
