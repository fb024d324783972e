"""Preview of the split on the map before training: the samples that the training would draw, by split part."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Optional

from qgis.core import QgsProcessing, QgsProcessingOutputLayerDefinition, QgsProject
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ....engine.contract import Event, Message, Progress
from ...layers.legend import show_legend
from ...messages import tr
from .run import AlgorithmRun
from .train_algorithm import train_algorithm

SPLIT = "split"  # code of the engine's message with the sample counts of the parts
NOT_FOR_A_SPLIT = ("OUTPUT_REPORT",)


class SplitPreview(QObject):
    """Runs ``colearn:train`` up to the split. Each preview replaces the previous one on the map.

    Signals: ``changed`` on start, progress and end; ``drawn`` on success; ``failed`` with the error.
    """

    changed = pyqtSignal()
    drawn = pyqtSignal()
    failed = pyqtSignal(str)

    def __init__(self, parameters: Callable[[], dict[str, Any]], parent: QObject) -> None:
        """Prepare; ``parameters`` returns those of the training whenever a split is requested."""
        super().__init__(parent)
        self._parameters = parameters
        self._run: Optional[AlgorithmRun] = None
        self._before: set[str] = set()
        self._layers: set[str] = set()  # of the last preview
        self.share = 0.0
        self.summary = ""  # message about the last preview

    def is_running(self) -> bool:
        """Whether a preview is running."""
        return self._run is not None and not self._run.is_over

    def start(self) -> None:
        """Begin; returns at once.

        Raises:
            CoLearnError: something is missing.
        """
        parameters = {name: value for name, value in self._parameters().items() if name not in NOT_FOR_A_SPLIT}
        parameters["SPLIT_ONLY"] = True
        parameters["OUTPUT_SAMPLES"] = QgsProcessingOutputLayerDefinition(
            QgsProcessing.TEMPORARY_OUTPUT, QgsProject.instance()
        )
        self.share, self.summary = 0.0, ""
        self._before = set(QgsProject.instance().mapLayers())
        self._run = AlgorithmRun(train_algorithm(), parameters, noted=False, title=tr("CoLearn: split of the samples"))
        self._run.engine_event.connect(self._on_event)
        self._run.ended.connect(self._on_ended)
        self._run.start()
        self.changed.emit()

    def cancel(self) -> None:
        """Stop; the preview on the map is kept."""
        if self._run is not None:
            self._run.cancel()

    def take_away(self) -> None:
        """Remove the last preview from the map."""
        project = QgsProject.instance()
        project.removeMapLayers([key for key in self._layers if project.mapLayer(key) is not None])
        self._layers = set()

    def _on_event(self, event: Event) -> None:
        if isinstance(event, Progress):
            self.share = event.fraction
        elif isinstance(event, Message) and event.code == SPLIT:
            self.summary = event.text
        self.changed.emit()

    def _on_ended(self, succeeded: bool, _results: dict[str, Any], wrong: str) -> None:
        cancelled = self._run is not None and self._run.is_cancelled
        if succeeded:
            self.take_away()
            self._layers = set(QgsProject.instance().mapLayers()) - self._before
            for node in filter(None, map(QgsProject.instance().layerTreeRoot().findLayer, self._layers)):
                show_legend(node)
        else:
            self.summary = ""
        self.changed.emit()
        if succeeded:
            self.drawn.emit()
        elif not cancelled:
            self.failed.emit(wrong)
