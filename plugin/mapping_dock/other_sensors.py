"""The project's rasters for the model's other sensors, found without blocking QGIS."""

from __future__ import annotations

from typing import Optional

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ...engine.contract import Manifest
from .form.companions import Rasters, companions
from .layers.raster_reading import RasterReading


class OtherSensors(QObject):
    """The rasters that fit each other sensor; None if no raster of the project does.

    Signals: ``found`` once they are known.
    """

    found = pyqtSignal()

    def __init__(self, parent: Optional[QObject] = None) -> None:
        super().__init__(parent)
        self.rasters: dict[str, Optional[Rasters]] = {}
        self._asked: object = None  # for what they were sought
        self._reading = RasterReading(self, is_awaited=False)

    def find(self, manifest: Optional[Manifest], sensor: str) -> None:
        """Find them, if the model, its sensor, or the layers of the project have changed."""
        asked = manifest, sensor, frozenset(QgsProject.instance().mapLayers())
        if asked == self._asked:
            return
        self._asked = asked
        if manifest is None or not sensor:
            self._reading.stop()
            self._take({})
        else:
            self._reading.read_project(lambda headers: self._take(companions(manifest, sensor, headers)))

    def of(self, sensor: str) -> Optional[Rasters]:
        """The rasters of a sensor, if all of them are still in the project."""
        rasters = self.rasters.get(sensor)
        is_there = rasters and all(QgsProject.instance().mapLayer(raster.key) is not None for raster in rasters)
        return rasters if is_there else None

    def leave(self) -> None:
        """Stop for good."""
        self._reading.leave()

    def _take(self, rasters: dict[str, Optional[Rasters]]) -> None:
        self.rasters = rasters
        self.found.emit()
