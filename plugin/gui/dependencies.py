"""The engine's Python environment: what state it is in, and the ways to mend it. Nothing is installed unasked."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Optional

from qgis.core import QgsSettings
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QCloseEvent, QFontDatabase
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ...engine.contract.errors import CoLearnError
from ..messages import sentence, tr
from ..process import environment, installation
from .steps import StepRunner


def introduction() -> str:
    """Why there is an environment at all."""
    return tr(
        "CoLearn's networks run in a process of their own, with a Python environment of their own (Python {needed} or "
        "newer, PyTorch, ONNX Runtime and others). QGIS's Python is never changed. If you have such an environment, "
        "name its Python with “Use another Python…” or by the environment variable {variable}."
    ).format(needed=environment.needed_python(), variable=environment.VARIABLE)


def explanation() -> str:
    """What the installation does, before anyone agrees to it."""
    return tr(
        "Makes a Python environment in your QGIS profile and installs the packages of engine-requirements.txt into it: "
        "about 1 GB, from the Python Package Index, through QGIS's proxy if one is set; or from a folder of wheels, "
        "without a network."
    )


class DependenciesDialog(QDialog):
    """Shows the engine's Python, checks it, and makes a private environment once the person agrees."""

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("CoLearn: the engine"))
        self.setMinimumWidth(620)
        self._runner: Optional[StepRunner] = None
        self._build()
        self.check()

    # Building ------------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.addWidget(_paragraph(introduction()))
        layout.addWidget(self._state_box())
        layout.addWidget(self._make_box(), 1)
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self._buttons.rejected.connect(self.reject)
        layout.addWidget(self._buttons)

    def _state_box(self) -> QGroupBox:
        box = QGroupBox(tr("State"))
        layout = QVBoxLayout(box)
        self._state = _paragraph("")
        self._state.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout.addWidget(self._state)
        row = QHBoxLayout()
        self._check_button = _button(tr("Check again"), self._check_again, row)
        self._choose_button = _button(tr("Use another Python…"), self._choose, row)
        self._forget_button = _button(tr("Forget the choice"), self._forget, row)
        row.addStretch()
        layout.addLayout(row)
        return box

    def _make_box(self) -> QGroupBox:
        box = QGroupBox(tr("Make an environment"))
        layout = QVBoxLayout(box)
        layout.addWidget(_paragraph(explanation()))
        self._offline = QCheckBox(tr("Install from a folder of wheels"))
        layout.addWidget(self._offline)
        row = QHBoxLayout()
        self._make_button = _button(tr("Create environment…"), self.make, row)
        self._cancel_button = _button(tr("Cancel"), self._cancel, row)
        self._progress = QProgressBar()
        self._progress.setRange(0, 0)
        row.addWidget(self._progress, 1)
        row.addStretch()
        layout.addLayout(row)
        self._log = QPlainTextEdit()
        self._log.setReadOnly(True)
        self._log.setMaximumBlockCount(5000)
        self._log.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._log.setMinimumHeight(140)
        self._log.setVisible(False)
        layout.addWidget(self._log, 1)
        layout.addStretch()
        self._show_running(False)
        if environment.VARIABLE in os.environ:
            box.setEnabled(False)
            box.setToolTip(tr("{variable} is set and comes first.").format(variable=environment.VARIABLE))
        return box

    # State ---------------------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Look for the engine's Python, run it, and show what was found."""
        self._forget_button.setEnabled(bool(QgsSettings().value(environment.SETTING, "")))
        try:
            python = environment.find_python()
            environment.require_health(python, environment.TRAIN_MODULES)
        except CoLearnError as error:
            self._state.setText("✗ " + sentence(error))
            return
        self._state.setText(
            tr("✓ The engine is ready.\n{path}\n({origin})").format(
                path=python.path, origin=environment.describe(python.origin)
            )
        )

    def state_text(self) -> str:
        """What the dialog says about the engine."""
        return self._state.text()

    def log_text(self) -> str:
        """What the installation said."""
        return self._log.toPlainText()

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
        """Ask, and make the private environment if the person agrees."""
        wheels = self._ask_for_wheels() if self._offline.isChecked() else None
        if self._offline.isChecked() and wheels is None:
            return
        try:
            base = installation.find_base_python()
        except CoLearnError as error:
            self._state.setText("✗ " + sentence(error))
            return
        target = environment.private_folder()
        if self._agrees(target, wheels):
            self._run(installation.installation_steps(base, target, wheels))

    def _ask_for_wheels(self) -> Optional[Path]:
        folder = QFileDialog.getExistingDirectory(self, tr("Folder of wheels"))
        return Path(folder) if folder else None

    def _agrees(self, target: Path, wheels: Optional[Path]) -> bool:
        source = (
            tr("from {folder}").format(folder=wheels) if wheels else tr("from the Python Package Index (about 1 GB)")
        )
        question = tr("Install the engine's packages {source} into\n{target}?\n\nQGIS's own Python is not changed.")
        answer = QMessageBox.question(self, self.windowTitle(), question.format(source=source, target=target))
        return answer == QMessageBox.StandardButton.Yes

    def _run(self, steps: list[installation.Step]) -> None:
        self._log.clear()
        self._log.setVisible(True)
        self._show_running(True)
        self._runner = StepRunner(steps, installation.installation_environment(), self)
        self._runner.line.connect(self._log.appendPlainText)
        self._runner.finished.connect(self._ended)
        self._runner.start()

    def _ended(self, succeeded: bool, message: str) -> None:
        self._show_running(False)
        self._log.appendPlainText(message)
        target = environment.private_folder()
        if succeeded:
            (target / environment.READY_MARK).touch()
            QgsSettings().remove(environment.SETTING)  # the new environment is what is wanted now
        else:
            shutil.rmtree(target, ignore_errors=True)
        self._runner = None
        self.check()

    def _cancel(self) -> None:
        if self._runner is not None:
            self._runner.cancel()

    def _show_running(self, running: bool) -> None:
        for button in (self._check_button, self._choose_button, self._make_button, self._offline):
            button.setEnabled(not running)
        self._cancel_button.setVisible(running)
        self._progress.setVisible(running)

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


def _button(text: str, on_click: object, row: QHBoxLayout) -> QPushButton:
    button = QPushButton(text)
    button.setAutoDefault(False)
    button.clicked.connect(lambda _checked: on_click())
    row.addWidget(button)
    return button
