"""A choice in words, for parameters whose values are the strings that scripts and job files know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from processing.gui.wrappers import DIALOG_STANDARD, WidgetWrapper
from qgis.core import QgsProcessingParameterEnum
from qgis.gui import QgsGui
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QComboBox, QLabel, QWidget

from .form_guide import guide

NARROW_CHARACTERS = 12  # a combo box is no wider than it must be: its list is as wide as its texts


class WordedChoice(WidgetWrapper):
    """A combo box that shows labels and gives the values of an enumeration of strings.

    QGIS itself would show the bare values. Values that it does not know leave the choice as it is.
    """

    def __new__(cls, parameter: QgsProcessingParameterEnum, dialog: QWidget, *place: int, **words: Any) -> Any:
        # In the Model Designer a value may also come from an input or an expression: QGIS's own widget offers that.
        if type(dialog).__name__ == "ModelerParametersDialog":
            registry = QgsGui.processingGuiRegistry()
            return registry.createModelerParameterWidget(dialog.model, dialog.childId, parameter, dialog.context)
        return super().__new__(cls, parameter, dialog, *place, **words)

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

    def postInitialize(self, wrappers: list[Any]) -> None:
        """All fields of the form are there: guide it, if it is a form and no row of a batch."""
        super().postInitialize(wrappers)
        if self.dialogType == DIALOG_STANDARD:
            guide(wrappers)

    def setValue(self, value: Any) -> None:
        """Show the choice of a value."""
        at = self.widget.findData(value)
        if at >= 0:
            self.widget.setCurrentIndex(at)

    def value(self) -> str:
        """The value of what is shown."""
        return str(self.widget.currentData())
