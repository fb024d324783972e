"""One run of an algorithm in the background, as Processing's dialogs do it; the engine's events arrive as signals."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Optional

from processing.gui.Postprocessing import handleAlgorithmResults
from qgis.core import (
    QgsApplication,
    QgsProcessingAlgorithm,
    QgsProcessingAlgRunnerTask,
    QgsProcessingFeedback,
    QgsProject,
)
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ....engine.contract import Event, Finished, Job
from ...layers.named_layers import project_context
from ...process.background import without_traceback
from ...process.launcher import Listener
from .history import add_to_history

RunEngine = Callable[[Sequence[str], Job, Path, Listener], Finished]  # as run_engine of plugin/process/launcher.py


class RefusedError(Exception):
    """QGIS or the algorithm refuses the parameters; carries the message."""


def require_accepted(algorithm: QgsProcessingAlgorithm, parameters: dict[str, Any]) -> None:
    """Raise RefusedError if the algorithm refuses the parameters."""
    accepted, reason = algorithm.checkParameterValues(parameters, project_context())
    if not accepted:
        raise RefusedError(reason)


class RunFeedback(QgsProcessingFeedback):
    """Feedback that passes on the output of the engine and of QGIS from any thread."""

    engine_event = pyqtSignal(object)
    line = pyqtSignal(str, str)  # kind, text

    def __init__(self, run_engine: Optional[RunEngine] = None) -> None:
        super().__init__(False)
        self.last_error = ""
        self.run_engine = run_engine
        self._finish_wanted = False

    def finish(self) -> None:
        """End a training early with a complete model of what is finished, as soon as possible."""
        self._finish_wanted = True

    def is_finish_wanted(self) -> bool:
        """Whether :meth:`finish` was called; called in the thread that follows the engine."""
        return self._finish_wanted

    def on_event(self, event: Event) -> None:
        """Handle an event of the engine (see :class:`..process.listener.FeedbackListener`)."""
        self.engine_event.emit(event)

    def pushInfo(self, info: str) -> None:
        """A line of the log."""
        self.line.emit("info", info)

    def pushWarning(self, warning: str) -> None:
        """A warning."""
        self.line.emit("warning", warning)

    def reportError(self, error: str, fatalError: bool = False) -> None:
        """An error; the last one is the reason for a failed run."""
        self.last_error = error
        self.line.emit("error", error)

    def pushConsoleInfo(self, info: str) -> None:
        """Details of a failure."""
        self.line.emit("detail", info)

    def setProgressText(self, text: str) -> None:
        """The stage; ignored, as it also arrives as an event."""
        self.line.emit("stage", text)


# A thread uses a run's context and feedback: keep them alive until it ends, even if the windows are closed.
_under_way: set[AlgorithmRun] = set()


class AlgorithmRun(QObject):
    """A running or finished run. Layers are loaded only into the project in which it was started."""

    engine_event = pyqtSignal(object)
    line = pyqtSignal(str, str)
    ended = pyqtSignal(bool, object, str)  # succeeded, results, error

    def __init__(
        self,
        algorithm: QgsProcessingAlgorithm,
        parameters: dict[str, Any],
        noted: bool = True,
        run_engine: Optional[RunEngine] = None,
        title: str = "",
    ) -> None:
        """Prepare a run.

        Args:
            noted: whether Processing's history records it.
            run_engine: how the engine is run; by default a new one is started.
            title: what QGIS calls the run in its messages, unless that is the algorithm's name.
        """
        super().__init__()
        self._noted, self._title = noted, title
        self.algorithm = algorithm.create()
        self.parameters = parameters
        self.began = time.monotonic()
        self.is_over = False
        self.is_cancelled = False
        self._project_changed = False
        self._context = project_context()
        self._feedback = RunFeedback(run_engine)
        self._feedback.engine_event.connect(self.engine_event)
        self._feedback.line.connect(self.line)
        QgsProject.instance().cleared.connect(self._on_project_cleared)
        self._task: Optional[QgsProcessingAlgRunnerTask] = None

    def start(self) -> None:
        """Start; returns at once."""
        _under_way.add(self)
        if self._noted:
            add_to_history(self.algorithm, self.parameters, self._context)
        self._task = QgsProcessingAlgRunnerTask(self.algorithm, self.parameters, self._context, self._feedback)
        if self._title:
            self._task.setDescription(self._title)
        self._task.executed.connect(self._on_executed)
        QgsApplication.taskManager().addTask(self._task)

    def cancel(self) -> None:
        """End the engine; :attr:`ended` is emitted when it has ended."""
        if self._task is not None and not self.is_over:
            self._feedback.cancel()

    def finish(self) -> None:
        """End the training with what is finished, a complete model and report; only after the first Interim event."""
        self._feedback.finish()

    def elapsed_s(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.began

    def _on_project_cleared(self) -> None:
        self._project_changed = True

    def _on_executed(self, succeeded: bool, results: dict[str, Any]) -> None:
        self.is_over = True
        self.is_cancelled = self._feedback.isCanceled()  # here or in QGIS's task manager
        QgsProject.instance().cleared.disconnect(self._on_project_cleared)
        if succeeded and not self._project_changed:
            handleAlgorithmResults(self.algorithm, self._context, self._feedback, parameters=self.parameters)
        self._task = None
        _under_way.discard(self)
        self.ended.emit(bool(succeeded), dict(results), without_traceback(self._feedback.last_error))
