"""The weights of the loss terms: advanced parameters of ``colearn:train``. 0 switches a term off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...engine.contract import HIGHEST_WEIGHT, LEAST_TEMPERATURE, LossWeights
from ..messages import tr
from .types import definitions
from .types.definitions import DOUBLE

if TYPE_CHECKING:
    from ..algorithms.base import EngineAlgorithm
    from .types.values import ParameterValues


def add_loss_weights(algorithm: EngineAlgorithm) -> None:
    """Declare the weights, among the advanced parameters."""
    _add(
        algorithm,
        "WEIGHT_MAIN",
        "main",
        tr("Loss weight: prediction"),
        tr("Weight of each sensor's own prediction (main head). 0: off."),
    )
    _add(
        algorithm,
        "WEIGHT_AUXILIARY",
        "auxiliary",
        tr("Loss weight: auxiliary heads"),
        tr("Weight of the predictions from the shared and the specific part of the representation alone. 0: off."),
    )
    _add(
        algorithm,
        "WEIGHT_MODALITY",
        "modality",
        tr("Loss weight: sensor recognition"),
        tr("Weight of recognizing the sensor from the specific part of the representation. 0: off."),
    )
    _add(
        algorithm,
        "WEIGHT_CONTRASTIVE",
        "contrastive",
        tr("Loss weight: contrastive"),
        tr("Weight of the contrastive loss (NT-Xent) between the sensors' shared representations. 0: off."),
    )
    _add(
        algorithm,
        "TEMPERATURE",
        "temperature",
        tr("Contrastive temperature"),
        tr("Temperature of the contrastive loss: the lower, the more the hardest negatives count."),
        minimum=LEAST_TEMPERATURE,
    )
    _add(
        algorithm,
        "WEIGHT_DISTILLATION",
        "distillation",
        tr("Distillation weight"),
        tr("Share of the teacher's soft targets, in methods with a teacher. 0: labels only; 1: soft targets only."),
        maximum=1,
    )
    _add(
        algorithm,
        "WEIGHT_LABEL_CONTRAST",
        "label_contrast",
        tr("Loss weight: label contrast"),
        tr("Weight of the supervised contrastive loss, which draws samples of one class together. 0: off."),
    )


def read_loss_weights(values: ParameterValues) -> LossWeights:
    """The weights as given."""
    return LossWeights(
        main=values.number("WEIGHT_MAIN"),
        auxiliary=values.number("WEIGHT_AUXILIARY"),
        modality=values.number("WEIGHT_MODALITY"),
        contrastive=values.number("WEIGHT_CONTRASTIVE"),
        temperature=values.number("TEMPERATURE"),
        distillation=values.number("WEIGHT_DISTILLATION"),
        label_contrast=values.number("WEIGHT_LABEL_CONTRAST"),
    )


def _add(
    algorithm: EngineAlgorithm,
    name: str,
    field: str,
    description: str,
    help_text: str,
    minimum: float = 0,
    maximum: float = HIGHEST_WEIGHT,
) -> None:
    algorithm.add(
        definitions.number(name, description, LossWeights, field, kind=DOUBLE, minimum=minimum, maximum=maximum),
        help_text,
        advanced=True,
    )
