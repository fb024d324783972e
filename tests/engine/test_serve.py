"""The engine that stays: the same maps as an engine started for each, files looked at anew, an end of its own."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from colearn.engine.contract import (
    DeviceError,
    ErrorCode,
    Failed,
    Finished,
    Level,
    Message,
    OutputError,
    Started,
    job_to_line,
)
from colearn.engine.contract.wire import from_line
from colearn.engine.inference import KeptModels
from colearn.engine.inference import model_store as store
from osgeo import gdal

from journeys import Listening, predict_job, run_predict

ROOT = Path(__file__).resolve().parents[2]


class Serving:
    """An engine that serves, asked one request after the other."""

    def __init__(self, *options: str) -> None:
        command = [sys.executable, "-m", "engine", "serve", "--attached", "--events", *options]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        self.process = subprocess.Popen(command, cwd=ROOT, text=True, **pipes)
        assert isinstance(self.next(), Started)

    def next(self):
        line = self.process.stdout.readline()
        assert line, self.process.stderr.read()
        return from_line(line)

    def ask(self, line: str) -> list:
        """The events that answer a request, the last one last."""
        self.process.stdin.write(line)
        self.process.stdin.flush()
        events = [self.next()]
        while not isinstance(events[-1], (Finished, Failed)):
            events.append(self.next())
        return events


@pytest.fixture
def serving():
    opened = Serving()
    with opened.process:
        yield opened
        opened.process.kill()


@pytest.fixture
def image(world, tmp_path):
    """A copy of the camera's raster that a test may change."""
    return Path(shutil.copy(world.camera, tmp_path / "image été.tif"))


def make_brighter(path: Path) -> None:
    dataset = gdal.Open(str(path), gdal.GA_Update)
    values = dataset.ReadAsArray()
    dataset.WriteArray(np.where(values > 0, values[::-1] + 7, 0).astype(values.dtype))
    dataset = None


def fresh_bytes(job, folder: Path) -> bytes:
    """The map that an engine started for this job alone makes; of the same name, which GDAL's files may hold."""
    folder.mkdir()
    alone = replace(job, output=str(folder / Path(job.output).name))
    run_predict(alone)
    return Path(alone.output).read_bytes()


def test_maps_are_byte_for_byte_those_of_an_engine_of_their_own(small_model, image, tmp_path, serving):
    jobs = [
        predict_job(small_model, image, tmp_path / "map.tif", sensor="camera", run_id=name) for name in ("a1", "b2")
    ]
    expected = fresh_bytes(jobs[0], tmp_path / "alone")
    logs = []
    for job in jobs:
        events = serving.ask(job_to_line(job))
        assert events[0] == Started("predict", events[0].version)
        assert events[-1].outputs == {"OUTPUT": job.output}
        assert Path(job.output).read_bytes() == expected
        logs.append([event for event in events if isinstance(event, Message)])
    assert logs[0] == logs[1]
    assert any(event.code == "device" for event in logs[1])


def test_an_image_that_changes_on_the_disk_is_read_anew(small_model, image, tmp_path, serving):
    job = predict_job(small_model, image, tmp_path / "map.tif", sensor="camera")
    serving.ask(job_to_line(job))
    before = Path(job.output).read_bytes()
    make_brighter(image)
    expected = fresh_bytes(job, tmp_path / "alone")
    assert expected != before
    serving.ask(job_to_line(job))
    assert Path(job.output).read_bytes() == expected


