"""Rasters of the project, and files that are to join it, opened and read without blocking QGIS."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Optional

from qgis.core import QgsMapLayer, QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ...layers.opened_layers import open_raster, settle_crs
from ...training.form.sensors.header import RasterHeader
from ...training.layers.header_reader import HeaderReader, Reached, Wanted
from ...training.layers.header_reading import failed_header, header_of
from ..form.companions import Rasters

Opened = Mapping[str, QgsMapLayer]  # vector layers of files that are no rasters


class RasterReading(QObject):
    """Reads one set of rasters at a time: a new one takes the place of the one before, and none outlives its project.

    Signals: ``changed`` if it takes longer than a moment, and if it is stopped. It is not repeated meanwhile: whoever
    shows it fills lists that may be open.
    """

    changed = pyqtSignal()

    def __init__(self, parent: Optional[QObject] = None, is_awaited: bool = True) -> None:
        """Prepare; ``is_awaited``: what is read within a moment is there at once, else in the event loop."""
        super().__init__(parent)
        self._is_awaited = is_awaited
        self.names: tuple[str, ...] = ()  # of the rasters that are being read
        self._reader: Optional[HeaderReader] = None
        QgsProject.instance().cleared.connect(self.stop)

    def read(self, layers: Iterable[QgsMapLayer], then: Callable[[Rasters], None]) -> None:
        """Read raster layers of the project; ``then`` is called with the headers of those that are still there."""
        rasters = [layer for layer in layers if isinstance(layer, QgsRasterLayer)]
        wanted = [Wanted(layer.id(), layer.source() if layer.providerType() == "gdal" else "") for layer in rasters]

        def header(raster: Wanted, found: Reached) -> RasterHeader:
            return header_of(raster.key, QgsProject.instance().mapLayer(raster.key), found.facts)

        def end(headers: Rasters) -> None:
            then(tuple(each for each in headers if QgsProject.instance().mapLayer(each.key) is not None))

        self._start(wanted, [layer.name() for layer in rasters], header, end)

    def open(self, files: Sequence[str], then: Callable[[Rasters, Opened], None]) -> None:
        """Open files as layers; ``then`` is called with their headers, and with the layers by the headers' keys."""
        layers: dict[str, QgsMapLayer] = {}

        def header(raster: Wanted, found: Reached) -> RasterHeader:
            layer = settle_crs(found.layer or open_raster(raster.source))
            layers[layer.id()] = layer
            return header_of(layer.id(), layer, found.facts)

        names = [Path(path).stem for path in files]
        self._start([Wanted(path, path, "") for path in files], names, header, lambda headers: then(headers, layers))

    def read_project(self, then: Callable[[Rasters], None]) -> None:
        """Read all raster layers of the project."""
        self.read(QgsProject.instance().mapLayers().values(), then)

    def stop(self) -> None:
        """Stop; the result is no longer needed."""
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.stop()
            self.names = ()
            self.changed.emit()

    def leave(self) -> None:
        """Stop for good, and let the thread release its file."""
        QgsProject.instance().cleared.disconnect(self.stop)
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.wait()

    def _start(
        self,
        wanted: Sequence[Wanted],
        names: Sequence[str],
        read: Callable[[Wanted, Reached], RasterHeader],
        then: Callable[[Rasters], None],
    ) -> None:
        def end(headers: Rasters) -> None:
            self._reader, self.names = None, ()
            then(headers)

        def failed(key: str, error: Exception) -> RasterHeader:
            return failed_header(key, QgsProject.instance().mapLayer(key), error)

        if self._reader is not None:
            self._reader.stop()
        self.names = tuple(names)
        self._reader = HeaderReader(wanted, read, end, failed)
        self._reader.start(self._is_awaited)
        if self._reader is not None:
            self.changed.emit()
