"""Runs the commands of an installation one after the other, without blocking the window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Optional

from qgis.PyQt.QtCore import QObject, QProcess, QProcessEnvironment, pyqtSignal

from ..messages import tr
from ..process.child import ROOT
from ..process.installation import Step
from .pip_progress import TITLE_MARK

END_TIMEOUT_MS = 3000  # only when QGIS closes; nothing else waits


class StepRunner(QObject):
    """Emits every line of output, and at the end whether all steps succeeded, with a message."""

    line = pyqtSignal(str)
    finished = pyqtSignal(bool, str)

    def __init__(self, steps: Sequence[Step], environment: Mapping[str, str], parent: Optional[QObject] = None) -> None:
        super().__init__(parent)
        self._steps = list(steps)
        self._cure = ""  # advice for the current step
        self._cancelled = False
        self._over = False
        self._process = QProcess(self)
        self._process.setProcessChannelMode(QProcess.ProcessChannelMode.MergedChannels)
        self._process.setProcessEnvironment(_environment_of(environment))
        self._process.setWorkingDirectory(str(ROOT))
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.finished.connect(self._step_ended)
        self._process.errorOccurred.connect(self._step_broke)

    def start(self) -> None:
        """Start the first step."""
        self._next()

    def cancel(self) -> None:
        """Cancel the current step and all that follow; :attr:`finished` signals the end."""
        if self._over or self._cancelled:
            return
        self._cancelled = True
        if self._process.state() == QProcess.ProcessState.NotRunning:
            self._end(False, tr("Cancelled."))
        else:
            self._process.kill()

    def wait(self) -> None:
        """Wait until the cancelled step has ended."""
        if self._process.state() != QProcess.ProcessState.NotRunning:
            self._process.waitForFinished(END_TIMEOUT_MS)

    def _next(self) -> None:
        if not self._steps:
            self._end(True, tr("Done."))
            return
        step = self._steps.pop(0)
        self._cure = step.cure
        self.line.emit(f"{TITLE_MARK} {step.title}")
        self._process.start(step.command[0], list(step.command[1:]))

    def _read(self) -> None:
        text = bytes(self._process.readAllStandardOutput()).decode("utf-8", errors="replace")
        for line in text.splitlines():
            if line.strip():
                self.line.emit(line)

    def _step_ended(self, exit_code: int, status: QProcess.ExitStatus) -> None:
        if self._cancelled:
            self._end(False, tr("Cancelled."))
        elif exit_code == 0 and status == QProcess.ExitStatus.NormalExit:
            self._next()
        else:
            failure = tr("Failed with exit code {code}; see the lines above for the cause.").format(code=exit_code)
            self._end(False, f"{failure}\n{self._cure}".strip())

    def _step_broke(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._end(False, self._process.errorString())

    def _end(self, succeeded: bool, message: str) -> None:
        if not self._over:
            self._over = True
            self.finished.emit(succeeded, message)


def _environment_of(variables: Mapping[str, str]) -> QProcessEnvironment:
    environment = QProcessEnvironment()
    for name, value in variables.items():
        environment.insert(name, value)
    return environment
