"""The launcher against engines that succeed, fail, crash, hang and lie."""

import contextlib
import json
import sys
import tempfile
import time
from pathlib import Path

import pytest
from colearn.engine.contract.job.job import PredictJob
from colearn.engine.contract.job.sources import RasterSource
from colearn.engine.contract.staging import JOURNAL
from colearn.engine.contract.wire.errors import CoLearnError, EngineError, ErrorCode, InputError, OutputError
from colearn.engine.contract.wire.events import Epoch, Interim, Level, Message, Progress, Started
from colearn.plugin.process.launcher import (
    EngineCancelledError,
    outputs_of,
    remove_temporary,
    run_engine,
)

from deadlines import on_this_machine

FAKE_ENGINE = Path(__file__).parents[1] / "fake_engine.py"


class Recorder:
    """A listener that remembers, and cancels once it has seen enough."""

    def __init__(self, cancel_after=None):
        self.events = []
        self.noise = []
        self.cancelled_at = None
        self._cancel_after = cancel_after

    def is_cancelled(self):
        if self._cancel_after is not None and len(self.events) >= self._cancel_after and self.cancelled_at is None:
            self.cancelled_at = time.monotonic()
        return self.cancelled_at is not None

    def on_event(self, event):
        self.events.append(event)

    def on_noise(self, line):
        self.noise.append(line)


def command(scenario):
    return [sys.executable, str(FAKE_ENGINE), scenario]


@pytest.fixture
def job(tmp_path):
    folder = tmp_path / "Straße mit é"
    folder.mkdir()
    return PredictJob(model="m.colearn", input=(RasterSource("in.tif"),), output=str(folder / "map.tif"))


def run(scenario, job, folder, listener=None):
    return run_engine(command(scenario), job, folder, listener or Recorder())


def leftovers(job):
    return list(Path(job.output).parent.iterdir())


def test_success_returns_outputs_and_numbers_and_passes_events_on(job, tmp_path):
    recorder = Recorder()
    finished = run("succeed", job, tmp_path, recorder)
    assert finished.outputs == {"OUTPUT": job.output}
    assert finished.numbers["ACCURACY"] == 0.75
    assert [type(event) for event in recorder.events] == [Started, Progress, Message, Epoch]
    assert recorder.events[2] == Message(Level.WARNING, "x", "the log says so")


def test_who_wants_to_finish_is_passed_on_once_there_is_something(job, tmp_path):
    recorder = Recorder()
    recorder.is_finish_wanted = lambda: True
    assert run("unfinished", job, tmp_path, recorder).numbers == {"ASKED": 1.0}
    assert Interim("average of 2 forests", "optical", 0.5, "balanced accuracy") in recorder.events


def test_no_finish_is_sent_before_there_is_a_model(job, tmp_path):
    """The first line it reads is the end of its input, which comes with the cancel."""
    recorder = Recorder(cancel_after=1)
    recorder.is_finish_wanted = lambda: True
    with pytest.raises(EngineCancelledError):
        run("deaf", job, tmp_path, recorder)


def test_engine_that_does_not_end_after_its_last_event_is_ended(job, tmp_path, monkeypatch):
    monkeypatch.setattr("colearn.plugin.process.engine_process.FAREWELL_S", 0.2)
    assert run("linger", job, tmp_path).outputs == {"OUTPUT": job.output}


def test_failed_event_becomes_its_exception(job, tmp_path):
    with pytest.raises(InputError) as caught:
        run("fail", job, tmp_path)
    assert caught.value.code is ErrorCode.LABELS_EMPTY
    assert (caught.value.subject, caught.value.remedy, caught.value.details) == (
        "fields",
        "Draw some.",
        "line one\nline two",
    )


def test_a_crash_is_reported_with_exit_code_and_last_output(job, tmp_path):
    with pytest.raises(EngineError) as caught:
        run("crash", job, tmp_path)
    assert caught.value.code is ErrorCode.ENGINE_DIED
    assert "exit code 7" in caught.value.found
    assert "the GPU has left the building" in caught.value.found
    assert leftovers(job) == []


@pytest.mark.skipif(sys.platform == "win32", reason="no signals on Windows")
def test_a_killed_engine_is_reported_with_its_signal_and_a_hint_at_memory(job, tmp_path):
    with pytest.raises(EngineError) as caught:
        run("killed", job, tmp_path)
    assert "SIGKILL" in caught.value.found
    assert "memory" in caught.value.remedy
    assert leftovers(job) == []


