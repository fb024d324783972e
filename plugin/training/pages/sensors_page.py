"""The page of sensors: the tree, buttons above it, and details of the selected sensor below."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Optional

from qgis.core import QgsMapLayer, QgsRasterLayer
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from ....engine.contract import PRESETS, CodecError, mask_rules, number_text
from ... import sentences
from ...layers.file_kinds import raster_files
from ...messages import tr
from ..form.sensors.sensor_row import SensorRow
from ..form.values import numbers_in
from ..session.session import Session
from .sensor_tree import SensorTree


class SensorsPage(QWidget):
    """Sensors of a session. ``selected_layers`` returns the selection in the Layers panel."""

    nothing_selected = pyqtSignal()

    def __init__(
        self, session: Session, selected_layers: Callable[[], Sequence[QgsMapLayer]], parent: Optional[QWidget] = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._selected_layers = selected_layers
        self._place: Optional[int] = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 0, 0, 0)
        layout.addLayout(self._buttons())
        self.tree = SensorTree(session)
        self.tree.sensor_selected.connect(self._show_details)
        layout.addWidget(self.tree, 1)
        self._hint = QLabel(
            tr(
                "Drag rasters here from the Layers panel or the browser, or use the buttons above. Each sensor keeps "
                "its own pixel size and CRS; a map can be made from any one of them afterwards."
            )
        )
        self._hint.setWordWrap(True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)  # drops reach the tree underneath
        inside = QVBoxLayout(self.tree.viewport())
        inside.setContentsMargins(80, 0, 80, 0)
        inside.addWidget(self._hint)
        layout.addWidget(self._details())

    def fill(self) -> None:
        """Show the session's form."""
        if not self.tree.is_busy():
            self.tree.fill()
        has_sensors = bool(self._session.form.sensors)
        self._hint.setVisible(not has_sensors)
        self._group.setEnabled(has_sensors)
        if self._place is not None and self._place >= len(self._session.form.sensors):
            self._place = None
        self._show_details(-1 if self._place is None else self._place)

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self._add_selected = _button(tr("Add selected layers"), self._on_add_selected, row)
        _button(sentences.add_files(), self.choose_files, row)
        self._group = _button(tr("Group automatically"), self._on_group, row)
        self._group.setToolTip(tr("Regroups all rasters into sensors by pixel size, bands and names"))
        row.addStretch()
        self._apart = _button(tr("New sensor from selection"), self._on_apart, row)
        self._remove = _button(tr("Remove"), self._on_remove, row)
        return row

    def _details(self) -> QGroupBox:
        self._box = QGroupBox(tr("Selected sensor"))
        form = QFormLayout(self._box)
        self._nodata = QLineEdit()
        self._nodata.setPlaceholderText(tr("as declared in the files; add values such as 0; -9999"))
        self._nodata.editingFinished.connect(self._on_nodata)
        form.addRow(tr("Nodata values"), self._nodata)
        self._mask = QComboBox()
        self._mask.setEditable(True)
        self._mask.addItems(["", *PRESETS])
        self._mask.lineEdit().setPlaceholderText(tr("none; or a preset, or a rule such as SCL values 3,8-10"))
        self._mask.lineEdit().editingFinished.connect(self._on_mask)
        self._mask.activated.connect(lambda _at: self._on_mask())
        form.addRow(tr("Quality mask"), self._mask)
        self._dates = QSpinBox()
        self._dates.setRange(0, 10_000)
        self._dates.setSpecialValueText(tr("from the names"))
        self._dates.editingFinished.connect(self._on_dates)
        form.addRow(tr("Number of dates"), self._dates)
        return self._box

    # Details -------------------------------------------------------------------------------------------------------

    def _show_details(self, place: int) -> None:
        self._place = place if 0 <= place < len(self._session.form.sensors) else None
        self._box.setVisible(self._place is not None)
        for button in (self._apart, self._remove):
            button.setEnabled(bool(self.tree.selectedItems()))
        if self._place is None:
            return
        sensor = self._session.form.sensors[self._place]
        self._box.setTitle(tr("Selected sensor: {name}").format(name=sensor.name))
        self._nodata.setText("; ".join(map(number_text, sensor.nodata)))
        self._mask.setEditText(sensor.mask)
        self._dates.setValue(sensor.dates or 0)
        for field in (self._nodata, self._mask):
            field.setStyleSheet("")

    def _on_nodata(self) -> None:
        numbers = numbers_in(self._nodata.text())
        self._nodata.setStyleSheet("" if numbers is not None else "border: 1px solid #c0392b")
        if numbers is not None:
            self._change(nodata=numbers)

    def _on_mask(self) -> None:
        text = self._mask.currentText().strip()
        try:
            mask_rules(text, "mask")
        except CodecError as error:
            self._mask.setStyleSheet("border: 1px solid #c0392b")
            self._mask.setToolTip(tr("Expected: {rule}").format(rule=error.expected))
            return
        self._mask.setStyleSheet("")
        self._change(mask=text)

    def _on_dates(self) -> None:
        self._change(dates=self._dates.value() or None)

    def _change(self, **values: object) -> None:
        if self._place is None:
            return
        sensor: SensorRow = self._session.form.sensors[self._place]
        changed = replace(sensor, **values)  # type: ignore[arg-type]
        if changed != sensor:
            self._session.edit(self._session.form.with_sensor(self._place, changed))

    # Buttons -------------------------------------------------------------------------------------------------------

    def _on_add_selected(self) -> None:
        """Add the selected layers; QGIS always has a current layer, so a selection without rasters is reported."""
        layers = self._selected_layers()
        if any(isinstance(layer, QgsRasterLayer) for layer in layers):
            self._session.add_layers(layers)
        else:
            self.nothing_selected.emit()

    def choose_files(self) -> None:
        """Ask for raster files, and add them."""
        paths, _filter = QFileDialog.getOpenFileNames(self, tr("Rasters"), "", raster_files())
        if paths:
            self._session.add_files(paths)

    def _on_group(self) -> None:
        self._session.edit(self._session.form.group_all())

    def _on_apart(self) -> None:
        self.tree.move(self.tree.selected_keys(), None)

    def _on_remove(self) -> None:
        self._session.edit(self._session.form.remove(frozenset(self.tree.selected_keys())))


def _button(text: str, on_click: Callable[[], None], row: QHBoxLayout) -> QPushButton:
    button = QPushButton(text)
    button.setAutoDefault(False)
    button.clicked.connect(lambda _checked=False: on_click())
    row.addWidget(button)
    return button
