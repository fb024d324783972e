"""The parameters of a run of ``colearn:predict``, and the layer of a preview."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import QgsApplication, QgsProcessingAlgorithm, QgsRasterLayer

from ...messages import job_errors
from ...training.layers.layer_store import LayerStore
from ..form.map_form import MapForm, parameters_of

ALGORITHM = "colearn:predict"


def algorithm() -> QgsProcessingAlgorithm:
    """A new instance of ``colearn:predict``."""
    return QgsApplication.processingRegistry().createAlgorithmById(ALGORITHM)


def parameters_for(form: MapForm, store: LayerStore) -> dict[str, Any]:
    """The parameters of the algorithm for a form.

    Raises:
        CoLearnError: a value that a job does not allow.
    """
    with job_errors():
        given = parameters_of(form.job())
    given["INPUT"] = [store.parameter(key) for key in given["INPUT"]]
    return given


def preview_of(results: dict[str, Any], model: str, sensor: str) -> QgsRasterLayer:
    """The layer of a preview."""
    return QgsRasterLayer(str(results["OUTPUT"]), f"{Path(model).stem} · {sensor}")
