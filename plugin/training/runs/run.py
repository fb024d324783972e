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
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProject,
)
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ....engine.contract import Event, Finished, Job
from ...process.launcher import Listener
from .history import add_to_history

RunEngine = Callable[[Sequence[str], Job, Path, Listener], Finished]  # as plugin/process/launcher.py has it


class RefusedError(Exception):
    """QGIS or the algorithm refuses the parameters, in a sentence."""


def require_accepted(algorithm: QgsProcessingAlgorithm, parameters: dict[str, Any]) -> None:
    """Raise RefusedError where the algorithm does not take its parameters."""
    accepted, reason = algorithm.checkParameterValues(parameters, project_context())
    if not accepted:
        raise RefusedError(reason)


def project_context() -> QgsProcessingContext:
    """A context in which layers of the project are found."""
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    return context


class RunFeedback(QgsProcessingFeedback):
    """Feedback that passes on what the engine and QGIS say, whichever thread says it."""

    engine_event = pyqtSignal(object)
    line = pyqtSignal(str, str)  # kind, text

    def __init__(self, run_engine: Optional[RunEngine] = None) -> None:
        super().__init__(False)
        self.last_error = ""
        self.run_engine = run_engine
        self._finish_wanted = False

    def finish(self) -> None:
        """Have a training end with a whole model of what is finished, as soon as there is something."""
        self._finish_wanted = True

    def is_finish_wanted(self) -> bool:
        """Asked by the thread that follows the engine."""
        return self._finish_wanted

    def on_event(self, event: Event) -> None:
        """Take an event of the engine (see :class:`..process.listener.FeedbackListener`)."""
        self.engine_event.emit(event)

    def pushInfo(self, info: str) -> None:
        """A line of the log."""
        self.line.emit("info", info)

    def pushWarning(self, warning: str) -> None:
        """A warning."""
        self.line.emit("warning", warning)

    def reportError(self, error: str, fatalError: bool = False) -> None:
        """An error; the last one is why a run failed."""
        self.last_error = error
        self.line.emit("error", error)

    def pushConsoleInfo(self, info: str) -> None:
        """Details of a failure."""
        self.line.emit("detail", info)

    def setProgressText(self, text: str) -> None:
        """The stage; it comes as an event, too."""
        self.line.emit("stage", text)


# A thread works with a run's context and feedback: they live until it is over, whatever becomes of the windows.
_under_way: set[AlgorithmRun] = set()


class AlgorithmRun(QObject):
    """A run that is under way, or over. Layers are loaded into the project it began in, and into no other."""

    engine_event = pyqtSignal(object)
    line = pyqtSignal(str, str)
    ended = pyqtSignal(bool, object, str)  # succeeded, results, what is wrong

    def __init__(
        self,
        algorithm: QgsProcessingAlgorithm,
        parameters: dict[str, Any],
        noted: bool = True,
        run_engine: Optional[RunEngine] = None,
    ) -> None:
        """Prepare a run; ``noted`` says whether it goes into Processing's history, ``run_engine`` which engine runs it.

        By default that is an engine of its own.
        """
        super().__init__()
        self._noted = noted
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
        """Begin; returns at once."""
        _under_way.add(self)
        if self._noted:
            add_to_history(self.algorithm, self.parameters, self._context)
        self._task = QgsProcessingAlgRunnerTask(self.algorithm, self.parameters, self._context, self._feedback)
        self._task.executed.connect(self._on_executed)
        QgsApplication.taskManager().addTask(self._task)

    def cancel(self) -> None:
        """End the engine; its answer arrives with :attr:`ended`."""
        if self._task is not None and not self.is_over:
            self._feedback.cancel()

    def finish(self) -> None:
        """Have the training end with what is finished: a whole model and report; worth offering after an Interim."""
        self._feedback.finish()

    def elapsed_s(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self.began

    def _on_project_cleared(self) -> None:
        self._project_changed = True

    def _on_executed(self, succeeded: bool, results: dict[str, Any]) -> None:
        self.is_over = True
        self.is_cancelled = self._feedback.isCanceled()  # here, or in QGIS's own list of tasks
        QgsProject.instance().cleared.disconnect(self._on_project_cleared)
        if succeeded and not self._project_changed:
            handleAlgorithmResults(self.algorithm, self._context, self._feedback, parameters=self.parameters)
        self._task = None
        _under_way.discard(self)
        self.ended.emit(bool(succeeded), dict(results), self._feedback.last_error)
