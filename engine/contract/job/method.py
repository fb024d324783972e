"""Co-learning: methods, encoders and the weights of the loss, with the paper's defaults."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import Enum
from typing import Any

from ..wire import CodecError

HIGHEST_WEIGHT = 1000.0
LEAST_TEMPERATURE = 0.001


class Method(str, Enum):
    """How the sensors learn. ``auto`` averages networks of several with forests."""

    AUTO = "auto"
    MDICO = "mdico"  # together, through a shared space (Mena et al. 2025)
    DISTILLATION = "distillation"  # each for itself, from labels and from a teacher that sees all sensors
    MDICO_DISTILLATION = "mdico_distillation"  # together, and from the teacher
    SENSOR_DROPOUT = "sensor_dropout"  # one network for any subset of the sensors
    ALONE = "alone"  # each for itself


class Effort(str, Enum):
    """What ``auto`` trains: the more, the longer."""

    QUICK = "quick"  # forests only
    STANDARD = "standard"  # and networks of half the width
    THOROUGH = "thorough"  # and networks of the full width, cross-validated


class Optimize(str, Enum):
    """Which accuracy of a classification training and selection aim at: they pull apart where classes are uneven."""

    BALANCED_ACCURACY = "balanced_accuracy"  # every class counts the same
    ACCURACY = "accuracy"  # every sample counts the same


class ClassWeight(str, Enum):
    """How much rare classes count in training. ``auto``: balanced, or none where accuracy is optimized."""

    AUTO = "auto"
    BALANCED = "balanced"
    SQUARE_ROOT = "square_root"
    NONE = "none"


class SeriesEncoder(str, Enum):
    """What reads time series."""

    TEMPCNN = "tempcnn"  # convolutions along time (Pelletier et al. 2019), the paper's
    LTAE = "ltae"  # lightweight temporal attention (Garnot & Landrieu 2020)
    TRANSFORMER = "transformer"


class ImageEncoder(str, Enum):
    """What reads images; with a context of one pixel either is a perceptron."""

    DILATED = "dilated"
    RESIDUAL = "residual"


class Spectral(str, Enum):
    """How a sensor of very many bands is reduced."""

    LEARNED = "learned"  # by weights that are trained with the rest
    PCA = "pca"  # by principal components of the training samples


class UnlabelledUse(str, Enum):
    """When unlabelled samples are used in training: before the labelled samples, or together with them."""

    BEFORE = "before"
    BESIDE = "beside"


class SplitBy(str, Enum):
    """What is never separated by the split. ``auto``: a group field, else polygons, else blocks of the ground."""

    AUTO = "auto"
    FEATURE = "feature"
    BLOCK = "block"
    RANDOM = "random"  # nothing: neighbours stand on both sides, and scores flatter


def _weight(default: float, least: float = 0.0, most: float = HIGHEST_WEIGHT, parameter: str = "") -> Any:
    """A weight from ``least`` to ``most``; its parameter is called WEIGHT_ and its name unless another one is given."""
    named = {"parameter": parameter} if parameter else {}
    return field(default=default, metadata={"least": least, "most": most, **named})


@dataclass(frozen=True)
class LossWeights:
    """What each term of the loss counts; 0 switches it off. Defaults are the paper's, where it has the term.

    The paper sums NT-Xent over the ordered pairs of sensors. Here it is their mean with weight 2: the same for two
    sensors, stable beyond. ``temperature`` is NT-Xent's. ``distillation`` is the share of the teacher's soft targets in
    what the main head learns (0 = labels only, 1 = teacher only); it counts with methods that have a teacher.
    ``label_contrast`` draws samples of one class together in the shared space (Khosla et al. 2020); not in the paper.
    """

    main: float = _weight(1.0)
    auxiliary: float = _weight(1.0)
    modality: float = _weight(1.0)
    contrastive: float = _weight(2.0)
    temperature: float = _weight(0.1, least=LEAST_TEMPERATURE, parameter="TEMPERATURE")
    distillation: float = _weight(0.5, most=1.0)
    label_contrast: float = _weight(0.0)

    def __post_init__(self) -> None:
        for each in weights_of_loss():
            value = getattr(self, each.name)
            if not each.least <= value <= each.most:
                raise CodecError(each.name, str(value), f"{each.least:g} to {each.most:g}")


@dataclass(frozen=True)
class WeightLimits:
    """What one weight of the loss may be, and the parameter that gives it."""

    name: str
    least: float
    most: float
    parameter: str


def weights_of_loss() -> tuple[WeightLimits, ...]:
    """Every weight of the loss, in order."""
    return tuple(
        WeightLimits(each.name, **{"parameter": f"WEIGHT_{each.name.upper()}", **each.metadata})
        for each in fields(LossWeights)
    )
