"""The page of settings: effort, objective, patch size, device, model file; the others are collapsed."""

from __future__ import annotations

from dataclasses import replace
from typing import Optional

from qgis.gui import QgsCollapsibleGroupBox
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from ....engine.contract import Device, Effort, Optimize, about_m, clean_environment
from ... import sentences
from ...messages import tr
from ...process.child import nvidia_smi
from ...process.installation import Step
from ...setup.step_runner import TITLE_MARK, StepRunner
from ..form.effort import effort_of, with_effort
from ..form.sensors.patch import DEFAULT_PX, STEPS_PX, context_of_step, finest_pixel_m, patches, step_of_context
from ..session.session import Session
from . import words
from .setting_rows import SettingRows, named


class TrainingPage(QWidget):
    """Settings of a session."""

    def __init__(self, session: Session, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._session = session
        self._filling = False
        outside = QVBoxLayout(self)
        outside.setContentsMargins(6, 0, 0, 0)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(0, 0, 6, 0)
        layout.addLayout(self._main_settings())
        self._all = QgsCollapsibleGroupBox(tr("All settings"))
        rows = QVBoxLayout(self._all)
        self.rows = SettingRows(session.algorithm())
        self.rows.edited.connect(self._on_setting)
        rows.addWidget(self.rows)
        self._all.setCollapsed(True)
        layout.addWidget(self._all)
        layout.addStretch()
        scroll.setWidget(inside)
        outside.addWidget(scroll)
        self._ask_for_card()

    def fill(self) -> None:
        """Show the session's form."""
        self._filling = True
        settings = self._session.form.settings
        effort = effort_of(settings)
        self._efforts.setExclusive(effort is not None)
        for each, button in self.effort_buttons.items():
            button.setChecked(each is effort)
        self._efforts.setExclusive(True)
        self._own.setText("" if effort else tr("does not apply to the chosen method"))
        self._own.setVisible(effort is None)
        self.optimize_box.setCurrentIndex(self.optimize_box.findData(settings.get("optimize").value))
        self.device_box.setCurrentIndex(self.device_box.findData(settings.get("device").value))
        self._fill_patch()
        self.model_line.setText(self._session.form.output_model)
        self.report_box.setChecked(self._session.form.report)
        self.rows.fill(settings)
        self._all.setTitle(named(settings, self._session.algorithm()))
        self._filling = False

    # Building ------------------------------------------------------------------------------------------------------

    def _main_settings(self) -> QFormLayout:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.setVerticalSpacing(10)
        form.addRow(tr("Effort"), self._effort_rows())
        self.optimize_box = QComboBox()
        self.optimize_box.addItem(tr("balanced accuracy: all classes count equally"), Optimize.BALANCED_ACCURACY.value)
        self.optimize_box.addItem(tr("overall accuracy: all samples count equally"), Optimize.ACCURACY.value)
        self.optimize_box.currentIndexChanged.connect(
            lambda _at: self._set("optimize", Optimize(self.optimize_box.currentData()))
        )
        form.addRow(tr("Optimize for"), self.optimize_box)
        form.addRow(tr("Patch size"), self._patch_row())
        self.device_box = QComboBox()
        for device, title in (
            (Device.AUTO, tr("automatic: a GPU if available, otherwise the CPU")),
            (Device.CPU, tr("CPU")),
            (Device.CUDA, tr("GPU")),
        ):
            self.device_box.addItem(title, device.value)
        self.device_box.currentIndexChanged.connect(
            lambda _at: self._set("device", Device(self.device_box.currentData()))
        )
        form.addRow(tr("Device"), self.device_box)
        form.addRow(tr("Model file"), self._model_row())
        self.report_box = QCheckBox(tr("Write a report next to the model"))
        self.report_box.toggled.connect(self._on_report)
        form.addRow("", self.report_box)
        return form

    def _effort_rows(self) -> QVBoxLayout:
        rows = QVBoxLayout()
        rows.setSpacing(2)
        self._efforts = QButtonGroup(self)
        self.effort_buttons: dict[Effort, QRadioButton] = {}
        for effort in Effort:
            name, meaning = words.effort_words(effort)
            button = QRadioButton(f"{name}: {meaning}")
            button.clicked.connect(lambda _checked=False, effort=effort: self._on_effort(effort))
            self._efforts.addButton(button)
            self.effort_buttons[effort] = button
            rows.addWidget(button)
        self._own = QLabel()
        rows.addWidget(self._own)
        return rows

    def _patch_row(self) -> QVBoxLayout:
        rows = QVBoxLayout()
        row = QHBoxLayout()
        self.patch_slider = QSlider(Qt.Orientation.Horizontal)
        self.patch_slider.setRange(0, len(STEPS_PX) - 1)
        self.patch_slider.setPageStep(1)
        self.patch_slider.setTickPosition(QSlider.TickPosition.TicksBelow)
        self.patch_slider.valueChanged.connect(self._on_patch)
        row.addWidget(self.patch_slider, 1)
        self._patch_default = QPushButton(tr("Default"))
        self._patch_default.setAutoDefault(False)
        self._patch_default.clicked.connect(lambda _checked=False: self._set("context_m", None))
        row.addWidget(self._patch_default)
        rows.addLayout(row)
        self.patch_label = QLabel()
        self.patch_label.setWordWrap(True)
        self.patch_label.setTextFormat(Qt.TextFormat.PlainText)
        rows.addWidget(self.patch_label)
        return rows

    def _model_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.model_line = QLineEdit()
        self.model_line.editingFinished.connect(self._on_model)
        row.addWidget(self.model_line, 1)
        browse = QPushButton("…")
        browse.setFixedWidth(32)
        browse.setAutoDefault(False)
        browse.clicked.connect(self._on_browse)
        row.addWidget(browse)
        return row

    def _ask_for_card(self) -> None:
        """Show the name of the GPU as reported by its driver; asynchronous."""
        self._driver: Optional[StepRunner] = None
        self._card_is_named = False
        tool = nvidia_smi()
        if tool is not None:
            step = Step("", (tool, "--query-gpu=name", "--format=csv,noheader"))
            self._driver = StepRunner([step], clean_environment(), self)
            self._driver.line.connect(self._on_driver_line)
            self._driver.start()

    def unfold(self) -> None:
        """Show all settings."""
        self._all.setCollapsed(False)

    def stop(self) -> None:
        """Stop the query of the driver."""
        if self._driver is not None:
            self._driver.cancel()

    def _on_driver_line(self, line: str) -> None:
        """Take the GPU's name: the first line other than the runner's own title."""
        if self._card_is_named or line.startswith(TITLE_MARK):
            return
        self._card_is_named = True
        at = self.device_box.findData(Device.CUDA.value)
        self.device_box.setItemText(at, tr("GPU: {name}").format(name=line.strip()))

    # Filling and edits ---------------------------------------------------------------------------------------------

    def _fill_patch(self) -> None:
        sensors, context_m = self._session.form.sensors, self._session.form.settings.get("context_m")
        finest = finest_pixel_m(sensors)
        self.patch_slider.setEnabled(finest is not None)
        self._patch_default.setEnabled(context_m is not None)
        self.patch_slider.setValue(step_of_context(context_m, sensors))
        sizes = " · ".join(f"{name}: {px} × {px} px" for name, px in patches(context_m, sensors))
        if finest is None:
            self.patch_label.setText(tr("Time series use single pixels; the patch size applies to images only."))
        elif context_m == 0:
            self.patch_label.setText(tr("pixel alone ({patches})").format(patches=sizes))
        else:
            side_m = DEFAULT_PX * finest if context_m is None else context_m
            self.patch_label.setText(f"{about_m(side_m)} m ({sizes})")

    def _on_effort(self, effort: Effort) -> None:
        form = self._session.form
        self._session.edit(replace(form, settings=with_effort(form.settings, effort)))

    def _on_patch(self, step: int) -> None:
        if not self._filling:
            context_m = context_of_step(step, self._session.form.sensors)
            self._set("context_m", None if STEPS_PX[step] == DEFAULT_PX else context_m)

    def _on_setting(self, name: str, value: object) -> None:
        self._set(name, value)

    def _set(self, name: str, value: object) -> None:
        form = self._session.form
        if not self._filling and form.settings.get(name) != value:
            settings = form.settings.with_value((name, value))
            if effort_of(settings) is None:  # a chosen method has no effort
                settings = settings.having(effort=Effort.STANDARD)
            self._session.edit(replace(form, settings=settings))

    def _on_model(self) -> None:
        if self.model_line.text() != self._session.form.output_model:
            self._session.set_model(self.model_line.text().strip())

    def _on_browse(self) -> None:
        path, _filter = QFileDialog.getSaveFileName(
            self, tr("Model"), self._session.form.output_model, sentences.models_only()
        )
        if path:
            self._session.set_model(path if path.endswith(".colearn") else f"{path}.colearn")

    def _on_report(self, written: bool) -> None:
        if not self._filling:
            self._session.edit(replace(self._session.form, report=written))
