"""The rows of the outputs: the map's file, additional layers, the minimum confidence."""

from __future__ import annotations

from dataclasses import replace

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QCheckBox, QComboBox, QFileDialog, QFormLayout, QHBoxLayout, QLabel, QLineEdit, QSlider

from ....engine.contract import Quality
from ...messages import tr
from ...parameters.types.definitions import quality_options
from ..session import MapSession
from .rows import beside


class Outputs(QFormLayout):
    """Where the map is saved, and what is written in addition."""

    def __init__(self, session: MapSession) -> None:
        super().__init__()
        self._session = session
        self._filling = False
        self.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self.output_line = QLineEdit()
        self.output_line.editingFinished.connect(lambda: self._on_output(self.output_line.text().strip()))
        self.addRow(tr("Map"), beside(self.output_line, "…", self._on_browse))
        row = QHBoxLayout()
        row.addWidget(QLabel(tr("With")))
        self.confidence = self._check(tr("confidence"), "confidence", row)
        self.probabilities = self._check(tr("probabilities"), "probabilities", row)
        self.polygons = self._check(tr("polygons"), "polygons", row)
        row.addStretch()
        self.addRow(row)
        self.quality_box = QComboBox()
        for quality, option in zip(Quality, quality_options()):
            self.quality_box.addItem(option.label, quality.value)
            self.quality_box.setItemData(self.quality_box.count() - 1, option.explanation, Qt.ItemDataRole.ToolTipRole)
        self.quality_box.activated.connect(self._on_quality)
        self.quality_label = QLabel(tr("Quality"))
        self.addRow(self.quality_label, self.quality_box)
        self.least = QSlider(Qt.Orientation.Horizontal)
        self.least.setRange(0, 99)
        self.least.valueChanged.connect(self._on_least)
        self.least_label = QLabel()
        line = QHBoxLayout()  # not a form row: its label would widen the column of labels
        line.addWidget(QLabel(tr("Minimum confidence")))
        line.addWidget(self.least, 1)
        line.addWidget(self.least_label)
        self.addRow(line)

    def fill(self) -> None:
        """Show the session's form."""
        form = self._session.form
        self._filling = True
        self.output_line.setText(form.output)
        self.confidence.setChecked(form.confidence)
        self.probabilities.setChecked(form.probabilities)
        self.polygons.setChecked(form.polygons)
        self.quality_box.setCurrentIndex(self.quality_box.findData(form.quality.value))
        for widget in (self.quality_label, self.quality_box):
            widget.setVisible(self._session.has_fast_copy)
        percent = round(100 * form.minimum_confidence)
        self.least.setValue(percent)
        self.least_label.setText(tr("{percent} %").format(percent=percent) if percent else tr("off"))
        self._filling = False

    def _check(self, text: str, name: str, row: QHBoxLayout) -> QCheckBox:
        box = QCheckBox(text)
        box.clicked.connect(
            lambda checked, name=name: self._session.edit(replace(self._session.form, **{name: bool(checked)}))
        )
        row.addWidget(box)
        return box

    def _on_quality(self, _at: int) -> None:
        quality = Quality(self.quality_box.currentData())
        self._session.edit(replace(self._session.form, quality=quality))

    def _on_output(self, path: str) -> None:
        if path != self._session.form.output:
            self._session.set_output(path)

    def _on_browse(self) -> None:
        earlier = self._session.form.output
        path, _filter = QFileDialog.getSaveFileName(self.parentWidget(), tr("Map"), earlier, "GeoTIFF (*.tif)")
        if path:
            self._on_output(path if path.endswith((".tif", ".tiff")) else f"{path}.tif")

    def _on_least(self, percent: int) -> None:
        if not self._filling:
            self._session.edit(replace(self._session.form, minimum_confidence=percent / 100))
