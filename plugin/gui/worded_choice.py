"""A choice in words, for parameters whose values are the strings that scripts and job files know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from processing.gui.wrappers import WidgetWrapper
from qgis.core import QgsProcessingParameterEnum
from qgis.gui import QgsGui
from qgis.PyQt.QtWidgets import QComboBox, QWidget


class WordedChoice(WidgetWrapper):
    """A combo box that shows words and gives the values of an enumeration of strings.

    QGIS itself would show the bare values. Values that it does not know leave the choice as it is.
    """

    def __new__(cls, parameter: QgsProcessingParameterEnum, dialog: QWidget, *place: int, **words: Any) -> Any:
        # In the Model Designer a value may also come from an input or an expression: QGIS's own widget offers that.
        if type(dialog).__name__ == "ModelerParametersDialog":
            registry = QgsGui.processingGuiRegistry()
            return registry.createModelerParameterWidget(dialog.model, dialog.childId, parameter, dialog.context)
        return super().__new__(cls, parameter, dialog, *place, **words)

    def createWidget(self, words: Sequence[str]) -> QComboBox:
        """The combo box; ``words`` say each of the parameter's values, in their order."""
        box = QComboBox()
        for value, text in zip(self.parameterDefinition().options(), words):
            box.addItem(text, value)
        box.setToolTip(self.parameterDefinition().help())
        box.currentIndexChanged.connect(lambda _index: self.widgetValueHasChanged.emit(self))
        return box

    def setValue(self, value: Any) -> None:
        """Show the choice of a value."""
        at = self.widget.findData(value)
        if at >= 0:
            self.widget.setCurrentIndex(at)

    def value(self) -> str:
        """The value of what is shown."""
        return str(self.widget.currentData())
