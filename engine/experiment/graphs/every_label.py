"""The graphs of predictors refitted on all labels, which replace those that were measured."""

from __future__ import annotations

from dataclasses import replace

from ...contract import Manifest, SensorManifest, kinds_of_average, thousands
from ...process import Reporter
from .. import TrainingRecord
from .quantization import Graphs, Quantizing


def with_every_label(record: TrainingRecord, measured: Graphs, reporter: Reporter) -> Graphs:
    """The same graphs, with averages and copies replaced by those refitted on all labels; these must not be scored."""
    manifest, entries, sensors = measured.manifest, dict(measured.entries), []
    for at, sensor in enumerate(manifest.sensors):
        predictor = record.results.refitted.get(sensor.name)
        if predictor is not None:
            entries[sensor.graph] = predictor.to_onnx(manifest.class_codes, manifest.nodata)
        sensors.append(_copied(record, Graphs(manifest, entries), at, entries, reporter))
    manifest = replace(manifest, sensors=tuple(sensors))
    if record.results.refitted:
        reporter.info("refit", refit_text(manifest))
    return Graphs(manifest, entries)


def _copied(
    record: TrainingRecord, graphs: Graphs, at: int, entries: dict[str, bytes], reporter: Reporter
) -> SensorManifest:
    """The manifest entry of a sensor whose copy, and its 8-bit graph, are replaced by those of all labels."""
    manifest, sensor = graphs.manifest, graphs.manifest.sensors[at]
    copy = record.results.copies_refitted.get(sensor.name)
    if copy is None or sensor.fast is None:
        return sensor
    graph = copy.to_onnx(manifest.class_codes, manifest.nodata)
    entries[sensor.fast.graph] = graph
    quantized = sensor.quantized
    if quantized is not None:
        entry = quantized.graph
        quantized, int8 = Quantizing(record, manifest, at).again(quantized, graph, reporter)
        entries[entry] = int8
        if quantized is None:
            del entries[entry]
    return replace(sensor, fast=replace(sensor.fast, refit=True), quantized=quantized)


def refit_text(manifest: Manifest) -> str:
    """The message that the model file contains other predictors than those that were scored."""
    what = kinds_of_average(bool(manifest.samples.networks_refit))
    copies = any(sensor.fast and sensor.fast.refit for sensor in manifest.sensors)
    then = " The fast copies were then trained further on the predictions of the retrained averages." if copies else ""
    return (
        f"After scoring, the {what} in the model file were retrained on all {thousands(manifest.samples.refit)} "
        f"samples.{then} Scores and intervals refer to those trained on the training part."
    )
