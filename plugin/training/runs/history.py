"""Processing's history; hides the differences between versions of QGIS."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsProcessingAlgorithm, QgsProcessingContext
from qgis.gui import QgsGui


def add_to_history(
    algorithm: QgsProcessingAlgorithm, parameters: dict[str, Any], context: QgsProcessingContext
) -> None:
    """Add a run to the history as Processing's own dialogs do."""
    command = algorithm.asPythonCommand(parameters, context)
    registry = getattr(QgsGui, "historyProviderRegistry", None)  # from QGIS 3.24
    if registry is None:
        from processing.core.ProcessingLog import ProcessingLog

        ProcessingLog.addToLog(command)
        return
    details = {
        "python_command": command,
        "algorithm_id": algorithm.id(),
        "parameters": algorithm.asMap(parameters, context),
    }
    process_command, possible = algorithm.asQgisProcessCommand(parameters, context)
    if possible:
        details["process_command"] = process_command
    registry().addEntry("processing", details)
