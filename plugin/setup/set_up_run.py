"""One installation, from finding QGIS's Python to the environment in place. Contains no widgets.

QGIS never waits: files and other interpreters are checked in the background, commands run as processes.
"""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Optional, Union

from qgis.core import QgsSettings
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ...engine.contract import CoLearnError
from ..messages import sentence, tr
from ..process import environment, installation
from ..process.background import Background, unforeseen
from ..process.offers import Offer
from .pip_progress import PipProgress
from .private_environment import adopt, discard, staging, unpacked_bytes
from .step_runner import StepRunner

LOOK_MS = 1000  # between two checks of the environment's size


class _Stage(Enum):
    LOOKING = "for QGIS's Python"
    RUNNING = "its commands"
    FINISHING = "the environment is put into its place, or removed"
    OVER = "over"


class SetUpRun(QObject):
    """The running installation.

    Signals: ``line`` with lines of the log, ``moved`` when :attr:`progress` changed, ``refused`` with the reason why
    nothing was started, ``ended`` with whether the environment is in place.
    """

    line = pyqtSignal(str)
    moved = pyqtSignal()
    refused = pyqtSignal(str)
    ended = pyqtSignal(bool)

    def __init__(self, offer: Offer, wheels: Optional[Path], parent: Optional[QObject] = None) -> None:
        super().__init__(parent)
        self._offer, self._wheels = offer, wheels
        self._target = environment.private_folder()
        self._stage = _Stage.LOOKING
        self._work: Optional[Background] = None
        self._runner: Optional[StepRunner] = None
        self.progress = PipProgress(1.0)

    def start(self) -> None:
        """Start; returns at once."""
        self._work = Background(self._find_base, self._on_base, lambda error: self._on_base(unforeseen(error)))

    def cancel(self) -> None:
        """Cancel as soon as possible, and emit :attr:`ended`. A finished environment is still moved into place."""
        if self._stage is _Stage.LOOKING and self._work is not None:
            self._work.forget()
            self.line.emit(tr("Cancelled."))
            self._end(False)
        elif self._stage is _Stage.RUNNING and self._runner is not None:
            self._runner.cancel()

    def leave(self) -> None:
        """Cancel, and wait until incomplete files are removed, because the window, and perhaps QGIS, closes."""
        self.cancel()
        if self._runner is not None:
            self._runner.wait()
        if self._stage is _Stage.FINISHING and self._work is not None:
            self._work.wait()

    def _find_base(self) -> Union[installation.BasePython, CoLearnError]:
        try:
            base = installation.find_base_python()
            installation.require_writable(self._target)
            return base
        except CoLearnError as error:
            return error

    def _on_base(self, found: Union[installation.BasePython, CoLearnError]) -> None:
        if isinstance(found, CoLearnError):
            self._stage = _Stage.OVER
            self.refused.emit(f"✗ {found.found}\n{found.remedy}")
            return
        steps = installation.installation_steps(found, staging(self._target), self._offer.purpose, self._wheels)
        self.progress = PipProgress(self._offer.megabytes * 1e6, len(steps), downloads=self._wheels is None)
        self._stage = _Stage.RUNNING
        self._runner = StepRunner(steps, installation.installation_environment(), self)
        self._runner.line.connect(self._on_line)
        self._runner.finished.connect(self._on_steps)
        self._runner.start()
        QTimer.singleShot(LOOK_MS, self._look)

    def _on_line(self, line: str) -> None:
        if not self.progress.read(line):
            self.line.emit(line)
        self.moved.emit()

    def _look(self) -> None:
        """Check the environment's size regularly: pip reports nothing while it unpacks."""
        if self._stage is _Stage.RUNNING:
            self._work = Background(lambda: unpacked_bytes(self._target), self._on_size, lambda _error: None)

    def _on_size(self, size: int) -> None:
        if self._stage is _Stage.RUNNING:
            self.progress.unpacked(size)
            self.moved.emit()
            QTimer.singleShot(LOOK_MS, self._look)

    def _on_steps(self, succeeded: bool, message: str) -> None:
        self._stage = _Stage.FINISHING
        self.moved.emit()
        self.line.emit(message)
        if succeeded:
            self._work = Background(self._adopt, self._on_adopted, lambda error: self._on_adopted(unforeseen(error)))
        else:

            def end(_nothing: object) -> None:
                self._end(False)

            self._work = Background(lambda: discard(self._target), end, end)

    def _adopt(self) -> Optional[CoLearnError]:
        try:
            adopt(self._target)
        except CoLearnError as error:
            return error
        return None

    def _on_adopted(self, error: Optional[CoLearnError]) -> None:
        if error is None:
            QgsSettings().remove(environment.SETTING)  # use the new environment from now on
        else:
            self.line.emit(sentence(error))
        self._end(error is None)

    @property
    def is_finishing(self) -> bool:
        """Whether it can no longer be cancelled."""
        return self._stage is _Stage.FINISHING

    def _end(self, succeeded: bool) -> None:
        self._stage = _Stage.OVER
        self.ended.emit(succeeded)
