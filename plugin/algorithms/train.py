"""colearn:train — train on all sensors together, and on each alone for comparison."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Optional

from qgis.core import QgsProcessingContext, QgsProcessingFeedback

from ...engine.contract import (
    ClassWeight,
    Device,
    Effort,
    ImageEncoder,
    Job,
    Method,
    Optimize,
    SeriesEncoder,
    Spectral,
    SplitBy,
    Task,
    TrainJob,
    UnlabelledUse,
)
from ..messages import temporary_words, tr
from ..parameters.class_colors import add_class_colors, check_class_colors, with_class_colors
from ..parameters.effort import check_effort
from ..parameters.labels import add_labels, check_labels, read_labels
from ..parameters.loss import add_loss_weights, read_loss_weights
from ..parameters.network_parameters import add_networks, add_spectral
from ..parameters.sensors.sensors import LETTERS, add_sensors, check_sensors, letters_by_name, sensor_specs
from ..parameters.train_parameters import (
    add_goal,
    add_method,
    add_repetitions,
    add_schedule,
    add_size,
    add_split,
    add_task,
    add_use_of_samples,
)
from ..parameters.types import definitions
from ..process import environment
from .base import EngineAlgorithm

if TYPE_CHECKING:
    from ...engine.contract import Finished
    from ..parameters.types.values import ParameterValues

SAMPLES = "OUTPUT_SAMPLES"
EPOCHS_UNTIL_CHECKPOINT = 2  # the checkpoint of the first epoch is on disk once the second ends

# The engine names its numbers by sensor ("GAIN:radar"), Processing by letter (GAIN_B).
NUMBERS = {
    "SCORE": "SCORE_{letter}",
    "SCORE_ALONE": "SCORE_{letter}_ALONE",
    "SCORE_FOREST": "SCORE_{letter}_FOREST",
    "SCORE_NETWORK": "SCORE_{letter}_NETWORK",
    "SCORE_SHIPPED": "SCORE_{letter}_SHIPPED",
    "GAIN": "GAIN_{letter}",
    "GAIN_OVER_NETWORK": "GAIN_{letter}_OVER_NETWORK",
}


class Train(EngineAlgorithm):
    """Several sensors and labels in, a model file out."""

    engine_modules = environment.TRAIN_MODULES

    def __init__(self) -> None:
        super().__init__()
        self._letters: dict[str, str] = {}
        self._samples_layer: Optional[str] = None
        self._is_temporary = False

    def name(self) -> str:
        """Part of the id ``colearn:train``."""
        return "train"

    def displayName(self) -> str:
        """Its name in the toolbox."""
        return tr("1. Train on several sensors")

    def tags(self) -> list[str]:
        """Words it is found by."""
        words = tr(
            "land cover,land use,classification,supervised classification,regression,deep learning,neural network,"
            "random forest,machine learning,time series,segmentation,hyperspectral,lidar,radar,sentinel,crop,forest,"
            "flood,sensor fusion,multimodal,training"
        )
        return words.split(",")

    def shortDescription(self) -> str:
        """One line."""
        return tr("Trains on the images of several sensors; the model then maps from any single one of them.")

    def shortHelpString(self) -> str:
        """The short help shown next to the parameters."""
        return tr(
            "Trains a model on the images of several sensors and on labels. The model then maps from any single one of "
            "these sensors (“Map from one sensor”).\n\n"
            "1. Choose the rasters of each sensor: single images or time series. Sensors may differ in CRS, pixel size "
            "and extent, and need not all cover every label.\n"
            "2. Choose the labels: points or polygons with a field, or a raster.\n"
            "3. Run. Labels are split into training (60 %), validation (20 %) and test (20 %) by group, polygon or "
            "spatial block; the scores are those of the test part.\n\n"
            "For comparison, every sensor is also trained alone, with the same network and number of steps, and with "
            "a random forest. The report shows whether the other sensors helped. The model file contains the better "
            "network of each sensor."
        )

    def declare(self) -> None:
        """Add sensors, labels, task, size, method, then the other parameters; the model and the report."""
        add_sensors(self)
        add_labels(self)
        add_class_colors(self)
        add_task(self)
        add_size(self)
        add_method(self)
        add_goal(self)
        add_use_of_samples(self)
        add_split(self)
        add_repetitions(self)
        add_schedule(self)
        add_networks(self)
        add_spectral(self)
        add_loss_weights(self)
        self._declare_outputs()

    def _declare_outputs(self) -> None:
        self.add(
            definitions.output_file("OUTPUT_MODEL", tr("Model"), definitions.model_filter()),
            tr("The model file (.colearn), which contains everything needed to map from any of the sensors."),
        )
        self.add(
            definitions.output_file("OUTPUT_REPORT", tr("Report"), "HTML (*.html)", optional=True),
            tr("The scores of every sensor, co-learned and trained alone, with their uncertainty."),
        )
        self.add(
            definitions.output_points(SAMPLES, tr("Samples")),
            tr(
                "The samples as points: part of the split (training, validation, test, or excluded because it is too "
                "close to another part), label, and for test samples the prediction from each sensor and whether it is "
                "correct. GeoPackage or GeoJSON."
            ),
        )
        described = {
            "SCORE": tr("Score of sensor {letter}, co-learned"),
            "SCORE_ALONE": tr("Score of sensor {letter}, trained alone"),
            "SCORE_FOREST": tr("Score of a random forest on sensor {letter} alone"),
            "SCORE_NETWORK": tr("Score of sensor {letter}, a single network trained alone"),
            "SCORE_SHIPPED": tr("Score of sensor {letter}, model file"),
            "GAIN": tr("Gain of sensor {letter} from co-learning"),
            "GAIN_OVER_NETWORK": tr("Gain of sensor {letter} over a single network trained alone"),
        }
        for letter in LETTERS:
            for kind, name in NUMBERS.items():
                self.add_number_output(name.format(letter=letter), described[kind].format(letter=letter))
        self.add_number_output("SCORE_FUSED", tr("Score of all sensors together"))
        self.add_number_output("TEST_SAMPLES", tr("Test samples"))

    def check(self, values: ParameterValues) -> None:
        """Check the sensors and labels."""
        self._letters = letters_by_name(values)
        check_sensors(values)
        check_labels(values)
        check_class_colors(values)
        check_effort(values)

    def build_job(self, values: ParameterValues) -> TrainJob:
        """Build the training job."""
        self._letters = letters_by_name(values)
        self._samples_layer = values.output_layer(SAMPLES)
        self._is_temporary = "OUTPUT_MODEL" not in values.named_outputs()
        return TrainJob(
            sensors=sensor_specs(values),
            labels=with_class_colors(read_labels(values), values),
            output_model=values.output_file("OUTPUT_MODEL") or "",
            output_report=values.output_file("OUTPUT_REPORT"),
            output_samples=values.absolute(self._samples_layer),
            task=values.choice("TASK", Task),
            target_units=_units(values.text("TARGET_UNITS")),
            context_m=values.number("CONTEXT_M") if values.is_given("CONTEXT_M") else None,
            method=values.choice("METHOD", Method),
            effort=values.choice("EFFORT", Effort),
            time_budget_min=values.number("TIME_BUDGET_MIN") if values.is_given("TIME_BUDGET_MIN") else None,
            optimize=values.choice("OPTIMIZE", Optimize),
            class_weight=values.choice("CLASS_WEIGHT", ClassWeight),
            loss=read_loss_weights(values),
            series_encoder=values.choice("SERIES_ENCODER", SeriesEncoder),
            image_encoder=values.choice("IMAGE_ENCODER", ImageEncoder),
            spectral=values.choice("SPECTRAL", Spectral),
            unlabelled_samples=values.integer("UNLABELLED_SAMPLES") if values.is_given("UNLABELLED_SAMPLES") else None,
            use_all_labels=values.flag("USE_ALL_LABELS"),
            unlabelled_use=values.choice("UNLABELLED_USE", UnlabelledUse),
            split_by=values.choice("SPLIT_BY", SplitBy),
            split_buffer_m=values.number("SPLIT_BUFFER_M"),
            folds=values.integer("FOLDS") if values.is_given("FOLDS") else None,
            repeats=values.integer("REPEATS"),
            epochs=values.integer("EPOCHS") if values.is_given("EPOCHS") else None,
            batch_size=values.integer("BATCH_SIZE"),
            learning_rate=values.number("LEARNING_RATE"),
            max_samples=values.integer("MAX_SAMPLES"),
            seed=values.integer("SEED"),
            device=values.choice("DEVICE", Device),
            split_only=values.flag("SPLIT_ONLY"),
        )

    def letters(self) -> dict[str, str]:
        """The letter of each sensor, by sensor name."""
        return self._letters

    def log_before(self, job: Job, log: QgsProcessingFeedback) -> None:
        """Warn if the model is a temporary file."""
        if self._is_temporary and not job.split_only:
            log.pushWarning(temporary_words(tr("model")))

    def cancelled_words(self, job: Job, epochs: int) -> str:
        """The message about a cancelled run; once a checkpoint was written, running the same job resumes from it."""
        if epochs < EPOCHS_UNTIL_CHECKPOINT:
            return super().cancelled_words(job, epochs)
        return tr(
            "Cancelled. No output was written, but the checkpoint is kept for two weeks: start the same training "
            "again with the same parameters to resume."
        )

    def finish(self, job: Job, finished: Finished, context: QgsProcessingContext, log: QgsProcessingFeedback) -> None:
        """Log what the model file contains and its scores; style the samples by split part."""
        from ..layers.above_rasters import points_of
        from ..model_card import card_lines, read_manifest
        from ..styles.vector_styling import SampleStyle, style_vector_output
        from .engine_run import name_loaded_layer

        if not job.split_only:
            for line in card_lines(read_manifest(job.output_model)):
                log.pushInfo(line)
        path = finished.outputs.get(SAMPLES)
        if path is not None:
            name = tr("split") if job.split_only else tr("samples")
            name = f"{Path(job.output_model).stem} · {name}"
            name_loaded_layer(self, context, self._samples_layer or path, SAMPLES, name)
            beside = tuple(finished.outputs.values())
            then = points_of(job.sensors[0].rasters[0].path)
            style_vector_output(path, self._samples_layer or path, SampleStyle(), beside, context, log, then)

    def number_name(self, name: str) -> Optional[str]:
        """``GAIN:radar`` as ``GAIN_B``."""
        kind, colon, sensor = name.partition(":")
        if not colon:
            return name
        letter = self._letters.get(sensor)
        return NUMBERS[kind].format(letter=letter) if letter and kind in NUMBERS else None


def _units(text: str) -> tuple[str, ...]:
    """Comma-separated units, an empty string for a field without one; an empty tuple for an empty text."""
    units = tuple(unit.strip() for unit in text.split(","))
    return units if any(units) else ()
