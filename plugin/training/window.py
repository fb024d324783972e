"""The training window: steps on the left, a message bar at the top, the verdict at the bottom."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, Optional

from qgis.core import QgsMapLayer, QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import Qt, QTimer, QUrl, pyqtSignal
from qgis.PyQt.QtGui import QCloseEvent, QDesktopServices, QIcon
from qgis.PyQt.QtWidgets import (
    QApplication,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ...engine.contract import CoLearnError
from .. import sentences
from ..algorithms.toolbox_entry import ICON, RESOURCES
from ..messages import sentence, tr
from ..process import environment
from ..widgets.message_line import MessageLine
from .failure_signs import FailureSigns
from .foot import Foot
from .form.problems import Page
from .pages.labels_page import LabelsPage
from .pages.run_page import RunPage
from .pages.sensors_page import SensorsPage
from .pages.training_page import TrainingPage
from .runs.run import RefusedError
from .runs.wrong_samples import show_test_errors
from .session.from_toolbox import limits
from .session.session import Session
from .step_list import StepList

SETTLE_MS = 30  # delay after which successive edits are checked together
JOB_FILTER = "JSON (*.json)"


class TrainingWindow(QDialog):
    """The window of one training. Closing only hides it; it exists until the plugin deletes it."""

    map_wanted = pyqtSignal(str, list)  # the model, and raster files that are not in the project
    engine_wanted = pyqtSignal()
    on_the_map = pyqtSignal()  # the test errors are, and the window no longer lies over them

    def __init__(
        self,
        selected_layers: Callable[[], Sequence[QgsMapLayer]] = tuple,
        parent: Optional[QWidget] = None,
    ) -> None:
        super().__init__(parent)
        self.session = Session(self)
        # Stay above QGIS's main window on every system, or a click in the Layers panel would hide the drop target.
        self.setWindowFlags(
            Qt.WindowType.Dialog | Qt.WindowType.WindowMinMaxButtonsHint | Qt.WindowType.WindowCloseButtonHint
        )
        self.setWindowIcon(QIcon(ICON))
        self.setModal(False)
        self.resize(1180, 660)
        self._build(selected_layers)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self.fill)
        self.session.changed.connect(self._settle.start)
        self.session.progress.connect(self._show_verdict)
        self.session.failed.connect(self.show_message)
        self.session.began.connect(self._on_began)
        self.session.ended.connect(self._on_ended)
        self._signs = FailureSigns(self.steps, self.messages, self.show_page)
        self.session.split.failed.connect(lambda wrong: self._signs.show(wrong, self.session.form, of_split=True))
        self.session.split.drawn.connect(self._on_split_drawn)
        self.fill()
        self._require_engine()

    # Building ------------------------------------------------------------------------------------------------------

    def _build(self, selected_layers: Callable[[], Sequence[QgsMapLayer]]) -> None:
        layout = QVBoxLayout(self)
        self.messages = MessageLine(self)
        layout.addWidget(self.messages.bar)
        middle = QHBoxLayout()
        self.steps = StepList()
        self.pages = QStackedWidget()
        self.sensors_page = SensorsPage(self.session, selected_layers)
        self.labels_page = LabelsPage(self.session)
        self.training_page = TrainingPage(self.session)
        self.run_page = RunPage(self.session)
        for page in (self.sensors_page, self.labels_page, self.training_page, self.run_page):
            self.pages.addWidget(page)
        self.steps.currentRowChanged.connect(self.pages.setCurrentIndex)
        self.steps.setCurrentRow(0)
        middle.addWidget(self.steps)
        middle.addWidget(self.pages, 1)
        layout.addLayout(middle, 1)
        self.foot = Foot()
        self._add_buttons()
        layout.addWidget(self.foot)
        self.sensors_page.nothing_selected.connect(self._on_nothing_selected)
        self.run_page.map_wanted.connect(self._on_map)
        self.run_page.report_wanted.connect(self._on_report)
        self.run_page.errors_wanted.connect(self._on_errors)
        self.run_page.again_wanted.connect(self._on_again)

    def _add_buttons(self) -> None:
        add = self.foot.add_button
        add(tr("Help"), self._on_help)
        self.open_button = add(tr("Open job…"), self._on_open_job)
        self.save_button = add(tr("Save job…"), self._on_save_job)
        self.python_button = add(tr("Copy as Python"), self._on_copy)
        self.foot.add_stretch()
        self.cancel_button = add(tr("Cancel"), self._on_cancel)
        self.train_button = add(tr("Train"), self.train)  # no default: Return in a field would begin a training

    # Showing -------------------------------------------------------------------------------------------------------

    def fill(self) -> None:
        """Show the session's form, and what is wrong with it."""
        self._settle.stop()
        for page in (self.sensors_page, self.labels_page, self.training_page):
            page.fill()
        self.messages.refresh()
        self._show_verdict()
        self.setWindowTitle(tr("CoLearn: train {name}").format(name=self.title()))

    def _show_verdict(self) -> None:
        verdict = self.session.verdict()
        running = self.session.is_running()
        self.steps.show_verdict(verdict, self.session.form, bool(self.session.model), running)
        self.foot.show_verdict(verdict, running)
        self.train_button.setEnabled(verdict.is_ready and not running)
        self.cancel_button.setVisible(running or self.session.rasters_read()[1] > 0)
        self._enable(not running and not self.session.is_opening())

    def title(self) -> str:
        """The title of this training in menus."""
        name = os.path.basename(self.session.own_model())
        return name[: -len(".colearn")] if name.endswith(".colearn") else name or tr("a model")

    def state(self) -> str:
        """The status of the training, in a word or two."""
        if self.session.is_running():
            return f"{100 * self.session.training.share:.0f} %"
        return tr("done") if self.session.model else tr("not started")

    def _enable(self, enabled: bool) -> None:
        for widget in (self.sensors_page, self.labels_page, self.training_page, self.open_button):
            widget.setEnabled(enabled)

    def show_page(self, page: Page) -> None:
        """Switch to a page."""
        self.steps.setCurrentRow(page.value)

    def _require_engine(self) -> None:
        """Show a message if no engine is installed, with a button to install one. Nothing is run for this check."""
        try:
            environment.find_python()
        except CoLearnError as error:
            self.show_message(error, tr("Set up…"), self.engine_wanted.emit)
            self.messages.keep_until(environment.is_set_up)

    # Messages ------------------------------------------------------------------------------------------------------

    def show_message(self, error: object, action: str = "", on_action: Optional[Callable[[], None]] = None) -> None:
        """Show a line in the message bar: an error or a message, with details or a button."""
        text = sentence(error) if isinstance(error, CoLearnError) else str(error)
        self.messages.show(text, action=action, on_action=on_action)

    def message_text(self) -> str:
        """The message in the message bar with its details; empty if there is none."""
        return self.messages.text()

    # Buttons -------------------------------------------------------------------------------------------------------

    def train(self) -> None:
        """Start the training and show its progress."""
        if not self.session.verdict().is_ready:
            return
        try:
            self.messages.clear()
            self.session.train()
        except (CoLearnError, RefusedError) as error:
            self.show_message(error)

    def _on_began(self) -> None:
        self.show_page(Page.RUN)
        self.fill()

    def _on_ended(self, succeeded: bool, _model: str, wrong: str) -> None:
        self.fill()
        if not succeeded and wrong:
            self._signs.show(wrong, self.session.form)
        if not self.isVisible():
            QApplication.alert(self.parentWidget() or self)

    def _on_split_drawn(self) -> None:
        self._signs.forget_split()
        self._show_verdict()

    def _on_cancel(self) -> None:
        self.cancel_button.setEnabled(False)
        (self.session.cancel if self.session.is_running() else self.session.stop_reading)()
        self.cancel_button.setEnabled(True)

    def _on_nothing_selected(self) -> None:
        sensors, layers = self.session.form.sensors, QgsProject.instance().mapLayers
        if any(isinstance(layer, QgsRasterLayer) for layer in layers().values()):
            wrong, every = tr("No raster layer is selected in the Layers panel."), tr("Add all layers of the project")
            self.show_message(wrong, every, lambda: self.session.add_layers(layers().values()))
        else:
            files = self.sensors_page.choose_files
            self.show_message(tr("The project has no raster layer."), sentences.add_files(), files)
        self.messages.keep_until(lambda: self.session.form.sensors != sensors)

    def _on_help(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(RESOURCES / "help" / "train.html")))

    def _on_copy(self) -> None:
        try:
            QApplication.clipboard().setText(self.session.python_command())
        except CoLearnError as error:
            self.show_message(error)

    def _on_save_job(self) -> None:
        path, _filter = QFileDialog.getSaveFileName(self, tr("Save job"), f"{self.title()}.json", JOB_FILTER)
        if path:
            self.save_job(path if path.endswith(".json") else f"{path}.json")

    def save_job(self, path: str) -> None:
        """Save the form as a job."""
        try:
            self.session.save_job(path)
        except CoLearnError as error:
            self.show_message(error)

    def _on_open_job(self) -> None:
        path, _filter = QFileDialog.getOpenFileName(self, tr("Open job"), "", JOB_FILTER)
        if path:
            self.open_job(path)

    def take_parameters(self, given: dict[str, Any]) -> None:
        """Load the values of the toolbox dialog."""
        if limits(given):
            self.show_message(limits(given))
        self.session.take_parameters(given)  # an error replaces that message

    def open_job(self, path: str) -> None:
        """Load a saved job."""
        try:
            self.session.open_job(path)
        except CoLearnError as error:
            self.show_message(error)

    def _on_report(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(self.session.training.outputs.get("OUTPUT_REPORT", "")))

    def _on_map(self) -> None:
        """Hide this window in favour of the dock, which would open behind it."""
        self.hide()
        self.map_wanted.emit(self.session.model, self.session.training.files_to_map())

    def _on_errors(self) -> None:
        path = self.session.training.outputs.get("OUTPUT_SAMPLES", "")
        if show_test_errors(path, self.title()) is None:
            self.show_message(tr("The samples file is missing: {path}").format(path=path))
            return
        self.hide()
        self.on_the_map.emit()

    def _on_again(self) -> None:
        self.session.with_more_effort()
        self.show_page(Page.TRAINING)

    def release(self) -> None:
        """Stop any run and delete the window."""
        self.training_page.stop()
        self.session.close()
        self.hide()
        self.deleteLater()

    # Leaving -------------------------------------------------------------------------------------------------------

    def closeEvent(self, event: QCloseEvent) -> None:
        """Hide; a training continues, and the form is stored in the project."""
        self.session.keep_in_project()
        event.ignore()
        self.hide()

    def reject(self) -> None:
        """Hide on Escape, too."""
        self.session.keep_in_project()
        self.hide()
