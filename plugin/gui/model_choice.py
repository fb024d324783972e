"""The field for a model file in forms without choices of their own, so that these are guided as well."""

from __future__ import annotations

from typing import Any

from processing.gui.wrappers import DIALOG_STANDARD, WidgetWrapper
from qgis.core import QgsProcessingParameterDefinition
from qgis.gui import QgsFileWidget, QgsGui
from qgis.PyQt.QtWidgets import QWidget

from ..parameters.types.definitions import model_filter
from .form_guide import guide


class ModelChoice(WidgetWrapper):
    """A line for a path, with a button to browse; QGIS's own widget in the Model Designer."""

    def __new__(cls, parameter: QgsProcessingParameterDefinition, dialog: QWidget, *place: int, **words: Any) -> Any:
        if type(dialog).__name__ == "ModelerParametersDialog":
            registry = QgsGui.processingGuiRegistry()
            return registry.createModelerParameterWidget(dialog.model, dialog.childId, parameter, dialog.context)
        return super().__new__(cls, parameter, dialog, *place, **words)

    def createWidget(self) -> QgsFileWidget:
        """The line and its button."""
        widget = QgsFileWidget()
        widget.setFilter(model_filter())
        widget.setToolTip(self.parameterDefinition().help())
        widget.fileChanged.connect(lambda _path: self.widgetValueHasChanged.emit(self))
        return widget

    def postInitialize(self, wrappers: list[Any]) -> None:
        """All fields of the form are there."""
        super().postInitialize(wrappers)
        if self.dialogType == DIALOG_STANDARD:
            guide(wrappers)

    def setValue(self, value: Any) -> None:
        """Show a path."""
        self.widget.setFilePath(str(value or ""))

    def value(self) -> str:
        """The path."""
        return str(self.widget.filePath())
