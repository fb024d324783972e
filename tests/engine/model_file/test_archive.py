"""The model file: what is written comes back, and nothing wrong with a file gets past opening it."""

import hashlib
import io
import json
import random
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from colearn.engine.contract.manifest.model_reader import read_manifest
from colearn.engine.contract.wire.errors import ErrorCode, ModelError, OutputError
from colearn.engine.model_file.archive import ModelFile, write_model

from model_entries import GRAPHS, MANIFEST, REPORT, code_of, entries_of, rewrite, with_manifest

ROOT = Path(__file__).resolve().parents[3]


def test_what_is_written_comes_back(path: Path) -> None:
    model = ModelFile.open(path)
    assert replace(model.manifest, digests={}) == MANIFEST
    assert model.graph("10 m camera") == GRAPHS["sensors/10 m camera.onnx"]
    assert model.graph("radar été") == GRAPHS["sensors/radar été.onnx"]
    assert model.report() == REPORT
    assert read_manifest(path) == model.manifest


def test_a_file_of_an_early_version_brings_weights_and_is_checked_as_a_whole(path: Path) -> None:
    name, weights = "weights.safetensors", b"weights" * 30
    digests = {**ModelFile.open(path).manifest.digests, name: hashlib.sha256(weights).hexdigest()}
    with_manifest(path, digests=digests)
    assert code_of(path) is ErrorCode.MODEL_DAMAGED  # named, and not there
    entries = entries_of(path)
    rewrite(path, [*entries.items(), (name, weights)])
    assert ModelFile.open(path).report() == REPORT
    rewrite(path, [*entries.items(), (name, weights + b".")])
    assert code_of(path) is ErrorCode.MODEL_DAMAGED
    with_manifest(path, digests={key: value for key, value in digests.items() if key != name})
    assert code_of(path) is ErrorCode.MODEL_DAMAGED  # there, and not named


def test_equal_models_are_equal_files(path: Path, tmp_path: Path) -> None:
    write_model(tmp_path / "again", MANIFEST, GRAPHS, REPORT)
    assert path.read_bytes() == (tmp_path / "again").read_bytes()


def test_entries_are_stored_and_digested(path: Path) -> None:
    with zipfile.ZipFile(path) as file:
        assert all(entry.compress_type == zipfile.ZIP_STORED for entry in file.infolist())
        assert {entry.date_time for entry in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert set(file.namelist()) == {"manifest.json", *read_manifest(path).digests}


def test_a_sensor_that_is_not_there(path: Path) -> None:
    with pytest.raises(ModelError, match="10 m camera, radar été"):
        ModelFile.open(path).graph("lidar")


@pytest.mark.parametrize("content", [b"", b"II*\x00 a TIFF", b"PK", b"\x00" * 5000])
def test_a_file_of_another_kind(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    assert code_of(path) is ErrorCode.MODEL_UNREADABLE


def test_a_zip_of_something_else(path: Path) -> None:
    rewrite(path, [("readme.txt", b"hello")])
    assert code_of(path) is ErrorCode.MODEL_UNREADABLE


def test_no_file_and_a_folder(tmp_path: Path) -> None:
    assert code_of(tmp_path / "nothing.colearn") is ErrorCode.MODEL_UNREADABLE
    assert code_of(tmp_path) is ErrorCode.MODEL_UNREADABLE


def test_a_truncated_file(path: Path) -> None:
    whole = path.read_bytes()
    for length in range(4, len(whole), 97):
        path.write_bytes(whole[:length])
        assert code_of(path) is ErrorCode.MODEL_DAMAGED, length


def test_a_newer_schema_comes_before_everything_else(path: Path) -> None:
    with_manifest(path, colearn_model=2, something_new=True)
    entries = entries_of(path)
    rewrite(path, [*entries.items(), ("new/entry", b"")])
    assert code_of(path) is ErrorCode.MODEL_TOO_NEW
    with pytest.raises(ModelError) as error:
        read_manifest(path)
    assert error.value.code is ErrorCode.MODEL_TOO_NEW


def test_a_manifest_of_something_else(path: Path) -> None:
    rewrite(path, [("manifest.json", b'{"name": "a web app"}')])
    assert code_of(path) is ErrorCode.MODEL_UNREADABLE


@pytest.mark.parametrize("changes", [{"task": "juggling"}, {"nodata": "none"}, {"unknown": 1}])
def test_a_manifest_that_does_not_fit(path: Path, changes: dict) -> None:
    with_manifest(path, **changes)
    assert code_of(path) is ErrorCode.MODEL_DAMAGED


@pytest.mark.parametrize("name", [*GRAPHS, "report.html"])
def test_a_missing_entry_is_named(path: Path, name: str) -> None:
    entries = entries_of(path)
    del entries[name]
    rewrite(path, list(entries.items()))
    with pytest.raises(ModelError, match=name) as error:
        ModelFile.open(path)
    assert error.value.code is ErrorCode.MODEL_DAMAGED


@pytest.mark.parametrize("name", [*GRAPHS, "report.html"])
def test_an_entry_with_other_content(path: Path, name: str) -> None:
    rewrite(path, [*{**entries_of(path), name: b"something else"}.items()])
    with pytest.raises(ModelError, match=name) as error:
        ModelFile.open(path)
    assert error.value.code is ErrorCode.MODEL_DAMAGED


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "sensors/..", "run_me.py"])
def test_an_unknown_entry(path: Path, name: str) -> None:
    rewrite(path, [*entries_of(path).items(), (name, b"evil")])
    assert code_of(path) is ErrorCode.MODEL_DAMAGED


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_repeated_entry(path: Path) -> None:
    entries = entries_of(path)
    rewrite(path, [*entries.items(), ("report.html", entries["report.html"])])
    assert code_of(path) is ErrorCode.MODEL_DAMAGED


