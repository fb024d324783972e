"""Forests as predictors of one sensor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..arrays import Floats
from ..export import Probe, export_predictor
from ..learning.fit import TrainedNetwork
from ..learning.standardization import Statistics
from ..learning.tasks import Population
from ..samples import SampleSet
from ..trees import TrainedForest


@dataclass(frozen=True)
class ForestPredictor:
    """A trained forest as the predictor of the sensor ``name``.

    ``probe`` holds raw values of a few samples, on which an exported graph is checked; ``unit`` (output,) is a target's
    standard deviation, else 1.
    """

    forest: TrainedForest
    name: str
    probe: Floats
    unit: Floats

    @property
    def sensors(self) -> tuple[str, ...]:
        """Only the sensor."""
        return (self.name,)

    @property
    def population(self) -> Population:
        """That of the forest."""
        return self.forest.population

    @property
    def statistics(self) -> Statistics:
        """Statistics of the sensor's bands."""
        return self.forest.features.statistics

    @property
    def networks(self) -> tuple[TrainedNetwork, ...]:
        """None."""
        return ()

    @property
    def gains_from_int8(self) -> bool:
        """Never: trees have no multiplications."""
        return False

    def predict(self, samples: SampleSet, calibrated: bool = True) -> Floats:
        """As :meth:`.predictor.Predictor.predict`; the only calibration is that for the population."""
        at = [sensor.name for sensor in samples.sensors].index(self.name)
        seen = samples.present[:, at]
        whole = np.full((len(samples), len(self.unit)), np.nan, np.float32)
        if seen.any():
            whole[seen] = self.forest.predict(samples.sensors[at].values[seen])
        return whole

    def predict_both(self, samples: SampleSet) -> tuple[Floats, Floats]:
        """Twice the same."""
        found = self.predict(samples)
        return found, found

    def calibrated(self, samples: SampleSet, raw: Floats | None = None) -> ForestPredictor:
        """Unchanged: leaves hold proportions of samples, which need no temperature."""
        return self

    def to_onnx(self, class_codes: Sequence[int], nodata: float) -> bytes:
        """As :func:`..export.graph.export_predictor`."""
        probe = Probe(self.name, self.probe, self.unit)
        return export_predictor(self.forest.predictor(), probe, class_codes, nodata)

    def describe(self) -> str:
        """A forest."""
        return "forest"
