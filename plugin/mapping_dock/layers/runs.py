"""The parameters of a run of ``colearn:predict``, and the layer of a preview."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Optional

from qgis.core import QgsApplication, QgsProcessingAlgorithm, QgsRasterLayer

from ...layers.opened_layers import hand_over, open_raster
from ...messages import job_errors, sentence
from ...process.background import Background, unforeseen
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


class PreviewOpening:
    """Opens the layers of previews without blocking QGIS; a new one takes the place of the one before."""

    def __init__(self) -> None:
        self._work: Optional[Background] = None

    def open(
        self,
        results: dict[str, Any],
        name: str,
        then: Callable[[QgsRasterLayer], None],
        failed: Callable[[str], None],
    ) -> None:
        """Open the layer of a preview; ``failed`` is called with a sentence."""

        def opened() -> QgsRasterLayer:
            layer = open_raster(str(results["OUTPUT"]), name)
            hand_over(layer)
            return layer

        self.leave()
        self._work = Background(opened, then, lambda error: failed(sentence(unforeseen(error))))
        self._work.settle()

    def leave(self) -> None:
        """Stop; nobody is called."""
        if self._work is not None:
            self._work.forget()
