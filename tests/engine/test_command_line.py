"""The engine as a program: events on standard output, exit codes, and an end that leaves nothing behind."""

import json
import os
import signal
import subprocess
import sys
import termios
import time
from dataclasses import replace
from pathlib import Path

import pytest
from colearn.engine.contract.job.job_file import job_to_text
from colearn.engine.contract.job.method import Method
from colearn.engine.contract.job.sources import SensorSpec
from colearn.engine.contract.wire.errors import ErrorCode
from colearn.engine.contract.wire.events import Failed, Finished, Started, from_line

from deadlines import on_this_machine
from journeys import predict_job, source, train_job
from processes import is_alive

ROOT = Path(__file__).resolve().parents[2]


def start(journey: str, job_file: Path, *options: str, **changes) -> subprocess.Popen:
    command = [sys.executable, "-m", "engine", journey, str(job_file), *options]
    return subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **changes
    )


def test_a_python_that_is_too_old_is_refused_before_anything_is_read(tmp_path):
    """What runs it is the newest Python that is too old: the oldest that is not is called one newer than this."""
    code = (
        "import sys; import engine.__main__ as program; "
        "program.OLDEST_PYTHON = (sys.version_info[0], sys.version_info[1] + 1); sys.exit(program.main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", code, "predict", str(tmp_path / "no job.json")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    started, failed = (from_line(line) for line in done.stdout.splitlines())
    major, minor, patch = sys.version_info[:3]
    assert isinstance(started, Started) and isinstance(failed, Failed)
    assert (done.returncode, failed.code) == (1, ErrorCode.DEPENDENCY_MISSING)
    assert (failed.subject, failed.found) == (sys.executable, f"Python {major}.{minor}.{patch}")
    assert failed.expected == f"Python {major}.{minor + 1} or newer"


def write_job(job, folder: Path) -> Path:
    file = folder / "job é.json"
    file.write_text(job_to_text(job), encoding="utf-8")
    return file


def brief_job(world, folder: Path):
    """A whole training that is soon over: one sensor, one network, one epoch."""
    camera = (SensorSpec("camera", (source(world.camera),)),)
    return train_job(world, folder, sensors=camera, method=Method.ALONE, epochs=1, max_samples=150)


def events_of(process: subprocess.Popen) -> list:
    output, _ = process.communicate(timeout=600)
    events = [from_line(line) for line in output.splitlines()]
    assert None not in events, output
    return events


def wait_for(process: subprocess.Popen, word: str) -> None:
    """Read events until one speaks of ``word``."""
    for line in process.stdout:
        if word in line:
            return
    raise AssertionError(f"{word} was never printed: {process.stderr.read()}")


@pytest.fixture
def long_job(world, tmp_path):
    """A training that goes on for minutes, with its outputs in a folder of their own."""
    outputs = tmp_path / "outputs"
    outputs.mkdir()
    job = replace(train_job(world, outputs, epochs=10_000, learning_rate=1e-9), run_id="abc123")
    return write_job(job, tmp_path), outputs


def test_a_job_that_cannot_be_read_fails_with_one_event(tmp_path) -> None:
    process = start("train", tmp_path / "no such job.json", "--events")
    events = events_of(process)
    assert isinstance(events[0], Started)
    assert isinstance(events[-1], Failed)
    assert events[-1].code is ErrorCode.JOB_INVALID
    assert process.returncode == 1


def test_a_wrong_command_line_says_what_is_valid(tmp_path) -> None:
    process = start("dance", tmp_path / "job.json")
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 2
    assert "train" in errors


@pytest.mark.slow
def test_the_journeys_run_from_saved_jobs_one_after_the_other(world, tmp_path) -> None:
    training = events_of(start("train", write_job(brief_job(world, tmp_path), tmp_path), "--events"))
    assert isinstance(training[-1], Finished)
    job = predict_job(tmp_path / "model.colearn", world.camera, tmp_path / "map.tif")
    prediction = events_of(start("predict", write_job(job, tmp_path)))
    assert prediction[-1].outputs == {"OUTPUT": str(tmp_path / "map.tif")}
    names = sorted(path.name for path in tmp_path.iterdir())
    assert [name for name in names if name.startswith(".")] == []


def test_a_failure_leaves_what_was_there_untouched(world, tmp_path) -> None:
    (tmp_path / "map.tif").write_bytes(b"precious")
    (tmp_path / "model.colearn").write_bytes(b"not a model")
    job = predict_job(tmp_path / "model.colearn", world.camera, tmp_path / "map.tif")
    events = events_of(start("predict", write_job(job, tmp_path)))
    assert events[-1].code is ErrorCode.MODEL_UNREADABLE
    assert (tmp_path / "map.tif").read_bytes() == b"precious"


@pytest.mark.parametrize("how", ["end of input", "SIGTERM", "SIGINT"])
def test_an_engine_without_its_caller_ends_within_two_seconds_and_cleans_up(long_job, how) -> None:
    job, outputs = long_job
    with start("train", job, "--attached", "--events") as process:
        wait_for(process, '"epoch"')
        assert [path.name for path in outputs.iterdir()] != []
        started = time.monotonic()
        if how == "end of input":
            process.stdin.close()
        else:
            process.send_signal(getattr(signal, how))
        assert process.wait(timeout=300) == 3
        assert time.monotonic() - started < on_this_machine(2)
    assert list(outputs.iterdir()) == []


def test_an_engine_still_loading_its_libraries_ends_at_once(long_job) -> None:
    job, outputs = long_job
    with start("train", job, "--attached", "--events") as process:
        wait_for(process, '"started"')
        time.sleep(0.3)
        started = time.monotonic()
        process.stdin.close()
        assert process.wait(timeout=300) != 0
        assert time.monotonic() - started < on_this_machine(2)
    assert list(outputs.iterdir()) == []


def test_an_engine_ends_when_its_parent_is_killed(long_job, tmp_path) -> None:
    job, outputs = long_job
    script = (
        "import subprocess, sys, time\n"
        f"command = [sys.executable, '-m', 'engine', 'train', {str(job)!r}, '--attached', '--events']\n"
        "engine = subprocess.Popen(command,\n"
        f"    cwd={str(ROOT)!r}, stdin=subprocess.PIPE, stdout=open({str(tmp_path / 'events')!r}, 'w'))\n"
        "print(engine.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        engine = int(parent.stdout.readline())
        deadline = time.monotonic() + 60
        while '"epoch"' not in (tmp_path / "events").read_text() and time.monotonic() < deadline:
            time.sleep(0.1)
        parent.send_signal(signal.SIGKILL)
    started = time.monotonic()
    while is_alive(engine) and time.monotonic() - started < 60:
        time.sleep(0.05)
    assert time.monotonic() - started < on_this_machine(2)
    assert list(outputs.iterdir()) == []


def test_without_attachment_an_empty_input_does_not_end_it(world, tmp_path) -> None:
    job = write_job(brief_job(world, tmp_path), tmp_path)
    command = [sys.executable, "-m", "engine", "train", str(job), "--events"]
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["event"] == "finished"


def start_on_terminal(journey: str, job: Path, size: tuple[int, int] | None) -> tuple[subprocess.Popen, int]:
    """Start the engine on a terminal of its own; returns it and the end that a person sits at."""
    pty = pytest.importorskip("pty")
    try:
        controller, terminal = pty.openpty()
    except OSError as error:
        pytest.skip(f"this machine gives no terminal: {error}")
    if size:
        termios.tcsetwinsize(terminal, size)
    command = [sys.executable, "-m", "engine", journey, str(job)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=terminal, stderr=terminal, stdin=subprocess.DEVNULL)
    os.close(terminal)
    return process, controller


def shown_on(controller: int, until: bytes = b"\0") -> bytes:
    """What a terminal shows until some words, or until the program has ended."""
    shown = b""
    try:
        while until not in shown and (chunk := os.read(controller, 4096)):
            shown += chunk
    except OSError:  # the terminal's other end is gone: Linux says so by an error
        pass
    return shown


@pytest.mark.slow
@pytest.mark.parametrize("size", [(24, 100), None], ids=["wide", "of no width"])
def test_a_terminal_shows_bars_instead_of_events(world, tmp_path, size) -> None:
    process, controller = start_on_terminal("train", write_job(brief_job(world, tmp_path), tmp_path), size)
    shown = shown_on(controller)
    assert process.wait(timeout=300) == 0, shown
    assert b'"event"' not in shown
    assert "█".encode() in shown
    assert b"OUTPUT_MODEL" in shown


def test_cancelling_on_a_terminal_says_so(long_job) -> None:
    job, outputs = long_job
    process, controller = start_on_terminal("train", job, (24, 100))
    shown_on(controller, b"epoch 1/")
    started = time.monotonic()
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGINT)  # of a person in a hurry
    shown = shown_on(controller)
    assert process.wait(timeout=300) == 3
    assert time.monotonic() - started < on_this_machine(2)
    assert shown.count(b"\r\nCancelled.\r\n") == 1
    assert list(outputs.iterdir()) == []


def test_cancelling_on_a_terminal_says_which_parts_are_kept(world, small_model, tmp_path) -> None:
    outputs = tmp_path / "outputs"
    outputs.mkdir()
    job = predict_job(small_model, world.camera, outputs / "map.tif", block_px=8, threads=1, keep_parts=True)
    process, controller = start_on_terminal("predict", write_job(job, tmp_path), (24, 1000))
    shown_on(controller, b"Finished parts are kept")
    deadline = time.monotonic() + 60
    while not list(outputs.glob(".*/* OUTPUT.tif")) and time.monotonic() < deadline:
        time.sleep(0.001)
    process.send_signal(signal.SIGINT)
    shown = shown_on(controller)
    assert process.wait(timeout=300) == 3, shown
    (folder,) = outputs.glob(".*.colearn-parts-*")
    assert f" parts are kept in {folder}; run the same job again to resume.".encode() in shown
