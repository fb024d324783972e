"""A choice shown as labels, for parameters whose values are the strings used in scripts and job files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QComboBox, QLabel

from .form_field import FormField

NARROW_CHARACTERS = 12  # minimum width of the box; its drop-down list is as wide as its texts


class WordedChoice(FormField):
    """A combo box that shows labels and returns the values of a string enumeration.

    QGIS itself would show the raw values. Setting an unknown value leaves the choice unchanged.
    """

    def createWidget(self, labels: Sequence[str], explanations: Sequence[str]) -> QComboBox:
        """Create the combo box; labels and explanations are in the order of the parameter's values."""
        box = QComboBox()
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(NARROW_CHARACTERS)
        for value, label, explanation in zip(self.parameterDefinition().options(), labels, explanations):
            box.addItem(label, value)
            box.setItemData(box.count() - 1, f"{explanation} ({value})", Qt.ItemDataRole.ToolTipRole)
        box.setToolTip(self.parameterDefinition().help())
        box.currentIndexChanged.connect(lambda _index: self.widgetValueHasChanged.emit(self))
        return box

    def createLabel(self) -> QLabel:
        """Create the label without “optional”, because the parameter always has a value."""
        label = super().createLabel()
        if label is not None:
            label.setText(self.parameterDefinition().description())
        return label

    def setValue(self, value: Any) -> None:
        """Select a value."""
        at = self.widget.findData(value)
        if at >= 0:
            self.widget.setCurrentIndex(at)

    def value(self) -> str:
        """The selected value."""
        return str(self.widget.currentData())