@pytest.mark.parametrize("graph", ["../outside.onnx", "/sensors/a.onnx", "sensors/../../a.onnx", "sensors/a\\b.onnx"])
def test_a_graph_whose_name_leads_elsewhere(path: Path, graph: str) -> None:
    entries = entries_of(path)
    manifest = json.loads(entries["manifest.json"])
    old, manifest["sensors"][0]["graph"] = manifest["sensors"][0]["graph"], graph
    manifest["digests"][graph] = manifest["digests"].pop(old)
    entries[graph] = entries.pop(old)
    rewrite(path, list({**entries, "manifest.json": json.dumps(manifest).encode()}.items()))
    assert code_of(path) is ErrorCode.MODEL_DAMAGED


def test_packed_entries(path: Path) -> None:
    """A ZIP bomb is small only as long as it is packed."""
    rewrite(path, list(entries_of(path).items()), zipfile.ZIP_DEFLATED)
    assert code_of(path) is ErrorCode.MODEL_DAMAGED


def test_a_manifest_nested_without_end(path: Path) -> None:
    rewrite(path, [("manifest.json", b"[" * 200_000)])
    with pytest.raises(ModelError):
        ModelFile.open(path)


def test_a_flipped_bit_is_detected_or_harmless_and_never_a_crash(path: Path) -> None:
    whole, chance = path.read_bytes(), random.Random(0)
    good = ModelFile.open(path)
    for _ in range(300):
        changed = bytearray(whole)
        changed[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        path.write_bytes(changed)
        try:
            opened = ModelFile.open(path)
        except ModelError:
            continue
        assert opened.manifest == good.manifest  # the bit was one that means nothing, like a time
        assert opened.report() == REPORT
        assert [opened.graph(sensor.name) for sensor in MANIFEST.sensors] == [*GRAPHS.values()]


def test_a_file_exchanged_after_it_was_opened(path: Path) -> None:
    model = ModelFile.open(path)
    rewrite(path, [*{**entries_of(path), next(iter(GRAPHS)): b"other"}.items()])
    with pytest.raises(ModelError):
        model.graph(MANIFEST.sensors[0].name)


def test_a_path_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError) as error:
        write_model(tmp_path / "file" / "model.colearn", MANIFEST, GRAPHS, REPORT)
    assert error.value.code is ErrorCode.OUTPUT_UNWRITABLE


def test_a_full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.BytesIO):
        def write(self, content: bytes) -> int:
            raise OSError(28, "No space left on device")

    real = zipfile.ZipFile
    monkeypatch.setattr(zipfile, "ZipFile", lambda path, *rest: real(Full(), *rest))
    with pytest.raises(OutputError) as error:
        write_model("model.colearn", MANIFEST, GRAPHS, REPORT)
    assert error.value.code is ErrorCode.DISK_FULL


def test_graphs_that_do_not_fit_the_manifest(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="do not match"):
        write_model(tmp_path / "model", MANIFEST, {"sensors/other.onnx": b""}, REPORT)


def test_reading_needs_the_standard_library_only() -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import engine.model_file.archive; "
        "sys.exit(bool({'numpy', 'torch', 'onnxruntime', 'onnx', 'osgeo'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-S", "-c", code, str(ROOT)], check=False).returncode == 0
