"""Files that are no model, or a broken, newer or strange one: reported as such, in both journeys that open one."""

import json
import zipfile
from collections.abc import Callable

import pytest
from colearn.engine.contract.job.job import EvaluateJob
from colearn.engine.contract.wire.errors import ErrorCode

from journeys import polygon_labels, predict_job, run_evaluate, run_predict, source
from refusals import refused, says


@pytest.fixture
def refuse(world, outputs) -> Callable:
    """Predict and evaluate with a file that must be refused; both say the same."""

    def run(code, model):
        error = refused(run_predict, predict_job(model, world.camera, outputs / "map.tif"), code, outputs)
        job = EvaluateJob(str(model), (source(world.camera),), polygon_labels(world), str(outputs / "evaluation.html"))
        assert refused(run_evaluate, job, code, outputs).sentence() == error.sentence()
        says(error, str(model))
        return error

    return run


def entries_of(model) -> dict[str, bytes]:
    with zipfile.ZipFile(model) as file:
        return {name: file.read(name) for name in file.namelist()}


def write_zip(path, entries):
    with zipfile.ZipFile(path, "w") as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return path


@pytest.mark.parametrize("content", [b"", b"hello", b"\x89PNG\r\n\x1a\n" + bytes(500)])
def test_a_file_of_another_kind(refuse, tmp_path, content) -> None:
    (tmp_path / "strange.colearn").write_bytes(content)
    says(refuse(ErrorCode.MODEL_UNREADABLE, tmp_path / "strange.colearn"), "another kind", ".colearn")


def test_a_folder(refuse, tmp_path) -> None:
    (tmp_path / "folder").mkdir()
    says(refuse(ErrorCode.MODEL_UNREADABLE, tmp_path / "folder"), "a folder")


def test_a_file_that_is_not_there(refuse, tmp_path) -> None:
    says(refuse(ErrorCode.MODEL_UNREADABLE, tmp_path / "gone.colearn"), "no file with this name")


def test_a_zip_without_manifest(refuse, tmp_path) -> None:
    says(
        refuse(ErrorCode.MODEL_UNREADABLE, write_zip(tmp_path / "other.zip", {"readme.txt": b"hello"})), "manifest.json"
    )


@pytest.mark.parametrize("kept", [0.01, 0.5, 0.9, 0.999])
def test_a_model_that_is_cut_off(refuse, small_model, tmp_path, kept) -> None:
    whole = small_model.read_bytes()
    (tmp_path / "cut.colearn").write_bytes(whole[: int(len(whole) * kept)])
    says(refuse(ErrorCode.MODEL_DAMAGED, tmp_path / "cut.colearn"), "truncated", "Copy the model file again")


def test_a_model_with_a_changed_byte(refuse, small_model, tmp_path) -> None:
    entries = entries_of(small_model)
    graph = next(name for name in entries if name.endswith(".onnx"))
    entries[graph] = entries[graph][:-1] + b"?"
    model = write_zip(tmp_path / "changed.colearn", entries)
    says(refuse(ErrorCode.MODEL_DAMAGED, model), graph, "checksum")


@pytest.mark.parametrize(("schema", "code"), [(99, ErrorCode.MODEL_TOO_NEW), ("two", ErrorCode.MODEL_TOO_NEW)])
def test_a_model_of_a_newer_colearn(refuse, small_model, tmp_path, schema, code) -> None:
    entries = entries_of(small_model)
    manifest = json.loads(entries["manifest.json"]) | {"colearn_model": schema, "unheard_of": True}
    model = write_zip(tmp_path / "newer.colearn", {**entries, "manifest.json": json.dumps(manifest).encode()})
    says(refuse(code, model), f"schema {schema}", "schema 1", "Update CoLearn")


def test_a_manifest_with_a_hole(refuse, small_model, tmp_path) -> None:
    entries = entries_of(small_model)
    manifest = json.loads(entries["manifest.json"])
    del manifest["sensors"][0]["bands"]
    model = write_zip(tmp_path / "hole.colearn", {**entries, "manifest.json": json.dumps(manifest).encode()})
    says(refuse(ErrorCode.MODEL_DAMAGED, model), "sensors[0].bands")