def test_a_model_that_is_damaged_meanwhile_is_refused_and_one_put_back_works(small_model, image, tmp_path, serving):
    model = Path(shutil.copy(small_model, tmp_path / "model.colearn"))
    line = job_to_line(predict_job(model, image, tmp_path / "map.tif", sensor="camera"))
    assert isinstance(serving.ask(line)[-1], Finished)
    whole = model.read_bytes()
    model.write_bytes(whole[: len(whole) // 2])
    failed = serving.ask(line)[-1]
    assert failed.code in (ErrorCode.MODEL_DAMAGED, ErrorCode.MODEL_UNREADABLE)
    model.write_bytes(whole)
    assert isinstance(serving.ask(line)[-1], Finished)


@pytest.mark.parametrize(
    "line",
    ["no JSON\n", "\n", json.dumps({"colearn_job": 1, "journey": "train"}) + "\n", '{"colearn_job": 1}\n'],
    ids=["text", "empty", "another journey", "no journey"],
)
def test_a_request_that_is_no_prediction_is_refused_and_the_next_answered(line, small_model, image, tmp_path, serving):
    failed = serving.ask(line)[-1]
    assert failed.code is ErrorCode.JOB_INVALID
    job = predict_job(small_model, image, tmp_path / "map.tif", sensor="camera")
    assert isinstance(serving.ask(job_to_line(job))[-1], Finished)


@pytest.mark.parametrize(
    ("raised", "code", "is_as_new"),
    [
        (DeviceError(ErrorCode.OUT_OF_MEMORY, found="f", expected="e", remedy="r."), ErrorCode.OUT_OF_MEMORY, False),
        (RuntimeError("nobody foresaw this"), ErrorCode.UNFORESEEN, False),
        (DeviceError(ErrorCode.DEVICE_MISSING, found="f", expected="e", remedy="r."), ErrorCode.DEVICE_MISSING, True),
        (OutputError(ErrorCode.DISK_FULL, found="f", expected="e", remedy="r."), ErrorCode.DISK_FULL, False),
    ],
)
def test_it_is_left_where_something_may_have_stayed_behind(raised, code, is_as_new, monkeypatch):
    """The runtime keeps what it once took: a model that wanted 4 GB would hold them for minutes."""
    from colearn.engine import serve as module

    def failing(*_arguments, **_options):
        raise raised

    monkeypatch.setattr(module, "predict", failing)
    monkeypatch.setattr(module, "guard_process", lambda _job: None)  # this process is no engine's
    sink = Listening()
    line = job_to_line(predict_job("model.colearn", "scene.tif", Path("map.tif")))
    assert module.serve([line], sink) is is_as_new
    assert sink.events[-1].code is code


def test_it_ends_when_its_input_does_and_leaves_nothing(small_model, image, tmp_path, serving):
    folder = tmp_path / "maps"
    job = predict_job(small_model, image, folder / "map.tif", sensor="camera", run_id="c3", block_px=1)
    serving.process.stdin.write(job_to_line(job))
    serving.process.stdin.flush()
    while "Mapping" not in serving.process.stdout.readline():
        assert serving.process.poll() is None
    serving.process.stdin.close()
    assert serving.process.wait(timeout=20) == 3
    assert not folder.exists()


def test_it_ends_when_idle():
    opened = Serving("--idle-s", "0.2")
    with opened.process as process:
        assert process.wait(timeout=20) == 0  # its input is still open
        assert (process.stdout.read(), process.stderr.read()) == ("", "")


@pytest.mark.parametrize("value", ["0", "-1", "soon", "nan", "1e300"])
def test_an_invalid_waiting_time_is_refused(value):
    done = subprocess.run(
        [sys.executable, "-m", "engine", "serve", f"--idle-s={value}"],
        cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "expected a number of seconds above 0" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["predict"], "required: job"), (["serve", "job.json"], "job.json"), (["--events", "serve"], "required: job")],
)
def test_a_journey_needs_a_job_file_and_serve_takes_none(arguments, message):
    command = [sys.executable, "-m", "engine", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert message in done.stderr


# What is kept ---------------------------------------------------------


class Opened:
    """Counts the sessions opened, each of which speaks once."""

    def __init__(self, monkeypatch) -> None:
        self.count = 0
        monkeypatch.setattr(store, "open_session", self)

    def __call__(self, _model, sensor, options, threads, reporter):
        assert threads == 1
        self.count += 1
        reporter.info("device", f"{sensor.name} {options.device} {options.precision} {options.quality} {self.count}")
        return object()


def sessions_of(kept, path, *wanted):
    from colearn.engine.contract import Device, Precision, Quality
    from colearn.engine.inference import SessionOptions
    from colearn.engine.process import Reporter

    sink = Listening()
    model = kept.open(str(path))
    found = [
        kept.session(
            model,
            model.manifest.sensor(name),
            SessionOptions(Device.CPU, Precision(precision), Quality(*quality or ["best"])),
            Reporter(sink),
        )
        for name, precision, *quality in wanted
    ]
    return found, sink.texts(Level.INFO).splitlines()


def test_a_session_is_kept_for_each_sensor_and_precision_and_reports_each_time(small_model, monkeypatch):
    opened, kept = Opened(monkeypatch), KeptModels()
    wanted = (("camera", "fp32"), ("radar", "fp32"), ("camera", "int8"))
    first, messages = sessions_of(kept, small_model, *wanted)
    again, messages_again = sessions_of(kept, small_model, *wanted)
    assert opened.count == 3
    assert first == again
    assert messages == messages_again
    assert len(messages) == 3


def test_the_average_and_its_copy_have_sessions_of_their_own(small_model, monkeypatch):
    opened, kept = Opened(monkeypatch), KeptModels()
    sessions, _ = sessions_of(kept, small_model, ("camera", "fp32", "best"), ("camera", "fp32", "fast"))
    assert opened.count == 2
    assert sessions[0] is not sessions[1]


@pytest.mark.parametrize("how", ["replaced", "touched"])
def test_a_file_that_is_another_gets_new_sessions(small_model, tmp_path, monkeypatch, how):
    opened, kept = Opened(monkeypatch), KeptModels()
    path = Path(shutil.copy2(small_model, tmp_path / "model.colearn"))
    sessions_of(kept, path, ("camera", "fp32"))
    if how == "replaced":
        os.replace(shutil.copy2(small_model, tmp_path / "other.colearn"), path)  # the same size and time of change
    else:
        os.utime(path, ns=(1, 1))
    sessions_of(kept, path, ("camera", "fp32"))
    assert opened.count == 2


def test_no_more_sessions_are_kept_than_agreed(small_model, monkeypatch):
    monkeypatch.setattr(store, "MOST_SESSIONS", 2)
    opened, kept = Opened(monkeypatch), KeptModels()
    sessions_of(kept, small_model, ("camera", "fp32"), ("radar", "fp32"), ("camera", "fp32"), ("camera", "int8"))
    assert opened.count == 3
    sessions_of(kept, small_model, ("camera", "fp32"))  # used after radar, so radar is gone
    assert opened.count == 3
    sessions_of(kept, small_model, ("radar", "fp32"))
    assert opened.count == 4