def test_output_that_is_no_event_is_kept_for_the_log(job, tmp_path):
    recorder = Recorder()
    with pytest.raises(EngineError, match=r"map\.tif"):
        run("garbage", job, tmp_path, recorder)
    assert recorder.noise[:3] == ["A library says hello", "{not json", "{}"]


def test_exit_code_zero_without_a_finished_event_is_a_failure(job, tmp_path):
    with pytest.raises(EngineError) as caught:
        run("silent", job, tmp_path)
    assert caught.value.code is ErrorCode.ENGINE_DIED
    assert "exit code 0" in caught.value.found


def test_finished_event_without_its_file_is_a_failure(job, tmp_path):
    with pytest.raises(EngineError) as caught:
        run("lie", job, tmp_path)
    assert caught.value.subject == job.output


@pytest.mark.parametrize("scenario", ["polite", "deaf"])
def test_cancel_ends_the_engine_within_two_seconds_and_leaves_nothing(job, tmp_path, scenario):
    Path(job.output).write_text("an earlier map", encoding="utf-8")
    recorder = Recorder(cancel_after=1)
    with pytest.raises(EngineCancelledError):
        run(scenario, job, tmp_path, recorder)
    assert time.monotonic() - recorder.cancelled_at < on_this_machine(2)
    assert leftovers(job) == [Path(job.output)]
    assert Path(job.output).read_text(encoding="utf-8") == "an earlier map"


def test_temporary_folders_of_other_runs_are_left_alone(job, tmp_path):
    other = Path(job.output).parent / ".map.colearn-0123456789ab"
    other.mkdir()
    with pytest.raises(EngineCancelledError):
        run("deaf", job, tmp_path, Recorder(cancel_after=1))
    assert leftovers(job) == [other]


def test_a_folder_that_holds_earlier_files_is_left_for_the_next_run(job):
    """The engine was killed in the moment in which its outputs took the place of earlier ones."""
    folder = Path(job.output).parent / f".map.colearn-{job.run_id}"
    folder.mkdir()
    (folder / JOURNAL).touch()
    remove_temporary(job)
    assert leftovers(job) == [folder]
    (folder / JOURNAL).unlink()
    remove_temporary(job)
    assert leftovers(job) == []


@pytest.mark.parametrize("scenario", ["succeed", "fail", "crash", "deaf"])
def test_nothing_stays_in_the_folder_for_temporary_files(job, tmp_path, monkeypatch, scenario):
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    with contextlib.suppress(CoLearnError, EngineCancelledError):
        run(scenario, job, tmp_path, Recorder(cancel_after=20))
    assert list(folder.iterdir()) == []


def test_folder_for_temporary_files_that_cannot_be_written_is_named(job, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(OutputError, match="gone"):
        run("succeed", job, tmp_path)


def test_command_that_does_not_start_names_it(job, tmp_path):
    with pytest.raises(EngineError) as caught:
        run_engine([str(tmp_path / "no python")], job, tmp_path, Recorder())
    assert caught.value.code is ErrorCode.DEPENDENCY_MISSING
    assert "no python" in caught.value.subject


def test_engine_runs_in_its_folder_and_without_the_variables_of_qgis(tmp_path, monkeypatch):
    for name in ("PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "__PYVENV_LAUNCHER__"):
        monkeypatch.setenv(name, str(tmp_path / "qgis's own"))
    monkeypatch.setenv("PROJ_NETWORK", "OFF")
    recorder = Recorder()
    job = PredictJob(model="m", input=(RasterSource("a"),), output="")
    run_engine(command("environment"), job, tmp_path, recorder)
    environment = json.loads(recorder.events[1].text)
    passed = {key for key in environment if "PYTHON" in key or "PYVENV" in key}
    assert passed == {"PYTHONUTF8", "PYTHONNOUSERSITE", "GDAL_VRT_ENABLE_PYTHON"}
    assert environment["PROJ_NETWORK"] == "OFF"
    assert recorder.events[2].text == str(tmp_path)


def test_outputs_are_named_as_in_processing():
    job = PredictJob(model="m", input=(RasterSource("a"),), output="/o.tif", output_confidence="/c.tif")
    assert outputs_of(job) == {"OUTPUT": "/o.tif", "OUTPUT_CONFIDENCE": "/c.tif"}
