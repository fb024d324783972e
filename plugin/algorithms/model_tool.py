"""What algorithms have in common that only read or copy a model file: they need no engine."""

from __future__ import annotations

from typing import Any, Optional

from qgis.core import QgsProcessingAlgorithm, QgsProcessingContext
from qgis.PyQt.QtCore import QUrl
from qgis.PyQt.QtGui import QIcon

from ...engine.contract import CoLearnError
from ..messages import sentence, tr
from ..parameters.types import definitions
from .base import ICON, RESOURCES


class ModelTool(QgsProcessingAlgorithm):
    """An algorithm over one model file."""

    def declare(self) -> None:
        """Add the parameters and outputs beside MODEL."""
        raise NotImplementedError

    def initAlgorithm(self, configuration: Optional[dict[str, Any]] = None) -> None:
        """Declare the parameters."""
        parameter = definitions.model_file()
        parameter.setMetadata({"widget_wrapper": {"class": definitions.MODEL_CHOICE}})
        parameter.setHelp(tr("A model file made by “Train on several sensors”."))
        self.addParameter(parameter)
        self.declare()

    def createInstance(self) -> ModelTool:
        """A fresh one; QGIS runs copies."""
        return type(self)()

    def group(self) -> str:
        """None, as the others."""
        return ""

    def groupId(self) -> str:
        """None."""
        return ""

    def icon(self) -> QIcon:
        """CoLearn's icon."""
        return QIcon(ICON)

    def svgIconPath(self) -> str:
        """CoLearn's icon, for the Model Designer."""
        return ICON

    def helpUrl(self) -> str:
        """The help page that came with the plugin."""
        return QUrl.fromLocalFile(str(RESOURCES / "help" / f"{self.name()}.html")).toString()

    def checkParameterValues(self, parameters: dict[str, Any], context: QgsProcessingContext) -> tuple[bool, str]:
        """Refuse what is no model."""
        from ..parameters.model import check_model
        from ..parameters.types.values import ParameterValues

        try:
            check_model(ParameterValues(self, parameters, context))
        except CoLearnError as error:
            return False, sentence(error)
        return super().checkParameterValues(parameters, context)
