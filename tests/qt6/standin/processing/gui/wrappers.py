"""The base of widgets for parameters, in Python as in QGIS."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QObject, pyqtSignal

DIALOG_STANDARD, DIALOG_BATCH, DIALOG_MODELER = "standard", "batch", "modeler"


class WidgetWrapper(QObject):
    widgetValueHasChanged = pyqtSignal(object)  # noqa: N815

    def __init__(self, param: Any, dialog: Any = None, row: int = 0, col: int = 0, **named: Any) -> None:
        super().__init__()
        self.param, self.dialog = param, dialog
        self.dialogType = DIALOG_STANDARD
        self.widget = self.createWidget(**named)

    def parameterDefinition(self) -> Any:  # noqa: N802
        return self.param
