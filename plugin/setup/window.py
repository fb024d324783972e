"""The set-up window: the engine's state, what can be installed, and its size. Nothing is installed without consent."""

from __future__ import annotations

from pathlib import Path
from typing import Optional

from qgis.core import QgsSettings
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QCloseEvent, QFontDatabase
from qgis.PyQt.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ...engine.contract import CoLearnError
from ..messages import sentence, tr
from ..process import environment
from ..process.background import Background, unforeseen
from .diagnostics import diagnostics
from .offer_box import OfferBox, paragraph
from .private_environment import recover
from .set_up_run import SetUpRun
from .words import HASHES_DIFFER, checking, finding, introduction, other_packages_words, resume_words

MOST_LOG_LINES = 5000
PERCENT = 100
LOG_HEIGHT = 140


class SetUpWindow(QDialog):
    """Shows the engine's Python, and creates a private environment when the user presses the button for it."""

    ready = pyqtSignal()  # a usable engine was found: installed, chosen, or there already

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("CoLearn set-up"))
        self.resize(620, 520)
        self._runner: Optional[SetUpRun] = None
        self._asked: Optional[Background] = None  # check of the engine's Python
        self._copying: Optional[Background] = None
        self._build()
        self.check()

    # Building ------------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.addWidget(paragraph(introduction()))
        self._state = paragraph("")
        self._state.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout.addWidget(self._state)
        self.box = OfferBox()
        self.box.changed.connect(self._name_button)
        layout.addWidget(self.box)
        layout.addLayout(self._progress_row())
        self._log = QPlainTextEdit()
        self._log.setReadOnly(True)
        self._log.setMaximumBlockCount(MOST_LOG_LINES)
        self._log.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._log.setMinimumHeight(LOG_HEIGHT)
        self._log.setVisible(False)
        layout.addWidget(self._log, 1)
        layout.addStretch()
        layout.addLayout(self._other_row())
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        self._show_running(False)

    def _progress_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self._make_button = _button("", self.make, row)
        self._make_button.setDefault(True)
        self._cancel_button = _button(tr("Cancel"), self._cancel, row)
        self._progress = QProgressBar()
        self._progress.setRange(0, PERCENT)
        self._progress.setFormat("%p %")
        row.addWidget(self._progress, 1)
        self._name_button()
        return row

    def _other_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self._check_button = _button(tr("Check again"), self._check_again, row)
        self._choose_button = _button(tr("Use another Python…"), self._choose, row)
        self._forget_button = _button(tr("Reset the choice"), self._forget, row)
        row.addStretch()
        self._copy_button = _button(tr("Copy diagnostics"), self.copy_diagnostics, row)
        return row

    def _name_button(self) -> None:
        self._make_button.setText(self.box.button_text())

    # State ---------------------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Find and run the engine's Python in the background; the result is shown when known."""
        self._forget_button.setVisible(bool(QgsSettings().value(environment.SETTING, "")))
        self._state.setText(checking())
        if self._asked is not None:
            self._asked.forget()
        private = environment.private_folder() if self._runner is None else None  # otherwise it is being moved
        self._asked = Background(
            lambda: _found(private), self._show_found, lambda error: self._show_state(sentence(unforeseen(error)))
        )

    def _show_found(self, found: tuple[bool, str]) -> None:
        is_usable, text = found
        self._make_button.setDefault(not is_usable)  # Return must not download what is there
        self._show_state(text)
        if is_usable:
            self.ready.emit()

    def _show_state(self, text: str) -> None:
        self._state.setText(text)
        self._make_room()

    def _make_room(self) -> None:
        """Grow to fit the content: a window that is too low would cut off paragraphs."""
        layout = self.layout()
        layout.activate()
        self.resize(self.width(), max(self.height(), layout.totalHeightForWidth(self.width())))

    def state_text(self) -> str:
        """The text about the engine's state."""
        return self._state.text()

    def log_text(self) -> str:
        """The log of the installation."""
        return self._log.toPlainText()

    def copy_diagnostics(self) -> None:
        """Copy diagnostics for support to the clipboard, once they are collected."""
        log = self.log_text()
        self._copy_button.setEnabled(False)
        self._copy_button.setText(tr("Collecting diagnostics…"))
        self._copying = Background(
            lambda: diagnostics(log), self._copy, lambda error: self._copy(f"{unforeseen(error).details}\n{log}")
        )

    def _copy(self, text: str) -> None:
        QApplication.clipboard().setText(text)
        self._copy_button.setText(tr("Diagnostics copied"))
        self._copy_button.setEnabled(True)

    def _check_again(self) -> None:
        environment.forget_probes()
        self.check()

    def _choose(self) -> None:
        path, _filter = QFileDialog.getOpenFileName(self, tr("The engine's Python interpreter"))
        if path:
            QgsSettings().setValue(environment.SETTING, path)
            self.check()

    def _forget(self) -> None:
        QgsSettings().remove(environment.SETTING)
        self.check()

    # Installing ----------------------------------------------------------------------------------------------------

    def make(self) -> None:
        """Create the private environment with the selected option."""
        wheels = self._ask_for_wheels() if self.box.offline.isChecked() else None
        if self.box.offline.isChecked() and wheels is None:
            return
        try:
            self.box.keep_index()
        except CoLearnError as error:
            self._refuse(f"✗ {error.found}\n{error.remedy}")
            return
        self._run(wheels)

    def _ask_for_wheels(self) -> Optional[Path]:
        folder = QFileDialog.getExistingDirectory(self, tr("Folder of wheels"))
        return Path(folder) if folder else None

    def _run(self, wheels: Optional[Path]) -> None:
        self._log.clear()
        self._log.setVisible(True)
        self._show_running(True)
        self._make_room()
        self._runner = SetUpRun(self.box.chosen(), wheels, self)
        self._runner.line.connect(self._log.appendPlainText)
        self._runner.moved.connect(self._show_progress)
        self._runner.refused.connect(self._refuse)
        self._runner.ended.connect(self._ended)
        self._runner.start()

    def _show_progress(self) -> None:
        """Show the progress; a busy indicator while it is unknown."""
        run = self._runner
        if run is None:
            return
        percent = int(PERCENT * run.progress.fraction)
        self._progress.setRange(0, 0 if percent == 0 or run.is_finishing else PERCENT)
        self._progress.setValue(percent)
        self._progress.setFormat(tr("%p % – unpacking") if run.progress.is_unpacking else "%p %")
        self._cancel_button.setEnabled(not run.is_finishing)

    def _refuse(self, why: str) -> None:
        self._runner = None
        self._show_running(False)
        if self._asked is not None:
            self._asked.forget()
        self._show_state(why)

    def _ended(self, succeeded: bool) -> None:
        self._runner = None
        self._show_running(False)
        if not succeeded:
            if HASHES_DIFFER in self.log_text():
                self._log.appendPlainText(other_packages_words())
            self._log.appendPlainText(resume_words())
        environment.forget_probes()
        self.check()

    def _cancel(self) -> None:
        if self._runner is not None:
            self._cancel_button.setEnabled(False)
            self._runner.cancel()

    def _show_running(self, running: bool) -> None:
        for widget in (self._check_button, self._choose_button):
            widget.setEnabled(not running)
        self.box.enable(not running)
        self._make_button.setEnabled(self.box.isEnabled())
        self._cancel_button.setVisible(running)
        self._cancel_button.setEnabled(running)
        self._progress.setVisible(running)
        self._progress.setRange(0, 0)

    # Leaving -------------------------------------------------------------------------------------------------------

    def leave(self) -> None:
        """Close permanently; no incomplete environment is left behind."""
        for asked in (self._asked, self._copying):
            if asked is not None:
                asked.forget()
        if self._runner is not None:
            self._runner.leave()
        self.reject()

    def reject(self) -> None:
        """Close; a running installation is cancelled first."""
        self._cancel()
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close; a running installation is cancelled first."""
        self._cancel()
        super().closeEvent(event)


def _found(private: Optional[Path]) -> tuple[bool, str]:
    """Whether the engine is usable, and its state, after restoring an interrupted environment if necessary."""
    if private is not None:
        recover(private)
    return finding()


def _button(text: str, on_click: object, row: QHBoxLayout) -> QPushButton:
    button = QPushButton(text)
    button.setAutoDefault(False)
    button.clicked.connect(lambda _checked: on_click())
    row.addWidget(button)
    return button
