"""Co-learning: methods, encoders and the weights of the loss, with the paper's defaults."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import Enum
from typing import Any

from ..wire import CodecError

MOST_EPOCHS, FEWEST_EPOCHS = 25, 12  # if the user sets no number
FEW_TRAINING_SAMPLES = 2_000  # up to which a network trains for the most epochs; with more, it sees as many in all
COPY_EPOCHS_SHARE, FEWEST_COPY_EPOCHS = 0.7, 10  # of the others' epochs, where these are not the most
HIGHEST_WEIGHT = 1000.0
LEAST_TEMPERATURE = 0.001


def usual_epochs(training_samples: float) -> int:
    """The number of epochs if the user sets none: the most for few training samples, then fewer, to a minimum.

    More samples make more steps of an epoch, and a network needs steps (docs/research.md).
    """
    seen = MOST_EPOCHS * FEW_TRAINING_SAMPLES  # over all epochs
    return max(FEWEST_EPOCHS, min(MOST_EPOCHS, round(seen / max(training_samples, 1))))


def usual_copy_epochs(training_samples: float) -> int:
    """The same for a fast copy, which each epoch shows twice as much: from 2,041 samples on it needs fewer.

    There the number falls from 25 to 17.
    """
    usual = usual_epochs(training_samples)
    return usual if usual == MOST_EPOCHS else max(FEWEST_COPY_EPOCHS, round(COPY_EPOCHS_SHARE * usual))


class Method(str, Enum):
    """The training method. ``auto`` averages networks of several methods with forests."""

    AUTO = "auto"
    MDICO = "mdico"  # jointly, through a shared space (Mena et al. 2025)
    DISTILLATION = "distillation"  # each sensor separately, from labels and a teacher on all sensors
    MDICO_DISTILLATION = "mdico_distillation"  # jointly, and from the teacher
    SENSOR_DROPOUT = "sensor_dropout"  # one network for any subset of the sensors
    ALONE = "alone"  # each for itself


class Effort(str, Enum):
    """The training effort of ``auto``: more predictors take longer."""

    QUICK = "quick"  # forests only
    STANDARD = "standard"  # plus networks of half the width
    THOROUGH = "thorough"  # plus networks of full width, cross-validated


class Optimize(str, Enum):
    """The accuracy that training and selection of a classification optimize: they differ if classes are imbalanced."""

    BALANCED_ACCURACY = "balanced_accuracy"  # all classes have equal weight
    ACCURACY = "accuracy"  # all samples have equal weight


class ClassWeight(str, Enum):
    """The class weights in training. ``auto``: balanced, or none if accuracy is optimized."""

    AUTO = "auto"
    BALANCED = "balanced"
    SQUARE_ROOT = "square_root"
    NONE = "none"


class SeriesEncoder(str, Enum):
    """The encoder of time series."""

    TEMPCNN = "tempcnn"  # temporal convolutions (Pelletier et al. 2019), as in the paper
    LTAE = "ltae"  # lightweight temporal attention (Garnot & Landrieu 2020)
    TRANSFORMER = "transformer"


class ImageEncoder(str, Enum):
    """The encoder of images; with a context of one pixel, either is a multilayer perceptron."""

    DILATED = "dilated"
    RESIDUAL = "residual"


class Spectral(str, Enum):
    """Dimensionality reduction of sensors with very many bands."""

    LEARNED = "learned"  # by weights trained with the network
    PCA = "pca"  # by principal components of the training samples


class UnlabelledUse(str, Enum):
    """When unlabelled samples are used in training: before the labelled samples, or together with them."""

    BEFORE = "before"
    BESIDE = "beside"


class SplitBy(str, Enum):
    """The units that the split keeps together. ``auto``: a group field, else polygons, else spatial blocks."""

    AUTO = "auto"
    FEATURE = "feature"
    BLOCK = "block"
    RANDOM = "random"  # none: neighbours are in both parts, and scores are optimistic


def _weight(default: float, least: float = 0.0, most: float = HIGHEST_WEIGHT, parameter: str = "") -> Any:
    """A weight from ``least`` to ``most``; its parameter is named WEIGHT_ plus its name unless another one is given."""
    named = {"parameter": parameter} if parameter else {}
    return field(default=default, metadata={"least": least, "most": most, **named})


@dataclass(frozen=True)
class LossWeights:
    """The weight of each term of the loss; 0 disables it. Defaults are the paper's, if it has the term.

    The paper sums NT-Xent over the ordered pairs of sensors. Here it is their mean with weight 2: the same for two
    sensors, stable for more. ``temperature`` is NT-Xent's. ``distillation`` is the share of the teacher's soft targets
    in the main head's loss (0 = labels only, 1 = teacher only); it applies to methods with a teacher.
    ``label_contrast`` is a supervised contrastive loss in the shared space (Khosla et al. 2020); not in the paper.
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
    """The valid range of one weight of the loss, and its parameter."""

    name: str
    least: float
    most: float
    parameter: str


def weights_of_loss() -> tuple[WeightLimits, ...]:
    """All weights of the loss, in order."""
    return tuple(
        WeightLimits(each.name, **{"parameter": f"WEIGHT_{each.name.upper()}", **each.metadata})
        for each in fields(LossWeights)
    )
