"""What a field of a form is ours for: it looks as its parameter needs it, and the form is guided."""

from __future__ import annotations

from typing import Any

from processing.gui.wrappers import DIALOG_STANDARD, WidgetWrapper
from qgis.core import QgsProcessingParameterDefinition
from qgis.gui import QgsGui
from qgis.PyQt.QtWidgets import QWidget

from .form_guide import guide


class FormField(WidgetWrapper):
    """A field of our own in forms and batches, QGIS's in the Model Designer.

    There a value may also come from an input or an expression: QGIS's own widget offers that.
    """

    def __new__(cls, parameter: QgsProcessingParameterDefinition, dialog: QWidget, *place: int, **words: Any) -> Any:
        if type(dialog).__name__ == "ModelerParametersDialog":
            registry = QgsGui.processingGuiRegistry()
            return registry.createModelerParameterWidget(dialog.model, dialog.childId, parameter, dialog.context)
        return super().__new__(cls, parameter, dialog, *place, **words)

    def postInitialize(self, wrappers: list[Any]) -> None:
        """All fields of the form are there: guide it, if it is a form and no row of a batch."""
        super().postInitialize(wrappers)
        if self.dialogType == DIALOG_STANDARD:
            guide(wrappers)
