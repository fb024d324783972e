"""colearn:train — train on all sensors together, and on each alone beside it."""

from __future__ import annotations

from typing import Optional

from ...engine.contract.job import Device, Task, TrainJob
from ...engine.contract.method import ClassWeight, Method
from .. import environment
from ..messages import tr
from . import definitions
from .base import EngineAlgorithm
from .definitions import DOUBLE
from .labels import add_labels, check_labels, read_labels
from .sensors import LETTERS, add_sensor_details, add_sensors, check_sensors, letters_by_name, sensor_specs
from .values import ParameterValues

# The engine names its numbers by sensor ("GAIN:radar"); Processing has them by letter (GAIN_B).
NUMBERS = {"SCORE": "SCORE_{letter}", "SCORE_ALONE": "SCORE_{letter}_ALONE", "GAIN": "GAIN_{letter}"}


class Train(EngineAlgorithm):
    """Several sensors and labels in, a model file out."""

    engine_modules = environment.TRAIN_MODULES

    def __init__(self) -> None:
        super().__init__()
        self._letters: dict[str, str] = {}

    def name(self) -> str:
        """Part of the id ``colearn:train``."""
        return "train"

    def displayName(self) -> str:
        """Its name in the toolbox."""
        return tr("Train on several sensors")

    def tags(self) -> list[str]:
        """Words it is found by."""
        words = tr("learn,deep learning,neural network,classification,regression,sensor,modality,fusion,sentinel,radar")
        return words.split(",")

    def shortDescription(self) -> str:
        """One line."""
        return tr("Learns from images of several sensors and labels; the model then maps from any one sensor alone.")

    def shortHelpString(self) -> str:
        """The text beside the parameters."""
        return tr(
            "Learns from images of one place by several sensors, and from labels. Afterwards a map can be made from "
            "any one of the sensors alone (“Map from one sensor”).\n\n"
            "Give each sensor its rasters: they may differ in CRS, resolution and extent, and may be single images or "
            "time series. Give labels as points, polygons or a raster. Labels are split into training (60 %), "
            "validation (20 %) and test (20 %) by group, polygon or block in space; scores come from the test part, "
            "which the training never sees.\n\n"
            "Every sensor is also trained alone, with the same network and the same budget: the report shows both, so "
            "that you see what the other sensors brought."
        )

    def declare(self) -> None:
        """Sensors, labels, what to learn, how to train; the model and the report."""
        add_sensors(self)
        add_labels(self)
        self._declare_task()
        self._declare_training()
        add_sensor_details(self)
        self._declare_outputs()

    def _declare_task(self) -> None:
        self.add(
            definitions.choice("TASK", tr("Task"), TrainJob, "task"),
            tr(
                "auto: text or few whole numbers are classes, measured values are a regression, several fields of "
                "0 and 1 are several labels at a time."
            ),
        )
        self.add(
            definitions.number(
                "CONTEXT_M", tr("Context (metres; not set: automatic)"), TrainJob, "context_m", kind=DOUBLE, minimum=0
            ),
            tr(
                "The side of the square around a pixel that the network sees. 0: the pixel alone. Empty: 15 pixels of "
                "the finest image sensor."
            ),
        )
        self.add(
            definitions.choice("METHOD", tr("Method"), TrainJob, "method"),
            tr("mdico: the sensors learn together. alone: each for itself, for comparison."),
        )

    def _declare_training(self) -> None:
        self.add(
            definitions.choice("CLASS_WEIGHT", tr("Weight of the classes"), TrainJob, "class_weight"),
            tr("balanced: rare classes count as much as common ones. none: every sample counts the same."),
            advanced=True,
        )
        self.add(
            definitions.number("EPOCHS", tr("Epochs, at most"), TrainJob, "epochs", minimum=1),
            tr("How often the training samples are seen; it stops earlier when validation no longer improves."),
            advanced=True,
        )
        self.add(
            definitions.number("BATCH_SIZE", tr("Samples per step"), TrainJob, "batch_size", minimum=2),
            tr("Smaller needs less memory."),
            advanced=True,
        )
        self.add(
            definitions.number(
                "LEARNING_RATE", tr("Learning rate"), TrainJob, "learning_rate", kind=DOUBLE, minimum=1e-6, maximum=1
            ),
            tr("How far each step goes."),
            advanced=True,
        )
        self.add(
            definitions.number("MAX_SAMPLES", tr("Samples, at most"), TrainJob, "max_samples", minimum=10),
            tr("More samples take more time and memory; they are drawn fairly from classes and polygons."),
            advanced=True,
        )
        self.add(
            definitions.number("SEED", tr("Seed"), TrainJob, "seed", minimum=0, maximum=2**31 - 1),
            tr("All randomness comes from this number: the same seed gives the same split."),
            advanced=True,
        )
        self.add(
            definitions.choice("DEVICE", tr("Device"), TrainJob, "device"),
            tr("auto: the graphics card if there is one that works, else the processor."),
            advanced=True,
        )

    def _declare_outputs(self) -> None:
        self.add(
            definitions.output_file("OUTPUT_MODEL", tr("Model"), definitions.model_filter()),
            tr("The model file: everything needed to map from any of the sensors."),
        )
        self.add(
            definitions.output_file("OUTPUT_REPORT", tr("Report"), "HTML (*.html)", optional=True),
            tr("Scores of every sensor, trained together and alone, with their uncertainty."),
        )
        for letter in LETTERS:
            self.add_number_output(f"SCORE_{letter}", tr("Score of sensor {letter}").format(letter=letter))
            self.add_number_output(f"SCORE_{letter}_ALONE", tr("Score of sensor {letter} alone").format(letter=letter))
            self.add_number_output(f"GAIN_{letter}", tr("Gain of sensor {letter}").format(letter=letter))
        self.add_number_output("TEST_SAMPLES", tr("Test samples"))

    def check(self, values: ParameterValues) -> None:
        """Sensors and labels."""
        check_sensors(values)
        check_labels(values)

    def build_job(self, values: ParameterValues) -> TrainJob:
        """The training job."""
        self._letters = letters_by_name(values)
        return TrainJob(
            sensors=sensor_specs(values),
            labels=read_labels(values),
            output_model=values.output_file("OUTPUT_MODEL") or "",
            output_report=values.output_file("OUTPUT_REPORT"),
            task=values.choice("TASK", Task),
            context_m=values.number("CONTEXT_M") if values.is_given("CONTEXT_M") else None,
            class_weight=values.choice("CLASS_WEIGHT", ClassWeight),
            method=values.choice("METHOD", Method),
            epochs=values.integer("EPOCHS"),
            batch_size=values.integer("BATCH_SIZE"),
            learning_rate=values.number("LEARNING_RATE"),
            max_samples=values.integer("MAX_SAMPLES"),
            seed=values.integer("SEED"),
            device=values.choice("DEVICE", Device),
        )

    def number_name(self, name: str) -> Optional[str]:
        """``GAIN:radar`` as ``GAIN_B``."""
        kind, colon, sensor = name.partition(":")
        if not colon:
            return name
        letter = self._letters.get(sensor)
        return NUMBERS[kind].format(letter=letter) if letter and kind in NUMBERS else None
