"""Networks as predictors, of one sensor or all at once, and the calibration of their probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..arrays import Doubles, Floats
from ..export import export_graph, gains_from_int8
from ..learning.fit import TrainedNetwork
from ..learning.metrics import Calibration, fit_calibration
from ..learning.standardization import Statistics
from ..learning.tasks import Population, logits_of
from ..samples import SampleSet


@dataclass(frozen=True)
class NetworkPredictor:
    """A trained network as the predictor of the sensor ``name``, one of those it was trained on."""

    network: TrainedNetwork
    name: str

    @property
    def sensors(self) -> tuple[str, ...]:
        """Only the sensor."""
        return (self.name,)

    @property
    def population(self) -> Population:
        """That of the network."""
        return self.network.population

    @property
    def unit(self) -> Floats:
        """The targets' standard deviations; 1 for probabilities."""
        return self.network.target_sd

    @property
    def statistics(self) -> Statistics:
        """Statistics of the sensor's bands."""
        return self.network.sensor(self.name).statistics

    @property
    def probe(self) -> Floats:
        """Raw values of a few samples, on which an exported graph is checked."""
        return self.network.sensor(self.name).probe

    @property
    def networks(self) -> tuple[TrainedNetwork, ...]:
        """The network."""
        return (self.network,)

    @property
    def gains_from_int8(self) -> bool:
        """Whether it is a convolutional network."""
        return gains_from_int8(self.network.predictor(self.name).path)

    def predict(self, samples: SampleSet, calibrated: bool = True) -> Floats:
        """As :meth:`.predictor.Predictor.predict`."""
        at = [sensor.name for sensor in samples.sensors].index(self.name)
        seen = samples.present[:, at]
        whole = np.full((len(samples), len(self.network.target_mean)), np.nan, np.float32)
        whole[seen] = self.network.predict(self.name, samples.sensors[at].values[seen], calibrated)
        return whole

    def predict_both(self, samples: SampleSet) -> tuple[Floats, Floats]:
        """As :meth:`.predictor.SensorPredictor.predict_both`."""
        return self.predict(samples, calibrated=False), self.predict(samples)

    def calibrated(self, samples: SampleSet, raw: Floats | None = None) -> NetworkPredictor:
        """A copy with calibrated logits of this sensor."""
        if not self.network.task.has_probabilities:
            return self
        shift = self.network.sensor(self.name).bias
        raw = self.predict(samples, calibrated=False) if raw is None else raw
        fitted = calibration_of(raw, samples, shift, self.population)
        return replace(self, network=self.network.calibrated(self.name, fitted.temperature, fitted.bias))

    def to_onnx(self, class_codes: Sequence[int], nodata: float) -> bytes:
        """As :func:`..export.graph.export_graph`."""
        return export_graph(self.network, self.name, class_codes, nodata)

    def describe(self) -> str:
        """A network."""
        return "network"


@dataclass(frozen=True)
class FusedPredictor:
    """A trained network with one head that uses all its sensors at once: a reference, not for maps."""

    network: TrainedNetwork

    @property
    def sensors(self) -> tuple[str, ...]:
        """All sensors it was trained on."""
        return tuple(sensor.name for sensor in self.network.sensors)

    def predict(self, samples: SampleSet, calibrated: bool = True) -> Floats:
        """As :meth:`.predictor.Predictor.predict`, for samples with the layout of the training samples."""
        return self.network.fuse(samples, calibrated)

    def calibrated(self, samples: SampleSet) -> FusedPredictor:
        """A copy with probabilities calibrated on (validation) samples; regression values are unchanged."""
        if not self.network.task.has_probabilities:
            return self
        raw = self.predict(samples, calibrated=False)
        fitted = calibration_of(raw, samples, self.network.fused_bias, self.network.population)
        return FusedPredictor(self.network.calibrated_fused(fitted.temperature, fitted.bias))

    def describe(self) -> str:
        """A network."""
        return "network"


def calibration_of(raw: Floats, samples: SampleSet, shift: Doubles | None, population: Population) -> Calibration:
    """The calibration of raw probabilities (sample, output), NaN if missing, on validation samples.

    Args:
        shift: (output,) the prior shift of their logits to the population; None: no shift.
    """
    seen = np.isfinite(raw).all(axis=1)
    return fit_calibration(
        samples.task,
        logits_of(samples.task, raw[seen]),
        samples.target[seen],
        shift=shift,
        population=population,
        groups=samples.groups[seen],
    )
