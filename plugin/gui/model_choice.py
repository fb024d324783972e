"""The field for a model file in forms without other custom fields, so that these forms are guided as well."""

from __future__ import annotations

from typing import Any

from qgis.gui import QgsFileWidget

from ..parameters.types.definitions import model_filter
from .form_field import FormField


class ModelChoice(FormField):
    """A path with a browse button; QGIS's own widget in the Model Designer."""

    def createWidget(self) -> QgsFileWidget:
        """Create the path field with its button."""
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
