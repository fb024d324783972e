"""The loss of accuracy if one graph of a sensor replaces another: agreement and scores on samples of one part."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...arrays import Floats, Indices
from ...contract import Manifest, Optimize, QuantizedTest, SensorManifest
from ...inference import Session
from ...learning.metrics import Fold, bootstrap
from ...learning.tasks import agreement
from ...mapping import score_samples
from ...predictors import SensorPredictor
from .. import Scorer, TrainingRecord

SUBSTITUTE, OTHER = "substitute", "other"
_HOLED = 20  # samples tested with nodata in them


@dataclass(frozen=True)
class GraphCost:
    """The samples of one sensor, from the first run, on which its graphs are compared."""

    record: TrainingRecord
    manifest: Manifest
    at: int

    @property
    def sensor(self) -> SensorManifest:
        """The sensor."""
        return self.manifest.sensors[self.at]

    @property
    def shipped(self) -> SensorPredictor:
        """The shipped predictor of the sensor, whose decision rule and unit apply to every graph."""
        return self.record.results.first.shipped(self.sensor.name)

    def values(self, part: Indices) -> Floats:
        """Raw values of the samples of a part that the sensor covers."""
        values: Floats = self.record.samples.sensors[self.at].values[self.covered(part)]
        return values

    def covered(self, part: Indices) -> Indices:
        """The samples at ``part`` that the sensor covers."""
        covered: Indices = part[self.record.samples.present[part, self.at]]
        return covered

    def same_nodata(self, one: bytes, other: bytes) -> bool:
        """Whether both graphs treat the same pixels as nodata, tested on training samples with gaps."""
        values = self.values(self.record.plan.first.train)[:_HOLED].copy()
        values[::2, 0] = np.nan  # a band, or a date
        values[1::4] = np.nan
        first, second = (self.scores(graph, values) for graph in (one, other))
        return np.array_equal(np.isnan(first), np.isnan(second))

    def of(self, substitute: bytes, other: bytes, part: Indices) -> QuantizedTest | None:
        """The loss of accuracy of the substitute on the samples of a part; None if the sensor covers none of them."""
        rows = self.covered(part)
        if not len(rows):
            return None
        samples, manifest, predictor = self.record.samples, self.manifest, self.shipped
        values = samples.sensors[self.at].values[rows]
        predictions = {SUBSTITUTE: self.scores(substitute, values), OTHER: self.scores(other, values)}
        paired = bootstrap(
            manifest.task,
            [Fold(manifest.seed, samples.target[rows], samples.groups[rows], predictions)],
            seed=manifest.seed,
            population=predictor.population,
        )
        main = Scorer(manifest.task, Optimize(manifest.optimize), manifest.seed).main
        return QuantizedTest(
            agreement=agreement(
                manifest.task, predictions[SUBSTITUTE], predictions[OTHER], predictor.unit, predictor.population
            ),
            score=paired.scores(SUBSTITUTE)[main],
            change=paired.difference(SUBSTITUTE, OTHER)[main],
            samples=len(rows),
        )

    def scores(self, graph: bytes, values: Floats) -> Floats:
        """A graph's predictions (sample, output) for raw values."""
        if graph not in self._sessions:
            self._sessions[graph] = Session(graph, threads=0)
        return score_samples(self._sessions[graph], self.sensor, values)

    @cached_property
    def _sessions(self) -> dict[bytes, Session]:
        """A session of each graph compared: opening one of an average takes as long as some thousand predictions."""
        return {}
