"""The set-up window: what state the engine is in, what can be set up and how large that is. Nothing comes unasked."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Optional

from qgis.core import QgsSettings
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QCloseEvent, QFontDatabase
from qgis.PyQt.QtWidgets import (
    QApplication,
    QButtonGroup,
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from ...engine.contract import CoLearnError
from ..messages import sentence, tr
from ..process import environment, installation
from ..process.offers import Offer, has_torch_of_its_own, offers, size_text
from .diagnostics import diagnostics
from .pip_progress import PipProgress
from .private_environment import adopt, discard, recover, staging
from .step_runner import StepRunner
from .words import HASHES_DIFFER, finding, introduction, offer_words, other_packages_words, resume_words, target_words

MOST_LOG_LINES = 5000
PERCENT = 100
LOG_HEIGHT = 140


class SetUpWindow(QDialog):
    """Shows the engine's Python, and makes a private environment when the person presses the button that says so."""

    ready = pyqtSignal()

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("CoLearn set-up"))
        self.resize(620, 520)
        self._runner: Optional[StepRunner] = None
        self._offers = offers(sys.platform)
        self._read = PipProgress(1.0)
        self._build()
        self.check()

    # Building ------------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.addWidget(_paragraph(introduction()))
        self._state = _paragraph("")
        self._state.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout.addWidget(self._state)
        layout.addWidget(self._offer_box())
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

    def _offer_box(self) -> QGroupBox:
        self._box = QGroupBox(tr("Set up for"))
        layout = QVBoxLayout(self._box)
        self._choice = QButtonGroup(self)
        for number, offer in enumerate(self._offers):
            title, explanation = offer_words(offer)
            button = QRadioButton(title)
            button.setChecked(number == 0)
            self._choice.addButton(button, number)
            layout.addWidget(button)
            layout.addWidget(_indented(explanation))
        self._choice.buttonToggled.connect(lambda _button, _on: self._name_button())
        self._offline = QCheckBox(tr("Install offline from a folder of wheels"))
        self._offline.toggled.connect(lambda _on: self._name_button())
        layout.addWidget(self._offline)
        layout.addWidget(self._index_row())
        self._target = _paragraph(target_words(environment.private_folder()))
        layout.addWidget(self._target)
        if environment.VARIABLE in os.environ:
            self._box.setEnabled(False)
            self._target.setText(
                tr("The environment variable {variable} sets the Python of the engine.").format(
                    variable=environment.VARIABLE
                )
            )
        return self._box

    def _index_row(self) -> QWidget:
        """Where PyTorch without CUDA comes from; networks that do not reach its makers often have a mirror."""
        self._index = QLineEdit(installation.torch_index())
        self._index.setToolTip(tr("Index of the CPU build of PyTorch, or a mirror accessible from your network."))
        self._index_box = QWidget()
        row = QHBoxLayout(self._index_box)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(QLabel(tr("PyTorch from")))
        row.addWidget(self._index, 1)
        return self._index_box

    def _progress_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self._make_button = _button("", self.make, row)
        self._make_button.setDefault(True)
        self._cancel_button = _button(tr("Cancel"), self._cancel, row)
        self._progress = QProgressBar()
        self._progress.setRange(0, PERCENT)
        row.addWidget(self._progress, 1)
        self._name_button()
        return row

    def _other_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self._check_button = _button(tr("Check again"), self._check_again, row)
        self._choose_button = _button(tr("Use another Python…"), self._choose, row)
        self._forget_button = _button(tr("Reset the choice"), self._forget, row)
        row.addStretch()
        _button(tr("Copy diagnostics"), self.copy_diagnostics, row)
        return row

    def _name_button(self) -> None:
        """The button says what pressing it does: that is the consent."""
        own = has_torch_of_its_own(self.chosen().purpose, sys.platform)
        self._index_box.setVisible(own and not self._offline.isChecked())
        if self._offline.isChecked():
            self._make_button.setText(tr("Choose the folder and install…"))
        else:
            size = size_text(self.chosen().megabytes)
            self._make_button.setText(tr("Download {size} and install").format(size=size))

    # State ---------------------------------------------------------------------------------------------------------

    def chosen(self) -> Offer:
        """What the person has marked."""
        return self._offers[max(self._choice.checkedId(), 0)]

    def check(self) -> None:
        """Look for the engine's Python, run it, and show what was found."""
        recover(environment.private_folder())
        self._forget_button.setVisible(bool(QgsSettings().value(environment.SETTING, "")))
        self._state.setText(finding())

    def state_text(self) -> str:
        """What the window says about the engine."""
        return self._state.text()

    def log_text(self) -> str:
        """What the installation said."""
        return self._log.toPlainText()

    def copy_diagnostics(self) -> None:
        """Put what a helper needs to know on the clipboard."""
        QApplication.clipboard().setText(diagnostics(self.log_text()))

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

    # Making --------------------------------------------------------------------------------------------------------

    def make(self) -> None:
        """Make the private environment as marked."""
        wheels = self._ask_for_wheels() if self._offline.isChecked() else None
        if self._offline.isChecked() and wheels is None:
            return
        target = environment.private_folder()
        try:
            if not self._index_box.isHidden():
                installation.choose_torch_index(self._index.text())
            base = installation.find_base_python()
            installation.require_writable(target)
        except CoLearnError as error:
            self._state.setText(f"✗ {error.found}\n{error.remedy}")
            return
        self._run(installation.installation_steps(base, staging(target), self.chosen().purpose, wheels))

    def _ask_for_wheels(self) -> Optional[Path]:
        folder = QFileDialog.getExistingDirectory(self, tr("Folder of wheels"))
        return Path(folder) if folder else None

    def _run(self, steps: list[installation.Step]) -> None:
        self._log.clear()
        self._log.setVisible(True)
        self._read = PipProgress(self.chosen().megabytes * 1e6, len(steps))
        self._show_running(True)
        self._runner = StepRunner(steps, installation.installation_environment(), self)
        self._runner.line.connect(self._on_line)
        self._runner.finished.connect(self._ended)
        self._runner.start()

    def _on_line(self, line: str) -> None:
        if not self._read.read(line):
            self._log.appendPlainText(line)
        self._progress.setValue(int(PERCENT * self._read.fraction))
        self._progress.setFormat(tr("%p % – unpacking") if self._read.is_unpacking else "%p %")

    def _ended(self, succeeded: bool, message: str) -> None:
        self._show_running(False)
        self._log.appendPlainText(message)
        target = environment.private_folder()
        if succeeded:
            try:
                adopt(target)
                QgsSettings().remove(environment.SETTING)  # the new environment is what is wanted now
            except CoLearnError as error:
                succeeded = False
                self._log.appendPlainText(sentence(error))
        else:
            discard(target)
            if HASHES_DIFFER in self.log_text():
                self._log.appendPlainText(other_packages_words())
            self._log.appendPlainText(resume_words())
        self._runner = None
        environment.forget_probes()
        self.check()
        if succeeded:
            self.ready.emit()

    def _cancel(self) -> None:
        if self._runner is not None:
            self._runner.cancel()

    def _show_running(self, running: bool) -> None:
        for widget in (self._check_button, self._choose_button, self._make_button, self._box):
            widget.setEnabled(not running and (widget is not self._box or environment.VARIABLE not in os.environ))
        self._cancel_button.setVisible(running)
        self._progress.setVisible(running)
        self._progress.setValue(0)

    # Leaving -------------------------------------------------------------------------------------------------------

    def reject(self) -> None:
        """Close; an installation under way is cancelled first."""
        self._cancel()
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close; an installation under way is cancelled first."""
        self._cancel()
        super().closeEvent(event)


def _paragraph(text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    return label


def _indented(text: str) -> QLabel:
    label = _paragraph(text)
    label.setContentsMargins(24, 0, 0, 4)
    return label


def _button(text: str, on_click: object, row: QHBoxLayout) -> QPushButton:
    button = QPushButton(text)
    button.setAutoDefault(False)
    button.clicked.connect(lambda _checked: on_click())
    row.addWidget(button)
    return button
