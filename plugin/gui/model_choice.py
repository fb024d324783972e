"""The field for a model file in forms without choices of their own, so that these are guided as well."""

from __future__ import annotations

from typing import Any

from qgis.gui import QgsFileWidget

from ..parameters.types.definitions import model_filter
from .form_field import FormField


class ModelChoice(FormField):
    """A line for a path, with a button to browse; QGIS's own widget in the Model Designer."""

    def createWidget(self) -> QgsFileWidget:
        """The line and its button."""
        widget = QgsFileWidget()
        widget.setFilter(model_filter())
        widget.setToolTip(self.parameterDefinition().help())
        widget.fileChanged.connect(lambda _path: self.widgetValueHasChanged.emit(self))
        return widget

    def setValue(self, value: Any) -> None:
        """Show a path."""
        self.widget.setFilePath(str(value or ""))

    def value(self) -> str:
        """The path."""
        return str(self.widget.filePath())
