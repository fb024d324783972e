"""``colearn:train`` and its parameters from the training window."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsApplication,
    QgsProcessingAlgorithm,
    QgsProcessingOutputLayerDefinition,
    QgsProject,
    QgsProperty,
)

from ...messages import job_errors
from ..form.form import TrainingForm
from ..form.parameters import parameters_of
from ..layers.layer_store import LayerStore

ALGORITHM = "colearn:train"


def train_algorithm() -> QgsProcessingAlgorithm:
    """A new instance of ``colearn:train``."""
    return QgsApplication.processingRegistry().createAlgorithmById(ALGORITHM)


def parameters_for(form: TrainingForm, store: LayerStore) -> dict[str, Any]:
    """The form as parameters of the algorithm.

    Raises:
        JobError: a value that a job does not allow.
    """
    with job_errors():
        given = parameters_of(form.job())
    if "OUTPUT_SAMPLES" in given:
        place = QgsProperty.fromValue(given["OUTPUT_SAMPLES"])
        given["OUTPUT_SAMPLES"] = QgsProcessingOutputLayerDefinition(place, QgsProject.instance())
    return {name: _with_layers(name, value, store) for name, value in given.items()}


def _with_layers(name: str, value: Any, store: LayerStore) -> Any:
    if name.startswith("SENSOR_") and isinstance(value, list):
        return [store.parameter(key) for key in value]
    if name not in ("LABELS", "LABEL_RASTER"):
        return value
    return [store.parameter(key) for key in value] if isinstance(value, list) else store.parameter(value)
