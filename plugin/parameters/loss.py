"""The weights of the loss terms: advanced parameters of ``colearn:train``. 0 switches a term off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...engine.contract import LossWeights, weights_of_loss
from ..messages import tr
from .types import definitions
from .types.definitions import DOUBLE

if TYPE_CHECKING:
    from ..algorithms.base import EngineAlgorithm
    from .types.values import ParameterValues


def add_loss_weights(algorithm: EngineAlgorithm) -> None:
    """Declare the weights, among the advanced parameters."""
    words = _words()
    for each in weights_of_loss():
        title, help_text = words[each.name]
        parameter = definitions.number(
            each.parameter, title, LossWeights, each.name, kind=DOUBLE, minimum=each.least, maximum=each.most
        )
        algorithm.add(parameter, help_text, advanced=True)


def read_loss_weights(values: ParameterValues) -> LossWeights:
    """The weights in the parameters."""
    return LossWeights(**{each.name: values.number(each.parameter) for each in weights_of_loss()})


def _words() -> dict[str, tuple[str, str]]:
    """Title and help text of every weight, by its name in the job."""
    return {
        "main": (
            tr("Loss weight: prediction"),
            tr("Weight of each sensor's own prediction (main head). 0: off."),
        ),
        "auxiliary": (
            tr("Loss weight: auxiliary heads"),
            tr("Weight of the predictions from the shared and the specific part of the representation alone. 0: off."),
        ),
        "modality": (
            tr("Loss weight: sensor recognition"),
            tr("Weight of the sensor classification from the specific part of the representation. 0: off."),
        ),
        "contrastive": (
            tr("Loss weight: contrastive"),
            tr("Weight of the contrastive loss (NT-Xent) between the sensors' shared representations. 0: off."),
        ),
        "temperature": (
            tr("Contrastive temperature"),
            tr("Temperature of the contrastive loss; lower values emphasize hard negatives."),
        ),
        "distillation": (
            tr("Distillation weight"),
            tr("Share of the teacher's soft targets, in methods with a teacher. 0: labels only; 1: soft targets only."),
        ),
        "label_contrast": (
            tr("Loss weight: label contrast"),
            tr("Weight of the supervised contrastive loss, which pulls samples of one class together. 0: off."),
        ),
    }
