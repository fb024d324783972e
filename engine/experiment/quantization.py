"""The 8-bit graphs of a training: made where they are worth having, kept if sane, chosen on validation samples.

What they cost on the test part is logged as well; nothing is chosen by it.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from ..arrays import Floats, Indices
from ..contract import Manifest, Optimize, Quantized, QuantizedTest, SensorManifest
from ..export import quantize_graph
from ..inference import Session, cost_text
from ..learning.metrics import Fold, agreement, bootstrap
from ..mapping import score_samples
from ..predictors import SensorPredictor
from ..process import Reporter
from .describe import TrainingRecord
from .scoring import Scorer

SANE_AGREEMENT = 0.9  # a graph that agrees less is broken, not merely rounded
NO_GRAPH = (None, b"")
INT8, FP32 = "int8", "fp32"
_ROOM = 10  # times the graph's size: what quantizing needs for temporary files; a training must not be lost for it
_HOLED = 20  # samples that are looked at with nodata in them


@dataclass(frozen=True)
class Graphs:
    """A manifest, and the graphs it names by their entries in the model file."""

    manifest: Manifest
    entries: Mapping[str, bytes]


def with_int8(record: TrainingRecord, exported: Graphs, reporter: Reporter) -> Graphs:
    """The same graphs and, for every sensor that gains from it, one in 8-bit numbers; what they cost is logged."""
    entries, sensors = dict(exported.entries), []
    for at, sensor in enumerate(exported.manifest.sensors):
        described, graph = _Quantizing(record, exported.manifest, at).graph(entries[sensor.graph], reporter)
        sensors.append(replace(sensor, quantized=described))
        if described:
            entries[described.graph] = graph
    return Graphs(replace(exported.manifest, sensors=tuple(sensors)), entries)


class _Quantizing:
    """One sensor's 8-bit graph, of the first run's network: chosen on the validation part, tested on the test part."""

    def __init__(self, record: TrainingRecord, manifest: Manifest, at: int) -> None:
        self._record, self._manifest, self._at = record, manifest, at
        self._sensor: SensorManifest = manifest.sensors[at]

    def graph(self, fp32: bytes, reporter: Reporter) -> tuple[Quantized | None, bytes]:
        """What the manifest says of the graph, and its bytes; NO_GRAPH where there is none, and the log says why."""
        name = self._sensor.name
        if not self._predictor().gains_from_int8:
            reporter.info("int8", f"{name}: no int8 graph, since a network that attends to dates gains nothing by it.")
            return NO_GRAPH
        judged = self._covered(self._record.plan.first.validation)
        if not len(judged):
            reporter.info("int8", f"{name}: no int8 graph, since there is no validation sample to measure it on.")
            return NO_GRAPH
        if shutil.disk_usage(tempfile.gettempdir()).free < len(fp32) * _ROOM:
            full = f"{name}: no int8 graph, since {tempfile.gettempdir()} is full, so that maps take longer."
            reporter.warning("int8", f"{full} To have one, free some space or set TMPDIR, and train again.")
            return NO_GRAPH
        int8 = quantize_graph(fp32, self._sensor.shape, self._training_values())
        if not self._same_nodata(fp32, int8):
            reporter.warning("int8", f"{name}: no int8 graph, since it took other pixels for nodata.")
            return NO_GRAPH
        measured = self._measured(fp32, int8, judged)
        if not measured.agreement >= SANE_AGREEMENT:
            reporter.warning("int8", f"{name}: no int8 graph: {cost_text(measured, self._sensor.score.metric)}.")
            return NO_GRAPH
        reporter.info("int8", self._message(measured))
        return measured, int8

    def _predictor(self) -> SensorPredictor:
        return self._record.results.first.shipped(self._sensor.name)

    def _training_values(self) -> Floats:
        """Raw values of the samples the network was trained on; validation and test samples are not among them."""
        samples, train = self._record.samples, self._record.plan.first.train
        values: Floats = samples.sensors[self._at].values[self._covered(train)]
        return values

    def _covered(self, part: Indices) -> Indices:
        """Those of the samples at ``part`` that the sensor covers."""
        covered: Indices = part[self._record.samples.present[part, self._at]]
        return covered

    def _same_nodata(self, fp32: bytes, int8: bytes) -> bool:
        values = self._training_values()[:_HOLED].copy()
        values[::2, 0] = np.nan  # a band, or a date
        values[1::4] = np.nan
        one, other = (self._scores(graph, values) for graph in (fp32, int8))
        return np.array_equal(np.isnan(one), np.isnan(other))

    def _measured(self, fp32: bytes, int8: bytes, judged: Indices) -> Quantized:
        validation = self._cost(fp32, int8, judged)
        test = self._covered(self._record.plan.first.test)
        return Quantized(
            graph=self._sensor.graph.removesuffix(".onnx") + ".int8.onnx",
            agreement=validation.agreement,
            score=validation.score,
            change=validation.change,
            samples=validation.samples,
            part="validation",
            tested=self._cost(fp32, int8, test) if len(test) else None,
        )

    def _cost(self, fp32: bytes, int8: bytes, rows: Indices) -> QuantizedTest:
        """What int8 costs on the samples at ``rows``, of which there are some."""
        samples, manifest, predictor = self._record.samples, self._manifest, self._predictor()
        values = samples.sensors[self._at].values[rows]
        predictions = {INT8: self._scores(int8, values), FP32: self._scores(fp32, values)}
        paired = bootstrap(
            manifest.task,
            [Fold(manifest.seed, samples.target[rows], samples.groups[rows], predictions)],
            seed=manifest.seed,
            population=predictor.population,
        )
        main = Scorer(manifest.task, Optimize(manifest.optimize), manifest.seed).main
        return QuantizedTest(
            agreement=agreement(
                manifest.task, predictions[INT8], predictions[FP32], predictor.unit, predictor.population
            ),
            score=paired.scores(INT8)[main],
            change=paired.difference(INT8, FP32)[main],
            samples=len(rows),
        )

    def _scores(self, graph: bytes, values: Floats) -> Floats:
        return score_samples(Session(graph, threads=0), self._sensor, values)

    def _message(self, measured: Quantized) -> str:
        cost = cost_text(measured, self._sensor.score.metric)
        used = "used where the processor is quick at it" if measured.costs_nothing else "used only where asked for"
        return f"{self._sensor.name}: the model file holds an int8 graph as well, {used}: {cost}."
