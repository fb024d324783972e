"""The faster graphs of a training: copies of averages as one network, and 8-bit networks.

Each is kept if it is sane, and chosen by validation samples; what it costs on the test part is logged as well, and
nothing is chosen by it.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from ...contract import FastCopy, Manifest, Quantized, QuantizedTest
from ...export import quantize_graph
from ...inference import AVERAGE, cost_text
from ...predictors import SensorPredictor
from ...process import Reporter
from .. import TrainingRecord
from .graph_cost import GraphCost

SANE_AGREEMENT = 0.9  # with less agreement a graph is broken, not merely rounded
NO_GRAPH = (None, b"")
_ROOM = 10  # temporary disk space of quantizing, relative to the graph's size; a training must not fail for it


@dataclass(frozen=True)
class Graphs:
    """A manifest, and its graphs by their entries in the model file."""

    manifest: Manifest
    entries: Mapping[str, bytes]


def with_fast_copies(record: TrainingRecord, exported: Graphs, reporter: Reporter) -> Graphs:
    """The same graphs and, for every sensor with a fast copy, the copy's; their loss of accuracy is logged."""
    entries, sensors, manifest = dict(exported.entries), [], exported.manifest
    for at, sensor in enumerate(manifest.sensors):
        copy = record.results.copies.get(sensor.name)
        described, graph = None, b""
        if copy is not None:
            graph = copy.to_onnx(manifest.class_codes, manifest.nodata)
            described = _copied(GraphCost(record, manifest, at), entries[sensor.graph], graph, reporter)
        sensors.append(replace(sensor, fast=described))
        if described:
            entries[described.graph] = graph
    return Graphs(replace(manifest, sensors=tuple(sensors)), entries)


def _copied(cost: GraphCost, average: bytes, copy: bytes, reporter: Reporter) -> FastCopy | None:
    """The manifest entry of a copy; None if there are no samples to measure it on, with the reason in the log."""
    sensor, split = cost.sensor, cost.record.plan.first
    found = cost.of(copy, average, split.validation)
    if found is None or not cost.same_nodata(average, copy):
        why = "no validation sample covers the sensor" if found is None else "it treated different pixels as nodata"
        reporter.warning("fast_copy", f"{sensor.name}: no fast copy, because {why}.")
        return None
    fast = FastCopy(
        sensor.graph.removesuffix(".onnx") + ".fast.onnx",
        **_fields(found),
        part="validation",
        tested=cost.of(copy, average, split.test),
    )
    used = "used unless QUALITY=best" if fast.costs_nothing else "used only with QUALITY=fast"
    text = cost_text(fast, sensor.score.metric, AVERAGE)
    reporter.info(
        "fast_copy", f"{sensor.name}: the model file contains a fast copy (a single network), {used}: {text}."
    )
    return fast


def with_int8(record: TrainingRecord, exported: Graphs, reporter: Reporter) -> Graphs:
    """The same graphs and, for every sensor that benefits, an 8-bit one; their loss of accuracy is logged.

    For an average it is the copy's, because its trees, which take most of the time, do not change in 8 bits.
    """
    entries, sensors = dict(exported.entries), []
    for at, sensor in enumerate(exported.manifest.sensors):
        fp32 = entries[sensor.fast.graph if sensor.fast else sensor.graph]
        described, graph = Quantizing(record, exported.manifest, at).graph(fp32, reporter)
        sensors.append(replace(sensor, quantized=described))
        if described:
            entries[described.graph] = graph
    return Graphs(replace(exported.manifest, sensors=tuple(sensors)), entries)


class Quantizing:
    """One sensor's 8-bit graph, of the first run's network: chosen on the validation part, tested on the test part."""

    def __init__(self, record: TrainingRecord, manifest: Manifest, at: int) -> None:
        self._cost = GraphCost(record, manifest, at)
        self._sensor = manifest.sensors[at]
        self._split = record.plan.first
        copy = record.results.copies.get(self._sensor.name) if self._sensor.fast else None
        self._predictor: SensorPredictor = copy or self._cost.shipped

    def graph(self, fp32: bytes, reporter: Reporter) -> tuple[Quantized | None, bytes]:
        """The manifest entry of the graph, and its bytes; NO_GRAPH if there is none, with the reason in the log."""
        name = self._sensor.name
        if not self._predictor.gains_from_int8:
            reporter.info("int8", f"{name}: no int8 graph, because {self._no_gain()}.")
            return NO_GRAPH
        if not len(self._cost.covered(self._split.validation)):
            reporter.info("int8", f"{name}: no int8 graph, because no validation sample covers the sensor.")
            return NO_GRAPH
        if shutil.disk_usage(tempfile.gettempdir()).free < len(fp32) * _ROOM:
            full = f"{name}: no int8 graph, because {tempfile.gettempdir()} is full; maps take longer."
            reporter.warning("int8", f"{full} To get one, free some space or set TMPDIR, and train again.")
            return NO_GRAPH
        int8 = quantize_graph(fp32, self._sensor.shape, self._cost.values(self._split.train))
        if not self._cost.same_nodata(fp32, int8):
            reporter.warning("int8", f"{name}: no int8 graph, because it treated different pixels as nodata.")
            return NO_GRAPH
        measured = self._measured(fp32, int8)
        if measured is None or not measured.agreement >= SANE_AGREEMENT:
            cost = cost_text(measured, self._sensor.score.metric) if measured else "no samples to measure it on"
            reporter.warning("int8", f"{name}: no int8 graph: {cost}.")
            return NO_GRAPH
        reporter.info("int8", self._message(measured))
        return measured, int8

    def again(self, known: Quantized, fp32: bytes, reporter: Reporter) -> tuple[Quantized | None, bytes]:
        """The same for the network refitted on all labels; the lower of both agreements is stored.

        Agreement needs no labels, and so may be measured for this network, as scores may not.
        """
        int8 = quantize_graph(fp32, self._sensor.shape, self._cost.values(self._split.train))
        found = self._cost.of(int8, fp32, self._split.validation)
        if found is None or not self._cost.same_nodata(fp32, int8) or not found.agreement >= SANE_AGREEMENT:
            reporter.warning(
                "int8", f"{self._sensor.name}: no int8 graph: that of the network of all labels differs from fp32."
            )
            return NO_GRAPH
        return replace(known, agreement=min(known.agreement, found.agreement)), int8

    def _no_gain(self) -> str:
        if self._predictor.networks and len(self._predictor.networks) == 1:
            return "attention over dates is not faster in int8"
        return "forests remain in 32 bits and take most of the time"

    def _measured(self, fp32: bytes, int8: bytes) -> Quantized | None:
        found = self._cost.of(int8, fp32, self._split.validation)
        if found is None:
            return None
        return Quantized(
            self._sensor.graph.removesuffix(".onnx") + ".int8.onnx",
            **_fields(found),
            part="validation",
            tested=self._cost.of(int8, fp32, self._split.test),
        )

    def _message(self, measured: Quantized) -> str:
        cost = cost_text(measured, self._sensor.score.metric)
        used = "used on CPUs with fast int8 instructions" if measured.costs_nothing else "used only on request"
        of = ", of the fast copy" if self._sensor.fast else ""
        return f"{self._sensor.name}: the model file also contains an int8 graph{of}, {used}: {cost}."


def _fields(found: QuantizedTest) -> dict[str, Any]:
    return {each.name: getattr(found, each.name) for each in fields(found)}
