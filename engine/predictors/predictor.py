"""The common protocol of predictors, by which methods are compared, selected, scored and exported.

A new kind of model is a class with these members and the place that fits it (``experiment/methods.py``): scores,
calibration, the report, the model file and its 8-bit graph need nothing else.
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
    """A model fitted on training samples that predicts from one sensor, or from several at once."""

    @property
    def sensors(self) -> tuple[str, ...]:
        """Names of the sensors it uses."""

    def predict(self, samples: SampleSet, calibrated: bool = True) -> Floats:
        """Probabilities, or values in the target's unit (sample, output) float32; NaN if no sensor covers the sample.

        Args:
            samples: with these sensors, and possibly others.
            calibrated: whether to apply the calibration, if there is one.
        """

    def describe(self) -> str:
        """Its name in logs and reports: ``network``, ``forest``."""


class SensorPredictor(Predictor, Protocol):
    """A predictor of one sensor that a model file can hold."""

    def predict_both(self, samples: SampleSet) -> tuple[Floats, Floats]:
        """As :meth:`predict`: the predictions before calibration, and those after it."""

    @property
    def population(self) -> Population:
        """The population to which its calibrated probabilities refer, and the decision rule."""

    @property
    def unit(self) -> Floats:
        """(output,) the unit of differences of its scores: a target's standard deviation, otherwise 1."""

    @property
    def statistics(self) -> Statistics:
        """Statistics of the sensor's bands over its training samples."""

    @property
    def networks(self) -> tuple[TrainedNetwork, ...]:
        """Its networks, whose weights and histories are kept; none, one or several."""

    @property
    def gains_from_int8(self) -> bool:
        """Whether an 8-bit graph of it is worth having."""

    def calibrated(self, samples: SampleSet, raw: Floats | None = None) -> SensorPredictor:
        """A copy with probabilities calibrated on (validation) samples; regression values are unchanged.

        Args:
            raw: predictions (sample, output) for them before calibration, if known: its own, or those of an equivalent.
        """

    def to_onnx(self, class_codes: Sequence[int], nodata: float) -> bytes:
        """The graph that maps from the sensor, checked against the predictor on samples.

        Raises:
            ModelError: the graph's predictions differ from the predictor's.
        """


Fit = Callable[[TrainingData, Split, Settings], Mapping[str, SensorPredictor]]
"""Creates the predictors of a method, by sensor: fitted on the training part, epochs chosen on the validation part."""
