"""The trainings of one window, one after the other: starting, following, ending; the state of the last one."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, ClassVar, Optional

from qgis.core import QgsProject, QgsSettings
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ....engine.contract import Epoch, Interim, Message, Progress
from ..form.progress.cost import Cost, usual_slowness
from ..form.progress.curves import Curves
from ..form.sensors.header import RasterHeader
from .run import AlgorithmRun
from .train_algorithm import train_algorithm

RESUMED = "resumed"  # code of the engine's message that it goes on from a checkpoint
SLOWNESS = "colearn/training_slowness"  # in settings, apart for trainings with and without networks


class TrainingRun(QObject):
    """The current training, or the last one.

    Signals: ``began``; ``progressed`` with events of the engine; ``line`` with lines of the log; ``ended`` with
    success, the path of the model and the error; ``over`` after all slots of ``ended``.
    """

    began = pyqtSignal()
    progressed = pyqtSignal(object)
    line = pyqtSignal(str, str)
    ended = pyqtSignal(bool, str, str)
    over = pyqtSignal()
    models_in_work: ClassVar[set[str]] = set()  # of all windows

    def __init__(self, parent: Optional[QObject] = None) -> None:
        super().__init__(parent)
        self.curves = Curves()
        self.share = self.reached_s = 0.0  # progress, and when it was reached
        self.interims: dict[str, Interim] = {}  # the last one of each sensor
        self.is_finishing = False
        self.run: Optional[AlgorithmRun] = None
        self.model = ""  # of the last training that succeeded
        self.outputs: dict[str, str] = {}  # all its outputs
        self.in_work = ""  # model of the current training, or of the last one
        self._cost: Optional[Cost] = None
        self._image: tuple[RasterHeader, ...] = ()

    def is_running(self) -> bool:
        """Whether a training is running."""
        return self.run is not None and not self.run.is_over

    def start(
        self, parameters: dict[str, Any], model: str, cost: Optional[Cost], image: Sequence[RasterHeader] = ()
    ) -> None:
        """Start a training in the background.

        Args:
            model: the path it writes.
            cost: what is expected, used to measure the speed of this computer; None if it is not known beforehand.
            image: rasters that the model can map.
        """
        self.curves, self.share, self.reached_s = Curves(), 0.0, 0.0
        self.interims, self.is_finishing = {}, False
        self._cost, self.in_work, self._image = cost, model, tuple(image)
        self.models_in_work.add(model)
        self.run = AlgorithmRun(train_algorithm(), parameters)
        self.run.engine_event.connect(self._on_event)
        self.run.line.connect(self.line)
        self.run.ended.connect(self._on_ended)
        self.run.start()
        self.began.emit()

    def files_to_map(self) -> list[str]:
        """The files of the training that a map can be made of; none if they are layers of the project."""
        is_layer = QgsProject.instance().mapLayer
        return [raster.source for raster in self._image if is_layer(raster.key) is None]

    def cancel(self) -> None:
        """Stop the training."""
        if self.run is not None:
            self.run.cancel()

    def finish(self) -> None:
        """End the training with what is finished so far: a complete model, and its report."""
        if self.run is not None and self.interims:
            self.is_finishing = True
            self.run.finish()

    def models_of_others(self) -> frozenset[str]:
        """The models that other windows are writing."""
        return frozenset(self.models_in_work - ({self.in_work} if self.is_running() else set()))

    def _on_event(self, event: object) -> None:
        if isinstance(event, Progress):
            if event.fraction != self.share and self.run is not None:
                self.reached_s = self.run.elapsed_s()
            self.share = event.fraction
        elif isinstance(event, Epoch):
            self.curves = self.curves.having(event)
        elif isinstance(event, Interim):
            self.interims[event.sensor] = event
        elif isinstance(event, Message) and event.code == RESUMED:
            self._cost = None  # part of it was trained before
        self.progressed.emit(event)

    def _on_ended(self, succeeded: bool, results: dict[str, Any], wrong: str) -> None:
        self.models_in_work.discard(self.in_work)
        if succeeded and self.run is not None:
            self.model = str(results.get("OUTPUT_MODEL", self.in_work))
            self.outputs = {name: value for name, value in results.items() if isinstance(value, str)}
            if self._cost is not None and not self.is_finishing:
                remember_slowness(self._cost, self.run.elapsed_s())
        self.ended.emit(succeeded, self.model if succeeded else "", wrong)
        self.over.emit()


def remember_slowness(cost: Cost, elapsed_s: float) -> None:
    """Remember how long a training took on this computer."""
    slowness = cost.slowness(elapsed_s)
    if slowness is not None:
        QgsSettings().setValue(_setting(cost.has_networks), slowness)


def slowness_here(cost: Cost) -> float:
    """The slowness of this computer: of the last training of this kind, else of the other kind, else by its cores."""
    kinds = (cost.has_networks, not cost.has_networks)
    known = (QgsSettings().value(_setting(networks), 0.0, float) for networks in kinds)
    return next((found for found in known if found and found > 0), usual_slowness(os.cpu_count() or 1))


def _setting(networks: bool) -> str:
    return f"{SLOWNESS}_{'networks' if networks else 'forests'}"
