"""Task, method, split and schedule: parameters of ``colearn:train``, in the order in which users need them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...engine.contract import (
    FEW_TRAINING_SAMPLES,
    FEWEST_EPOCHS,
    MOST_EPOCHS,
    MOST_FOLDS,
    MOST_REPEATS,
    TrainJob,
    thousands,
)
from .. import sentences
from ..messages import tr
from .effort import add_effort
from .types import definitions
from .types.definitions import DOUBLE, Option

if TYPE_CHECKING:
    from ..algorithms.base import EngineAlgorithm


def add_task(algorithm: EngineAlgorithm) -> None:
    """Declare the task."""
    algorithm.add(
        definitions.choice(
            "TASK",
            tr("Task"),
            TrainJob,
            "task",
            (
                Option(tr("Automatic"), tr("chosen from the values of the label field")),
                Option(tr("Classification"), tr("one class per sample: text, or few distinct integers")),
                Option(tr("Multi-label classification"), tr("several fields of 0 and 1, one for each label")),
                Option(tr("Regression"), tr("measured values, in one field or several")),
            ),
        )
    )
    algorithm.add(
        definitions.text("TARGET_UNITS", tr("Regression: unit")),
        tr(
            "The unit of the measured values, such as m, % or t/ha, shown in map and report. For several fields, "
            "several units separated by commas."
        ),
        advanced=True,
    )


def add_size(algorithm: EngineAlgorithm) -> None:
    """Declare what determines the training time: number of samples, epochs, patch size."""
    algorithm.add(
        definitions.number("EPOCHS", tr("Epochs"), TrainJob, "epochs", minimum=1),
        tr(
            "Passes over the training samples for every network that is compared; each sensor keeps its best epoch. "
            "Training time is proportional to it; a few too many do little harm. Not set: {most}, or fewer (at least "
            "{fewest}) if there are more than {samples} training samples."
        ).format(most=MOST_EPOCHS, fewest=FEWEST_EPOCHS, samples=thousands(FEW_TRAINING_SAMPLES)),
    )
    algorithm.add(
        definitions.number("MAX_SAMPLES", sentences.most_samples(), TrainJob, "max_samples", minimum=10),
        tr(
            "If there are more labelled pixels, this many are drawn, evenly over classes, polygons and sensors. More "
            "samples need more time and memory."
        ),
    )
    algorithm.add(
        definitions.number(
            "CONTEXT_M", tr("Patch size (metres)"), TrainJob, "context_m", kind=DOUBLE, minimum=0, decimals=1
        ),
        tr(
            "Side length of the square around each pixel that the network sees. 0: the pixel alone. Not set: 15 "
            "pixels of the image sensor with the smallest pixel size."
        ),
    )


def add_method(algorithm: EngineAlgorithm) -> None:
    """Declare the co-learning method and its effort."""
    algorithm.add(
        definitions.choice(
            "METHOD",
            tr("Co-learning method"),
            TrainJob,
            "method",
            (
                Option(tr("Automatic"), tr("an average of forests and of networks trained by several methods")),
                Option(tr("MDiCo"), tr("the sensors are trained together through a shared representation")),
                Option(
                    tr("Knowledge distillation"),
                    tr("each sensor's network also learns the soft targets of a teacher that uses all sensors"),
                ),
                Option(tr("MDiCo with knowledge distillation"), tr("both of these")),
                Option(
                    tr("Sensor dropout"), tr("one network for all sensors; random sensors are dropped during training")
                ),
                Option(tr("Each sensor alone"), tr("no co-learning; for a single sensor")),
            ),
            tr(
                "How the sensors are trained together. With every method, each sensor is also trained alone to "
                "measure the gain from the others. Automatic: the model file contains the average; other methods: "
                "the network with the better validation score."
            ),
        )
    )
    add_effort(algorithm)


def add_goal(algorithm: EngineAlgorithm) -> None:
    """Declare the objective."""
    algorithm.add(
        definitions.choice(
            "OPTIMIZE",
            tr("Optimize for"),
            TrainJob,
            "optimize",
            (
                Option(tr("Balanced accuracy"), tr("all classes count equally, however rare they are")),
                Option(tr("Overall accuracy"), tr("all samples count equally, so common classes count more")),
            ),
            tr("The two differ if class sizes differ; the report shows both."),
        )
    )


def add_use_of_samples(algorithm: EngineAlgorithm) -> None:
    """Declare the advanced parameters of samples used in addition to the training part."""
    algorithm.add(
        definitions.number("UNLABELLED_SAMPLES", tr("Unlabelled samples"), TrainJob, "unlabelled_samples", minimum=0),
        tr(
            "Semi-supervised learning: number of random unlabelled samples covered by at least two sensors. They "
            "share no pixel with validation or test samples. 0: none. More need more time. Not set: with the method "
            "“Automatic” about ten thousand, used by the forests only, which takes seconds; none with other methods."
        ),
        advanced=True,
    )
    algorithm.add(
        definitions.flag("USE_ALL_LABELS", tr("Use all labels for the final model"), TrainJob, "use_all_labels"),
        tr(
            "For the method “Automatic”: after scoring on the test part, the networks and forests in the model file "
            "are retrained on the labels of all parts, networks for the number of epochs that was best on the "
            "validation samples. The scores refer to the networks and forests before that. No: the model file "
            "contains exactly what was scored, and validation and test labels stay unseen."
        ),
        advanced=True,
    )
    algorithm.add(
        definitions.choice(
            "UNLABELLED_USE",
            tr("Use of unlabelled samples"),
            TrainJob,
            "unlabelled_use",
            (
                Option(tr("Pre-training"), tr("before the labelled samples")),
                Option(tr("Joint training"), tr("together with the labelled samples")),
            ),
        ),
        advanced=True,
    )


def add_split(algorithm: EngineAlgorithm) -> None:
    """Declare the advanced parameters of the split."""
    algorithm.add(
        definitions.choice(
            "SPLIT_BY",
            tr("Split by"),
            TrainJob,
            "split_by",
            (
                Option(tr("Automatic"), tr("the group field if there is one, otherwise polygons, otherwise blocks")),
                Option(tr("Polygon or point"), tr("each feature is one group")),
                Option(tr("Spatial block"), tr("square blocks of ground, even where labels are polygons")),
                Option(
                    tr("Random"),
                    tr("no groups: neighbouring samples end up in different parts, and scores are optimistic"),
                ),
            ),
            tr("The units that the split into training, validation and test keeps together."),
        ),
        advanced=True,
    )
    algorithm.add(
        definitions.number(
            "SPLIT_BUFFER_M",
            tr("Split buffer (metres)"),
            TrainJob,
            "split_buffer_m",
            kind=DOUBLE,
            minimum=0,
            decimals=1,
        ),
        tr(
            "Minimum distance between training patches and validation or test patches of the same sensor. With 0, no "
            "patch contains a sample pixel of another part, but patch edges may overlap; the report states how many "
            "do. Larger values exclude training samples that are too close."
        ),
        advanced=True,
    )


def add_repetitions(algorithm: EngineAlgorithm) -> None:
    """Declare the advanced parameters of repetitions: how often to split, and whether to stop after the split."""
    algorithm.add(
        definitions.number("FOLDS", tr("Cross-validation folds"), TrainJob, "folds", minimum=1, maximum=MOST_FOLDS),
        tr(
            "1: a single split. 3 or more: cross-validation, in which every sample is tested once, by networks and "
            "forests that have not learned from it; narrower intervals for that many times the time. Not set: 5 with "
            "the effort “thorough” (fewer where the labels allow no more), else 1. With the method “automatic” the "
            "model file holds what learns from all labels afterwards; by other methods, the networks of the first fold."
        ),
        advanced=True,
    )
    algorithm.add(
        definitions.number("REPEATS", tr("Repetitions"), TrainJob, "repeats", minimum=1, maximum=MOST_REPEATS),
        tr("Repeats the training with further seeds to average out random variation; takes that many times as long."),
        advanced=True,
    )
    algorithm.add(
        definitions.flag("SPLIT_ONLY", tr("Write the split only, without training"), TrainJob, "split_only"),
        tr(
            "Draws and splits the samples exactly as the training would, and writes them to Samples. No model or "
            "report is written."
        ),
        advanced=True,
    )


def add_schedule(algorithm: EngineAlgorithm) -> None:
    """Declare the advanced parameters of the training schedule."""
    algorithm.add(
        definitions.choice(
            "CLASS_WEIGHT",
            tr("Class weights"),
            TrainJob,
            "class_weight",
            (
                Option(tr("Automatic"), tr("balanced; none if overall accuracy is optimized")),
                Option(tr("Balanced"), tr("inversely proportional to class size")),
                Option(tr("Square root"), tr("halfway between balanced and none")),
                Option(tr("None"), tr("all samples count equally")),
            ),
        ),
        advanced=True,
    )
    algorithm.add(
        definitions.number("BATCH_SIZE", tr("Batch size"), TrainJob, "batch_size", minimum=2),
        tr("Samples per training step. Smaller batches need less memory."),
        advanced=True,
    )
    algorithm.add(
        definitions.number(
            "LEARNING_RATE", tr("Learning rate"), TrainJob, "learning_rate", kind=DOUBLE, minimum=1e-6, maximum=1
        ),
        tr("Initial learning rate of the optimizer."),
        advanced=True,
    )
    algorithm.add(
        definitions.number("SEED", tr("Random seed"), TrainJob, "seed", minimum=0, maximum=2**31 - 1),
        tr("Seed of the random number generator: the same seed gives the same split and initialization."),
        advanced=True,
    )
    algorithm.add(
        definitions.choice("DEVICE", tr("Device"), TrainJob, "device", definitions.device_options()), advanced=True
    )
