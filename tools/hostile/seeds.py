"""Seeds of mutations: a small model file, its graph, a job."""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import replace
from pathlib import Path

from engine.contract import (
    Band,
    Estimate,
    EvaluateJob,
    ExportSensorJob,
    LabelClass,
    Layout,
    Manifest,
    PredictJob,
    RasterSource,
    SampleCounts,
    SensorKind,
    SensorManifest,
    SensorScore,
    SensorSpec,
    Task,
    TrainJob,
    VectorLabels,
    VectorSource,
    Verdict,
    job_to_text,
    manifest_to_text,
)


def a_job() -> str:
    """A prediction job."""
    return job_to_text(PredictJob("model.colearn", (RasterSource("scene.tif", "scene"),), "map.tif"))


def jobs() -> list[str]:
    """One job of every kind."""
    scene, labels = RasterSource("scene.tif", "scene"), VectorLabels(VectorSource("a.gpkg", "a", "a"), ("kind",))
    sensors = SensorSpec("camera", (scene,)), SensorSpec("radar", (RasterSource("b.tif", "b"),))
    others = (
        TrainJob(sensors, labels, "model.colearn", time_budget_min=5.0),
        EvaluateJob("model.colearn", (scene,), labels),
        ExportSensorJob("model.colearn", "sensor.onnx"),
    )
    return [a_job(), *map(job_to_text, others)]


def a_graph() -> bytes:
    """A graph with two classes and one band."""
    from onnx import TensorProto, helper

    free = ("batch", "row", "col")
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        [
            helper.make_node("Concat", ["input", "input"], ["probabilities"], axis=1),
            helper.make_node("ArgMax", ["probabilities"], ["wide"], axis=1, keepdims=0),
            helper.make_node("Add", ["wide", "one"], ["code"]),
            helper.make_node("Cast", ["code"], ["label"], to=TensorProto.UINT8),
        ],
        "graph",
        [value("input", TensorProto.FLOAT, ("batch", 1, "row", "col"))],
        [
            value("probabilities", TensorProto.FLOAT, ("batch", 2, "row", "col")),
            value("label", TensorProto.UINT8, free),
        ],
        [helper.make_tensor("one", TensorProto.INT64, [1], [1])],
    )
    made: bytes = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8
    ).SerializeToString()
    return made


def a_manifest() -> Manifest:
    """The manifest of a model with one image sensor."""
    score = SensorScore("balanced accuracy", None, Estimate(0.5, 0.4, 0.6), None, Verdict.NOT_MEASURED)
    sensor = SensorManifest(
        *("camera", SensorKind.IMAGE, Layout.SCENES, (Band("B02", 1.0, 1.0, 0.0, 2.0),), True, (), False, 10.0, 1),
        *("uint16", "sensors/1.onnx", score),
    )
    classes = (LabelClass(1, "Wald", "#00ff00"), LabelClass(2, "Wasser", "#0000ff"))
    counts = SampleCounts(60, 20, 20, 12, 0)
    return Manifest(
        *(Task.CLASSIFICATION, "mdico", ("use",), (sensor,), classes, (), 255.0, counts, None, "polygon", 0),
        *("2026-01-01T00:00:00", {"torch": "2"}, {"epochs": 1}),
    )


def a_model(graph: bytes = b"") -> bytes:
    """A model file with that manifest and its graph, or the given one."""
    entries = {"sensors/1.onnx": graph or a_graph(), "report.html": b"<html></html>"}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in entries.items()}
    text = manifest_to_text(replace(a_manifest(), digests=digests))
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name, content in {"manifest.json": text.encode(), **entries}.items():
            file.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)  # deterministic bytes
    return made.getvalue()


if __name__ == "__main__":
    Path("model.colearn").write_bytes(a_model())
