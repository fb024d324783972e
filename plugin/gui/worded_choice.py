"""A choice in words, for parameters whose values are the strings that scripts and job files know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QComboBox, QLabel

from .form_field import FormField

NARROW_CHARACTERS = 12  # a combo box is no wider than it must be: its list is as wide as its texts


class WordedChoice(FormField):
    """A combo box that shows labels and gives the values of an enumeration of strings.

    QGIS itself would show the bare values. Values that it does not know leave the choice as it is.
    """

    def createWidget(self, labels: Sequence[str], explanations: Sequence[str]) -> QComboBox:
        """The combo box; labels and explanations of the parameter's values stand in their order."""
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
        """The parameter's name; it always has a value, so it is not called optional."""
        label = super().createLabel()
        if label is not None:
            label.setText(self.parameterDefinition().description())
        return label

    def setValue(self, value: Any) -> None:
        """Show the choice of a value."""
        at = self.widget.findData(value)
        if at >= 0:
            self.widget.setCurrentIndex(at)

    def value(self) -> str:
        """The value of what is shown."""
        return str(self.widget.currentData())
