"""Jobs that nobody would write: each ends in an error that says what was found, none in one that nobody foresaw."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from colearn.engine.contract.job.job import EvaluateJob, VectorSource
from colearn.engine.contract.job.job_file import job_from_text, job_to_text
from colearn.engine.contract.wire.errors import CoLearnError, ErrorCode
from colearn.plugin.process.job_handover import JobHandover
from hypothesis import given, settings
from hypothesis import strategies as st

from journeys import polygon_labels, predict_job, run_evaluate, run_predict, run_train, source, train_job
from unprivileged import own_folder, run_engine

TEXTS = {
    "nothing": b"",
    "a list": b"[]",
    "a number": b"7",
    "a journey that is a list": b'{"colearn_job": 1, "journey": []}',
    "a journey that is an object": b'{"colearn_job": 1, "journey": {"a": 1}}',
    "a journey that is null": b'{"colearn_job": 1, "journey": null}',
    "lists in lists": b"[" * 200_000,
    "objects in objects": b'{"colearn_job":1,"journey":"predict","model":' + b'{"a":' * 5000 + b"1" + b"}" * 5001,
    "a number without end": b'{"colearn_job": ' + b"9" * 100_000 + b"}",
    "NUL": b'{"colearn_job": 1, "journey": "predict", "model": "a\\u0000b", "input": [{"path": "b"}], "output": "c"}',
    "half a character": b'{"colearn_job": 1, "journey": "predict", "model": "\\ud800", "input": [], "output": "c"}',
    "no UTF-8": b'{"colearn_job": 1, "journey": "\xff"}',
    "infinity": b'{"colearn_job": Infinity}',
    "a schema that is true": b'{"colearn_job": true, "journey": "predict"}',
    "a million values": b"[" + b"0," * 1_000_000 + b"0]",
}


@pytest.mark.parametrize("name", TEXTS)
def test_an_invalid_job(name):
    with pytest.raises((CoLearnError, UnicodeDecodeError)) as caught:
        job_from_text(TEXTS[name].decode("utf-8"), "predict")
    if isinstance(caught.value, CoLearnError):
        assert caught.value.code is ErrorCode.JOB_INVALID
        assert len(caught.value.sentence()) < 1000
        caught.value.sentence().encode()


def test_the_command_line_says_so():
    with own_folder() as folder:
        for name in ("no UTF-8", "a journey that is a list", "lists in lists"):
            (folder / "job.json").write_bytes(TEXTS[name])
            done = run_engine("predict", folder / "job.json", "--events", folder=folder)
            assert json.loads(done.stdout.splitlines()[-1])["code"] == "job_invalid"
            assert "Traceback" not in done.stderr + done.stdout
        with open(folder / "job.json", "wb") as file:
            file.truncate(65 * 2**20)
        done = run_engine("predict", folder / "job.json", "--events", folder=folder)
        assert "more than" in json.loads(done.stdout.splitlines()[-1])["found"]


STRANGE_PATHS = ("x" * 5000, "/" + "y/" * 2500, "/", ".", "", " ", "\n", "é" * 200, "/dev/null", "~", "a\x1b[2Jb")
FIELDS = ("model", "input", "output", "output_probabilities", "mask", "input_mask_rasters")


@pytest.mark.parametrize("path", STRANGE_PATHS, ids=range(len(STRANGE_PATHS)))
@pytest.mark.parametrize("field", FIELDS)
def test_no_path_is_unforeseen(world, small_model, tmp_path, field, path):
    plain = json.loads(job_to_text(predict_job(small_model, world.camera, tmp_path / "map.tif")))
    plain[field] = {
        "input": [{"path": path}],
        "input_mask_rasters": [{"path": path}],
        "mask": {"path": path},
    }.get(field, path)
    (tmp_path / "here").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path / "here")
        try:
            run_predict(job_from_text(json.dumps(plain), "predict"))
        except CoLearnError as error:
            assert error.code is not ErrorCode.UNFORESEEN
            return
    assert field in ("output_probabilities", "mask", "output", "input_mask_rasters")  # a name as good as any other


@pytest.mark.parametrize("path", STRANGE_PATHS[:6], ids=range(6))
@pytest.mark.parametrize("field", ["output_model", "output_report", "labels", "raster"])
def test_nor_of_a_training_or_an_evaluation(world, small_model, tmp_path, field, path):
    job = train_job(world, tmp_path, epochs=1, max_samples=60)
    plain = json.loads(job_to_text(job))
    if field == "labels":
        plain["labels"]["source"]["path"] = path
    elif field == "raster":
        plain["sensors"][0]["rasters"] = [{"path": path}]
    else:
        plain[field] = path
    if (field, path) in {("output_report", ""), ("output_report", " "), ("output_model", " ")}:
        return  # none is asked for, or a name as good as any other
    with pytest.raises(CoLearnError) as caught:
        run_train(job_from_text(json.dumps(plain), "train"))
    assert caught.value.code is not ErrorCode.UNFORESEEN
    labels = polygon_labels(world)
    labels = type(labels)(VectorSource(path), labels.fields)
    with pytest.raises(CoLearnError) as caught:
        run_evaluate(EvaluateJob(str(small_model), (source(world.camera),), labels))
    assert caught.value.code is not ErrorCode.UNFORESEEN


_ANY = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.just([]) | st.just({})


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_value_anywhere_is_read_or_refused(data):
    """A slice of `make fuzz`."""
    plain = json.loads(job_to_text(predict_job("model", "scene.tif", Path("map.tif"))))
    for _ in range(data.draw(st.integers(1, 3))):
        key = data.draw(st.sampled_from(sorted(plain)) | st.text(max_size=4))
        plain[key] = data.draw(_ANY)
    try:
        job_to_text(job_from_text(json.dumps(plain)))
    except CoLearnError as error:
        error.sentence().encode()


# The job on its way to the engine -------------------------------------------------


def test_a_job_on_its_way_is_no_file_that_a_kill_could_leave(world, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    job = predict_job("model", world.camera, tmp_path / "map.tif")
    handover = JobHandover(job)
    assert list(tmp_path.iterdir()) == []
    reads = [sys.executable, "-c", "import sys; print(open(sys.argv[1]).read(), end='')", handover.path]
    done = subprocess.run(reads, capture_output=True, text=True, check=True, **handover.streams)
    assert job_from_text(done.stdout) == job
    number = handover._file.fileno()
    handover.forget()
    handover.forget()
    with pytest.raises(OSError):
        os.fstat(number)


def test_where_open_files_have_no_names_it_is_one_and_goes(world, tmp_path, monkeypatch):
    from colearn.plugin.process import job_handover

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(job_handover, "WINDOWS", True)
    job = predict_job("model", world.camera, tmp_path / "map.tif")
    handover = JobHandover(job)
    assert job_from_text(Path(handover.path).read_text(encoding="utf-8")) == job
    assert handover.streams == {}
    handover.forget()
    assert list(tmp_path.iterdir()) == []
