"""The average of networks and forests of one sensor, as one predictor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from ..arrays import Doubles, Floats
from ..contract import SampleShape, Task
from ..export import Probe, export_predictor
from ..learning.fit import TrainedNetwork, predict_with
from ..learning.standardization import Statistics
from ..learning.tasks import Population
from ..process import counted
from ..samples import SampleSet
from ..trees import PredictionAverage, SharesToScores
from .forest_predictor import ForestPredictor
from .network_predictor import NetworkPredictor, calibration_of

# Fixed: weights chosen on validation samples would fit noise (docs/research.md).
WEIGHT_OF_NETWORKS, WEIGHT_OF_FORESTS = 0.5, 0.5


@dataclass(frozen=True)
class AveragePredictor:
    """Half the mean of the networks plus half the mean of the forests, each calibrated; the average is calibrated too.

    Without networks it is the mean of the forests, without forests that of the networks.

    ``temperature`` and ``bias`` (output,) calibrate the average; None if it is not calibrated.
    """

    of_networks: tuple[NetworkPredictor, ...]
    of_forests: tuple[ForestPredictor, ...]
    temperature: Doubles | None = None
    bias: Doubles | None = None

    @property
    def sensors(self) -> tuple[str, ...]:
        """The sensor of all members."""
        return self._first.sensors

    @property
    def population(self) -> Population:
        """That of the members."""
        return self._first.population

    @property
    def unit(self) -> Floats:
        """The targets' standard deviations; 1 for probabilities."""
        return self._first.unit

    @property
    def statistics(self) -> Statistics:
        """Statistics of the sensor's bands."""
        return self._first.statistics

    @property
    def networks(self) -> tuple[TrainedNetwork, ...]:
        """The networks of all members."""
        return tuple(network for member in self.of_networks for network in member.networks)

    @property
    def gains_from_int8(self) -> bool:
        """Not with trees, which remain fp32 and take most of the time (docs/benchmarks.md)."""
        return not self.of_forests and all(member.gains_from_int8 for member in self.of_networks)

    def predict(self, samples: SampleSet, calibrated: bool = True) -> Floats:
        """As :meth:`.predictor.Predictor.predict`; its members are always calibrated."""
        before, after = self.predict_both(samples)
        return after if calibrated else before

    def predict_both(self, samples: SampleSet) -> tuple[Floats, Floats]:
        """As :meth:`.predictor.SensorPredictor.predict_both`; the members predict once."""
        at = [sensor.name for sensor in samples.sensors].index(self.sensors[0])
        seen = samples.present[:, at]
        before, after = (np.full((len(samples), len(self.unit)), np.nan, np.float32) for _ in range(2))
        if seen.any():
            both = predict_with(_Both(self._module()), samples.sensors[at].values[seen])
            before[seen], after[seen] = np.split(both, 2, axis=1)
        return before, after

    def calibrated(self, samples: SampleSet, raw: Floats | None = None) -> AveragePredictor:
        """A copy with calibrated averages: a mean of confident probabilities is underconfident.

        ``raw`` may be of equivalent averages; NaN: no prediction.
        """
        if not self._task.has_probabilities:
            return self
        raw = self.predict(samples, calibrated=False) if raw is None else raw
        fitted = calibration_of(raw, samples, None, self.population)
        return replace(self, temperature=fitted.temperature, bias=fitted.bias)

    def to_onnx(self, class_codes: Sequence[int], nodata: float) -> bytes:
        """As :func:`..export.graph.export_predictor`."""
        name = self.sensors[0]
        probe = Probe(name, self._first.probe, np.asarray(self.unit, np.float32))
        return export_predictor(self._module(), probe, class_codes, nodata)

    def describe(self) -> str:
        """The number of members of each kind."""
        kinds = ((self.of_networks, "network"), (self.of_forests, "forest"))
        return f"average of {' and '.join(counted(members, kind) for members, kind in kinds if members)}"

    @property
    def _first(self) -> NetworkPredictor | ForestPredictor:
        return self.of_networks[0] if self.of_networks else self.of_forests[0]

    @property
    def _task(self) -> Task:
        first = self._first
        return first.forest.task if isinstance(first, ForestPredictor) else first.network.task

    def _module(self) -> PredictionAverage:
        outputs = len(self.unit)
        scale, offset = np.ones(outputs), np.zeros(outputs)
        if self.temperature is not None and self.bias is not None:
            scale, offset = 1 / self.temperature, self.bias
        return PredictionAverage(
            [
                *(member.network.predictor(member.name) for member in self.of_networks),
                *(member.forest.predictor() for member in self.of_forests),
            ],
            (*_shared(WEIGHT_OF_NETWORKS, self.of_networks), *_shared(WEIGHT_OF_FORESTS, self.of_forests)),
            SharesToScores(self._task, scale, offset, self.population.decision),
        ).eval()


@dataclass(frozen=True)
class _Both:
    """An average that answers with its predictions before, then after its own calibration (sample, 2 · output)."""

    average: PredictionAverage

    @property
    def shape(self) -> SampleShape:
        """That of the average."""
        return self.average.shape

    def __call__(self, samples: torch.Tensor) -> torch.Tensor:
        mean = self.average.mean(samples)
        return torch.cat([mean, self.average.calibrated(mean)], dim=1)


def _shared(weight: float, members: Sequence[object]) -> tuple[float, ...]:
    return (weight / max(len(members), 1),) * len(members)
