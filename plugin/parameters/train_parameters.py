"""What a training learns, how, and on what it is tested: parameters of ``colearn:train``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...engine.contract.job import MOST_FOLDS, MOST_REPEATS, TrainJob
from ..messages import tr
from . import definitions
from .definitions import DOUBLE

if TYPE_CHECKING:
    from ..algorithms.base import EngineAlgorithm


def add_task(algorithm: EngineAlgorithm) -> None:
    """Declare what is learned, from how much ground, and how the sensors learn from one another."""
    algorithm.add(
        definitions.choice(
            "TASK",
            tr("Task"),
            TrainJob,
            "task",
            (
                tr("as the labels suggest"),
                tr("classes, one a place"),
                tr("several labels a place"),
                tr("measured values"),
            ),
        ),
        tr(
            "auto: text or few whole numbers are classes, measured values are a regression, several fields of "
            "0 and 1 are several labels at a time."
        ),
    )
    algorithm.add(
        definitions.text("TARGET_UNITS", tr("Unit of measured values")),
        tr(
            "For measured values: their unit, such as m, % or t/ha, for the map and the report; for several fields "
            "several units, with commas between."
        ),
        advanced=True,
    )
    algorithm.add(
        definitions.number(
            "CONTEXT_M", tr("Context (metres; not set: automatic)"), TrainJob, "context_m", kind=DOUBLE, minimum=0
        ),
        tr(
            "The side of the square around a pixel that the network sees. 0: the pixel alone. Empty: 15 pixels of "
            "the finest image sensor."
        ),
    )
    algorithm.add(
        definitions.choice(
            "METHOD",
            tr("How the sensors learn from one another"),
            TrainJob,
            "method",
            (
                tr("try several, keep what predicts best"),
                tr("together (MDiCo)"),
                tr("each for itself, and from a teacher that sees all sensors"),
                tr("together, and from a teacher (MDiCo with distillation)"),
                tr("one network for any of the sensors (sensor dropout)"),
                tr("each for itself"),
            ),
        ),
        tr(
            "auto: tries several ways and keeps what predicts the validation samples best. mdico: together, through "
            "what they have in common. distillation: each for itself, also from a teacher that sees all sensors. "
            "mdico_distillation: together, and from the teacher. sensor_dropout: one network for any subset of the "
            "sensors. alone: each for itself, for comparison. Whatever is chosen, the model file holds for each sensor "
            "the better of this and the network trained alone."
        ),
    )
    algorithm.add(
        definitions.choice(
            "OPTIMIZE",
            tr("Accuracy to aim at"),
            TrainJob,
            "optimize",
            (
                tr("every class counts the same (balanced accuracy)"),
                tr("every sample counts the same (accuracy)"),
            ),
        ),
        tr(
            "balanced_accuracy: every class counts the same, however rare. accuracy: every sample counts the same, so "
            "common classes count more. Where classes are uneven the two pull apart; the report shows both."
        ),
    )
    algorithm.add(
        definitions.number(
            "UNLABELLED_SAMPLES",
            tr("Positions without labels to learn from"),
            TrainJob,
            "unlabelled_samples",
            minimum=0,
        ),
        tr(
            "Random positions where sensors overlap: from them the network learns what the sensors have in common, and "
            "what a teacher says of them where the method has one. They keep away from the validation and test "
            "samples. 0: none. More take more time."
        ),
    )


def add_split(algorithm: EngineAlgorithm) -> None:
    """Declare, among the advanced parameters, how samples are split and how often."""
    algorithm.add(
        definitions.choice(
            "SPLIT_BY",
            tr("What the split keeps together"),
            TrainJob,
            "split_by",
            (
                tr("group field, else polygons, else squares of the ground"),
                tr("each polygon or point"),
                tr("squares of the ground"),
                tr("nothing: at random (scores flatter)"),
            ),
        ),
        tr(
            "auto: the group field if there is one, else polygons, else squares of the ground. feature: each polygon "
            "or point. block: squares of the ground, also where there are polygons. random: nothing; neighbours then "
            "stand on both sides, and the scores flatter."
        ),
        advanced=True,
    )
    algorithm.add(
        definitions.number(
            "SPLIT_BUFFER_M",
            tr("Distance of training patches from the others (metres)"),
            TrainJob,
            "split_buffer_m",
            kind=DOUBLE,
            minimum=0,
        ),
        tr(
            "No pixel of a sample of the validation or test part ever lies in a patch that training reads, nor the "
            "other way round. With 0 the rims of patches may overlap; the report says how many do. Above 0, "
            "training samples are also left out whose patch comes nearer than so many metres on the ground, along rows "
            "and columns, to a validation or test patch of the same sensor; patches that overlap or touch always do."
        ),
        advanced=True,
    )
    algorithm.add(
        definitions.number("FOLDS", tr("Folds"), TrainJob, "folds", minimum=1, maximum=MOST_FOLDS),
        tr(
            "1: a single split into training, validation and test. 3 or more: every sample is tested once, by as many "
            "trainings; surer scores, and so many times the time. The model file holds the first training's networks."
        ),
        advanced=True,
    )
    algorithm.add(
        definitions.number(
            "REPEATS", tr("Repeats with other seeds"), TrainJob, "repeats", minimum=1, maximum=MOST_REPEATS
        ),
        tr("Trains again with the next seeds, so that chance has less part in the scores; so many times the time."),
        advanced=True,
    )


def add_networks(algorithm: EngineAlgorithm) -> None:
    """Declare, among the advanced parameters, what the networks are."""
    algorithm.add(
        definitions.choice(
            "SERIES_ENCODER",
            tr("Network for time series"),
            TrainJob,
            "series_encoder",
            (
                tr("convolutions along time (TempCNN)"),
                tr("light attention to dates (L-TAE)"),
                tr("transformer"),
            ),
        ),
        tr(
            "tempcnn: convolutions along time. ltae: light attention to the dates that matter. transformer: full "
            "attention between dates; needs many samples. All of them live with missing dates."
        ),
        advanced=True,
    )
    algorithm.add(
        definitions.choice(
            "IMAGE_ENCODER",
            tr("Network for images"),
            TrainJob,
            "image_encoder",
            (
                tr("dilated convolutions: small and quick"),
                tr("residual: deeper"),
            ),
        ),
        tr(
            "dilated: small and quick. residual: deeper, for many samples and rich texture. With a context of one "
            "pixel either looks at the pixel's own values only."
        ),
        advanced=True,
    )
    algorithm.add(
        definitions.choice(
            "SPECTRAL",
            tr("Reduction of very many bands"),
            TrainJob,
            "spectral",
            (
                tr("learned with the rest"),
                tr("principal components"),
            ),
        ),
        tr(
            "For hyperspectral sensors. learned: by weights that are trained with the rest. pca: by principal "
            "components of the training samples."
        ),
        advanced=True,
    )


def add_schedule(algorithm: EngineAlgorithm) -> None:
    """Declare, among the advanced parameters, how training goes."""
    algorithm.add(
        definitions.choice(
            "UNLABELLED_USE",
            tr("When positions without labels are used"),
            TrainJob,
            "unlabelled_use",
            (
                tr("before the labelled samples"),
                tr("beside the labelled samples"),
            ),
        ),
        tr("before: first these positions, then the labelled samples. beside: both at a time."),
        advanced=True,
    )
    algorithm.add(
        definitions.choice(
            "CLASS_WEIGHT",
            tr("Weight of the classes"),
            TrainJob,
            "class_weight",
            (
                tr("by the accuracy aimed at"),
                tr("balanced: rare classes count as much"),
                tr("half way (square root)"),
                tr("every sample counts the same"),
            ),
        ),
        tr(
            "auto: balanced, or none where accuracy is aimed at. balanced: rare classes count as much as common ones. "
            "square_root: half way. none: every sample counts the same."
        ),
        advanced=True,
    )
    algorithm.add(
        definitions.number("EPOCHS", tr("Epochs"), TrainJob, "epochs", minimum=1),
        tr(
            "How often the training samples are seen, by everything that is compared; each sensor keeps the network of "
            "its best epoch. More epochs take more time; too many do little harm."
        ),
        advanced=True,
    )
    algorithm.add(
        definitions.number("BATCH_SIZE", tr("Samples per step"), TrainJob, "batch_size", minimum=2),
        tr("Smaller needs less memory."),
        advanced=True,
    )
    algorithm.add(
        definitions.number(
            "LEARNING_RATE", tr("Learning rate"), TrainJob, "learning_rate", kind=DOUBLE, minimum=1e-6, maximum=1
        ),
        tr("How far each step goes."),
        advanced=True,
    )
    algorithm.add(
        definitions.number("MAX_SAMPLES", tr("Samples, at most"), TrainJob, "max_samples", minimum=10),
        tr("More samples take more time and memory; they are drawn fairly from classes, polygons and sensors."),
        advanced=True,
    )
    algorithm.add(
        definitions.number("SEED", tr("Seed"), TrainJob, "seed", minimum=0, maximum=2**31 - 1),
        tr("All randomness comes from this number: the same seed gives the same split."),
        advanced=True,
    )
    algorithm.add(
        definitions.choice("DEVICE", tr("Device"), TrainJob, "device", definitions.device_words()),
        tr("auto: the graphics card if there is one that works, else the processor."),
        advanced=True,
    )
