"""The sensors of the chosen model as a list, with the model card below; scripts pass the sensor's name as text."""

from __future__ import annotations

from typing import Any

from processing.gui.wrappers import DIALOG_STANDARD
from qgis.PyQt.QtWidgets import QComboBox, QLabel, QVBoxLayout, QWidget

from ...engine.contract import CoLearnError
from ..messages import sentence, tr
from ..model_card import card_lines, card_title, read_manifest, score_lines
from .form_field import FormField
from .worded_choice import NARROW_CHARACTERS

MODEL = "MODEL"
RASTERS = "INPUT"


class SensorChoice(FormField):
    """A combo box of the model's sensors; with the first entry the engine recognizes the sensor by the bands."""

    def createWidget(self) -> QWidget:
        """Create the list and, in a form, the model card."""
        self._box = QComboBox()
        self._box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._box.setMinimumContentsLength(NARROW_CHARACTERS)
        self._box.addItem(tr("Recognize from the bands"), "")
        self._box.currentIndexChanged.connect(self._changed)
        self._card = QLabel()
        self._card.setWordWrap(True)
        self._card.setVisible(False)
        self._path = ""
        widget = QWidget()
        layout = QVBoxLayout(widget)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._box)
        if self.dialogType == DIALOG_STANDARD:
            layout.addWidget(self._card)
        return widget

    def postInitialize(self, wrappers: list[Any]) -> None:
        """Update the list whenever another model is chosen."""
        if RASTERS not in {wrapper.parameterDefinition().name() for wrapper in wrappers}:
            self._box.setItemText(0, tr("Choose a sensor"))  # without rasters there are no bands to recognize it from
        for wrapper in wrappers:
            if wrapper.parameterDefinition().name() == MODEL:
                wrapper.widgetValueHasChanged.connect(self._follow)
                self._follow(wrapper)
        super().postInitialize(wrappers)

    def setValue(self, value: Any) -> None:
        """Show a sensor; one that the model does not have stays in the list, so that the error can name it."""
        name = str(value or "")
        if self._box.findData(name) < 0:
            self._box.addItem(name, name)
        self._box.setCurrentIndex(self._box.findData(name))

    def value(self) -> str:
        """The sensor's name; empty if the engine is to recognize it."""
        return str(self._box.currentData() or "")

    def _follow(self, model: Any) -> None:
        """List the sensors of the chosen model."""
        path = str(model.parameterValue() or "")
        if path == self._path:
            return
        self._path, chosen = path, self.value()
        self._box.blockSignals(True)
        while self._box.count() > 1:
            self._box.removeItem(1)
        for name in self._sensors():
            self._box.addItem(name, name)
        self._box.setCurrentIndex(max(self._box.findData(chosen), 0))
        self._box.blockSignals(False)
        self._changed()

    def _sensors(self) -> tuple[str, ...]:
        try:
            return tuple(sensor.name for sensor in read_manifest(self._path).sensors) if self._path else ()
        except CoLearnError:
            return ()

    def _changed(self, _index: int = 0) -> None:
        short, whole = self._card_texts() if self._path else ("", "")
        self._card.setText(short)
        self._card.setToolTip(whole)
        self._card.setVisible(bool(short))
        self.widgetValueHasChanged.emit(self)

    def _card_texts(self) -> tuple[str, str]:
        """The short and the full model card; the error text if the file is not a model."""
        try:
            manifest = read_manifest(self._path)
            sensor = self.value() if self.value() in [each.name for each in manifest.sensors] else None
            short = "\n• ".join((card_title(manifest), *score_lines(manifest, sensor)))
            return short, "\n\n".join(card_lines(manifest, sensor))
        except CoLearnError as error:
            return sentence(error), ""
