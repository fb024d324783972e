"""A small model file, and its entries written anew."""

import json
import zipfile
from pathlib import Path

import pytest
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.manifest.label_classes import LabelClass
from colearn.engine.contract.manifest.manifest import Manifest, SampleCounts
from colearn.engine.contract.wire.errors import ErrorCode, ModelError
from colearn.engine.model_file.archive import ModelFile

from small_sensors import small_sensor

GRAPHS = {"sensors/10 m camera.onnx": b"first graph" * 50, "sensors/radar été.onnx": b"second graph"}


REPORT = "<html>Übersicht</html>"


MANIFEST = Manifest(
    task=Task.CLASSIFICATION,
    method="mdico",
    label_fields=("Landnutzung",),
    sensors=tuple(small_sensor(graph.removeprefix("sensors/").removesuffix(".onnx")) for graph in GRAPHS),
    classes=(LabelClass(1, "Wald", "#00ff00"), LabelClass(2, "eau", "#0000ff")),
    targets=(),
    nodata=255.0,
    samples=SampleCounts(60, 20, 20, 12, 0),
    area=None,
    split="polygon",
    seed=0,
    created="2026-01-01T00:00:00+00:00",
    versions={"torch": "2.13.0"},
    job={"epochs": 60},
)


def entries_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def rewrite(path: Path, entries: list[tuple[str, bytes]], compression: int = zipfile.ZIP_STORED) -> None:
    with zipfile.ZipFile(path, "w", compression) as file:
        for name, content in entries:
            file.writestr(name, content)


def with_manifest(path: Path, **changes: object) -> None:
    """Write the file anew with other values in its manifest."""
    entries = entries_of(path)
    manifest = {**json.loads(entries["manifest.json"]), **changes}
    rewrite(path, list({**entries, "manifest.json": json.dumps(manifest).encode()}.items()))


def code_of(path: Path) -> ErrorCode:
    with pytest.raises(ModelError) as error:
        ModelFile.open(path)
    assert str(path) in error.value.subject
    return error.value.code
