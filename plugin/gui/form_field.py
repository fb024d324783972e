"""The base of our own form fields: a widget that suits the parameter, and a hook that guides the whole form."""

from __future__ import annotations

from typing import Any

from processing.gui.wrappers import DIALOG_STANDARD, WidgetWrapper
from qgis.core import QgsProcessingParameterDefinition
from qgis.gui import QgsGui
from qgis.PyQt.QtWidgets import QWidget

from .form_guide import guide


class FormField(WidgetWrapper):
    """A custom field in forms and batch dialogs; the Model Designer uses QGIS's own.

    In the designer a value may also come from an input or an expression, which only QGIS's own widget offers.
    """

    def __new__(cls, parameter: QgsProcessingParameterDefinition, dialog: QWidget, *place: int, **words: Any) -> Any:
        if type(dialog).__name__ == "ModelerParametersDialog":
            registry = QgsGui.processingGuiRegistry()
            return registry.createModelerParameterWidget(dialog.model, dialog.childId, parameter, dialog.context)
        return super().__new__(cls, parameter, dialog, *place, **words)

    def postInitialize(self, wrappers: list[Any]) -> None:
        """Called once all fields of the form exist: guide it, unless it is a batch row."""
        super().postInitialize(wrappers)
        if self.dialogType == DIALOG_STANDARD:
            guide(wrappers)
