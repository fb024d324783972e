"""What each term of the loss counts: advanced parameters of ``colearn:train``. 0 switches a term off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...engine.contract.method import HIGHEST_WEIGHT, LEAST_TEMPERATURE, LossWeights
from ..messages import tr
from . import definitions
from .definitions import DOUBLE

if TYPE_CHECKING:
    from ..algorithms.base import EngineAlgorithm
    from .values import ParameterValues


def add_loss_weights(algorithm: EngineAlgorithm) -> None:
    """Declare the weights, among the advanced parameters."""
    _add(
        algorithm,
        "WEIGHT_MAIN",
        "main",
        tr("Loss weight: main head"),
        tr("How much each sensor's own prediction counts; 0: off."),
    )
    _add(
        algorithm,
        "WEIGHT_AUXILIARY",
        "auxiliary",
        tr("Loss weight: auxiliary head"),
        tr("How much it counts that each part of what a sensor says predicts by itself; 0: off."),
    )
    _add(
        algorithm,
        "WEIGHT_MODALITY",
        "modality",
        tr("Loss weight: telling sensors apart"),
        tr("How much it counts that a sensor's own part tells which sensor it is; 0: off."),
    )
    _add(
        algorithm,
        "WEIGHT_CONTRASTIVE",
        "contrastive",
        tr("Loss weight: agreement of sensors"),
        tr("How much it counts that sensors agree on the same place and differ between places; 0: off."),
    )
    _add(
        algorithm,
        "TEMPERATURE",
        "temperature",
        tr("Temperature of the agreement"),
        tr("Smaller: only the places that are most easily confused count for the agreement of sensors."),
        minimum=LEAST_TEMPERATURE,
    )
    _add(
        algorithm,
        "WEIGHT_DISTILLATION",
        "distillation",
        tr("The teacher's share"),
        tr("With a method that has a teacher, its share in what is learned; 0: labels only, 1: the teacher only."),
        maximum=1,
    )
    _add(
        algorithm,
        "WEIGHT_LABEL_CONTRAST",
        "label_contrast",
        tr("Loss weight: samples of one class"),
        tr("How much it counts that samples of one class come close in what the sensors have in common; 0: off."),
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
