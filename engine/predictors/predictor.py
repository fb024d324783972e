"""What predicts, whatever it is made of: the one shape in which methods are compared, chosen, scored and exported.

A new kind of model is a class with these members and the place that fits it (``experiment/methods.py``): scores,
calibration, the report, the model file and its 8-bit graph ask for nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from ..arrays import Floats
from ..learning.fit import Settings, TrainedNetwork, TrainingData
from ..learning.standardization import Statistics
from ..learning.tasks import Population
from ..samples import SampleSet, Split


class Predictor(Protocol):
    """What was fitted on training samples and predicts from one sensor, or from several at once."""

    @property
    def sensors(self) -> tuple[str, ...]:
        """Names of the sensors it reads."""

    def predict(self, samples: SampleSet, calibrated: bool = True) -> Floats:
        """Probabilities, or values in the target's unit (sample, output) float32; NaN where none of its sensors sees.

        Args:
            samples: which have these sensors, and may have others.
            calibrated: whether probabilities are, where there is a calibration.
        """

    def describe(self) -> str:
        """What it is, as logs and reports call it: ``network``, ``forest``."""


class SensorPredictor(Predictor, Protocol):
    """A predictor of one sensor that a model file can hold."""

    @property
    def population(self) -> Population:
        """What its calibrated probabilities are true of, and how a class is decided."""

    @property
    def unit(self) -> Floats:
        """(output,) what differences of its scores are measured in: a target's standard deviation, else 1."""

    @property
    def statistics(self) -> Statistics:
        """Of the sensor's bands over its training samples."""

    @property
    def networks(self) -> tuple[TrainedNetwork, ...]:
        """The networks it consists of, whose weights and histories are kept; none, one or several."""

    @property
    def gains_from_int8(self) -> bool:
        """Whether an 8-bit graph of it is worth having."""

    def calibrated(self, samples: SampleSet) -> SensorPredictor:
        """The same with probabilities calibrated on (validation) samples; values of a regression stay."""

    def to_onnx(self, class_codes: Sequence[int], nodata: float) -> bytes:
        """The graph that maps from the sensor, checked against the predictor on samples.

        Raises:
            ModelError: the graph does not predict what the predictor predicts.
        """


Fit = Callable[[TrainingData, Split, Settings], Mapping[str, SensorPredictor]]
"""How a method makes predictors, by sensor: fitted on the training part, epochs chosen on the validation part."""
