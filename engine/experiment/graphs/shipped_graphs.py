"""All graphs of a model file: the best one of each sensor, and the additional ones."""

from __future__ import annotations

from ...contract import Manifest
from ...process import Reporter
from .. import TrainingRecord
from .every_label import with_every_label
from .importances import with_importance
from .quantization import Graphs, with_fast_copies, with_int8


def model_graphs(record: TrainingRecord, manifest: Manifest, reporter: Reporter) -> Graphs:
    """The manifest with the entries of its graphs, and the graphs themselves."""
    graphs = with_fast_copies(record, Graphs(manifest, _shipped(record, manifest)), reporter)
    graphs = with_int8(record, graphs, reporter)
    reporter.progress(0.4, "Exporting")
    graphs = with_importance(record, graphs, reporter.within(0.4, 0.9))
    return with_every_label(record, graphs, reporter)  # last: these graphs must not be measured


def _shipped(record: TrainingRecord, manifest: Manifest) -> dict[str, bytes]:
    shipped = record.results.first.shipped
    return {
        sensor.graph: shipped(sensor.name).to_onnx(manifest.class_codes, manifest.nodata) for sensor in manifest.sensors
    }
