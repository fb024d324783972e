"""The engine that stays, as the plugin runs it: kept, ended, found dead, replaced."""

import os
import signal
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from colearn.engine.contract import EngineError, ErrorCode, InputError, Message, PredictJob, RasterSource, Started
from colearn.plugin.process.launcher import EngineCancelledError
from colearn.plugin.process.warm_engine import WarmEngine

from deadlines import on_this_machine

from .test_launcher import Recorder

FAKE_ENGINE = Path(__file__).with_name("fake_warm_engine.py")


def command(*scenarios):
    """What the engine does with its first job, its second and so on; then it is well."""
    return [sys.executable, str(FAKE_ENGINE), ",".join(scenarios)]


@pytest.fixture
def job(tmp_path):
    folder = tmp_path / "Straße mit é"
    folder.mkdir()
    return PredictJob(model="m.colearn", input=(RasterSource("in.tif"),), output=str(folder / "map.tif"))


@pytest.fixture
def engine():
    engine = WarmEngine()
    yield engine
    engine.release()


def process_of(recorder):
    """The number of the process that answered."""
    return int(next(event.text for event in recorder.events if isinstance(event, Message)))


def run(engine, job, folder, *scenarios, listener=None):
    """Run a job; returns which process answered."""
    recorder = listener or Recorder()
    finished = engine.run(command(*scenarios), job, folder, recorder)
    assert finished.outputs == {"OUTPUT": job.output}
    assert Path(job.output).read_text(encoding="utf-8") == "a map"
    return process_of(recorder)


def is_gone(process):
    deadline = time.monotonic() + on_this_machine(5)
    while time.monotonic() < deadline:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


def leftovers(job):
    return list(Path(job.output).parent.iterdir())


def test_one_process_runs_one_job_after_the_other(engine, job, tmp_path):
    recorder = Recorder()
    first = run(engine, job, tmp_path, listener=recorder)
    assert [type(event) for event in recorder.events] == [Started, Message]
    assert run(engine, replace(job, output=job.output + "2"), tmp_path) == first


def test_a_job_that_fails_says_why_and_the_next_runs_in_the_same_process(engine, job, tmp_path):
    scenarios = ("succeed", "fail")
    first = run(engine, job, tmp_path, *scenarios)
    with pytest.raises(InputError) as caught:
        engine.run(command(*scenarios), job, tmp_path, Recorder())
    assert caught.value.code is ErrorCode.LABELS_EMPTY
    assert run(engine, job, tmp_path, *scenarios) == first


def test_an_engine_that_dies_during_a_job_is_reported_and_the_next_job_starts_another(engine, job, tmp_path):
    scenarios = ("succeed", "crash")
    first = run(engine, job, tmp_path, *scenarios)
    os.unlink(job.output)
    with pytest.raises(EngineError) as caught:
        engine.run(command(*scenarios), job, tmp_path, Recorder())
    assert caught.value.code is ErrorCode.ENGINE_DIED
    assert "exit code 7" in caught.value.found
    assert "the GPU has left the building" in caught.value.found
    assert leftovers(job) == []
    assert run(engine, job, tmp_path, *scenarios) != first


def test_an_idle_engine_that_ended_is_replaced_silently(engine, job, tmp_path):
    first = run(engine, job, tmp_path)
    os.kill(first, signal.SIGKILL)
    assert run(engine, job, tmp_path) != first


def test_an_engine_that_ends_while_receiving_a_job_is_replaced(engine, job, tmp_path):
    scenarios = ("succeed", "leave")
    first = run(engine, job, tmp_path, *scenarios)
    assert run(engine, job, tmp_path, *scenarios) != first


def test_an_engine_that_never_starts_is_reported(engine, job, tmp_path):
    with pytest.raises(EngineError) as caught:
        engine.run([sys.executable, "-c", "import no_such_module"], job, tmp_path, Recorder())
    assert caught.value.code is ErrorCode.ENGINE_DIED
    assert "no_such_module" in caught.value.found


def test_a_missing_interpreter_is_reported(engine, job, tmp_path):
    with pytest.raises(EngineError) as caught:
        engine.run([str(tmp_path / "no python")], job, tmp_path, Recorder())
    assert caught.value.code is ErrorCode.DEPENDENCY_MISSING


def test_a_finished_job_without_its_file_is_a_failure(engine, job, tmp_path):
    with pytest.raises(EngineError) as caught:
        engine.run(command("lie"), job, tmp_path, Recorder())
    assert caught.value.subject == job.output


def test_another_python_gets_another_process(engine, job, tmp_path):
    first = run(engine, job, tmp_path)
    second = run(engine, job, tmp_path, "succeed")
    assert second != first
    assert is_gone(first)


def test_cancel_ends_it_within_two_seconds_and_leaves_nothing(engine, job, tmp_path):
    recorder = Recorder(cancel_after=2)
    with pytest.raises(EngineCancelledError):
        engine.run(command("hang"), job, tmp_path, recorder)
    assert time.monotonic() - recorder.cancelled_at < on_this_machine(2)
    assert is_gone(process_of(recorder))
    assert leftovers(job) == []


def test_release_ends_it_in_the_middle_of_a_job_and_starts_no_other(engine, job, tmp_path):
    recorder, ended = Recorder(), []

    def work():
        try:
            engine.run(command("hang"), job, tmp_path, recorder)
        except EngineCancelledError as error:
            ended.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    deadline = time.monotonic() + 60
    while len(recorder.events) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    engine.release()
    thread.join(timeout=on_this_machine(5))
    assert len(ended) == 1
    assert is_gone(process_of(recorder))
    assert leftovers(job) == []
    with pytest.raises(EngineCancelledError):
        engine.run(command(), job, tmp_path, Recorder())


def test_two_threads_wait_for_each_other(engine, job, tmp_path):
    answered = []
    jobs = [replace(job, output=f"{job.output}{number}") for number in range(4)]
    threads = [threading.Thread(target=lambda each=each: answered.append(run(engine, each, tmp_path))) for each in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert len(answered) == 4
    assert len(set(answered)) == 1


def warmed(engine, find_command, folder):
    """Warm the engine up; returns the number of its process, None where it stayed cold."""
    engine.warm_up(find_command, folder)
    engine._warming.join(timeout=20)
    return engine._process._process.pid if engine._process is not None else None


def test_an_engine_warmed_up_runs_the_first_job(engine, job, tmp_path):
    process = warmed(engine, command, tmp_path)
    assert process is not None
    engine.warm_up(command, tmp_path)  # there is one: no other is started
    assert run(engine, job, tmp_path) == process


def test_a_broken_engine_is_reported_by_the_job_and_not_started_twice_before(engine, job, tmp_path):
    asked = []

    def find_command():
        asked.append(1)
        return [sys.executable, "-c", "import no_such_module"]

    for _again in range(2):
        assert warmed(engine, find_command, tmp_path) is None
    assert asked == [1]
    with pytest.raises(EngineError, match="no_such_module"):
        engine.run(find_command(), job, tmp_path, Recorder())
    assert run(engine, job, tmp_path) > 0


def test_an_engine_that_is_let_go_of_while_it_warms_up_ends(engine, tmp_path):
    mark = tmp_path / "up"
    slow = [sys.executable, "-c", f"import pathlib, time; pathlib.Path({str(mark)!r}).write_text('x'); time.sleep(60)"]
    engine.warm_up(lambda: slow, tmp_path)
    deadline = time.monotonic() + 60
    while not mark.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    process = engine._process._process.pid
    engine.release()
    assert is_gone(process)
    engine._warming.join(timeout=on_this_machine(5))
    assert not engine._warming.is_alive()
