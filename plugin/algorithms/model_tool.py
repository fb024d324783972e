"""The base of algorithms that only read or copy a model file and so need no engine."""

from __future__ import annotations

from typing import Any, Optional

from qgis.core import QgsProcessingContext

from ...engine.contract import CoLearnError
from .. import sentences
from ..messages import sentence
from ..parameters.types import definitions
from .toolbox_entry import ToolboxEntry


class ModelTool(ToolboxEntry):
    """An algorithm over one model file."""

    def declare(self) -> None:
        """Add the parameters and outputs other than MODEL."""
        raise NotImplementedError

    def initAlgorithm(self, configuration: Optional[dict[str, Any]] = None) -> None:
        """Declare the parameters."""
        parameter = definitions.model_file()
        parameter.setMetadata({"widget_wrapper": {"class": definitions.MODEL_CHOICE}})
        parameter.setHelp(sentences.from_training())
        self.addParameter(parameter)
        self.declare()

    def createInstance(self) -> ModelTool:
        """Return a new instance; QGIS runs copies."""
        return type(self)()

    def checkParameterValues(self, parameters: dict[str, Any], context: QgsProcessingContext) -> tuple[bool, str]:
        """Refuse a file that is not a model."""
        from ..parameters.model import check_model
        from ..parameters.types.values import ParameterValues

        try:
            check_model(ParameterValues(self, parameters, context))
        except CoLearnError as error:
            return False, sentence(error)
        return super().checkParameterValues(parameters, context)
