"""Errors nobody foresaw reach the plugin as events, with a way out where there is one."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from colearn.engine.contract.job.job_file import job_to_text
from colearn.engine.process.unexpected_errors import speaks_of_memory

from journeys import predict_job, train_job

ROOT = Path(__file__).resolve().parents[3]

RAISING = """
import sys
import engine.__main__ as engine

def journey(reporter):
    {statement}

engine._journey = lambda *_: journey
sys.exit(engine.main([sys.argv[1], sys.argv[2], "--events"]))
"""


def last_event(statement: str, job, journey: str, folder: Path) -> dict:
    file = folder / "job.json"
    file.write_text(job_to_text(job), encoding="utf-8")
    command = [sys.executable, "-c", RAISING.format(statement=statement), journey, str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 1, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize(
    ("statement", "code", "words"),
    [
        ("raise MemoryError()", "out_of_memory", "MAX_SAMPLES"),
        (
            "raise RuntimeError('DefaultCPUAllocator: can\\'t allocate memory: you tried to allocate 9 bytes')",
            "out_of_memory",
            "CONTEXT_M",
        ),
        ("raise RuntimeError('CUDA out of memory. Tried to allocate 2.00 GiB')", "out_of_memory", "BATCH_SIZE"),
        ("raise RuntimeError('std::bad_alloc')", "out_of_memory", "Close other programs"),
        ("import numpy; numpy.empty(10**18)", "out_of_memory", "MAX_SAMPLES"),
        ("raise OSError(28, 'No space left on device', '/tmp/pymp-1')", "disk_full", "TMPDIR"),
        ("import a_package_nobody_has", "dependency_missing", "make setup"),
        ("raise KeyError('geometry')", "unforeseen", "Your files were not changed"),
        ("print('no event'); 1 / 0", "unforeseen", "report this"),
    ],
)
def test_training(world, tmp_path, statement, code, words) -> None:
    event = last_event(statement, train_job(world, tmp_path), "train", tmp_path)
    assert (event["event"], event["code"]) == ("failed", code)
    assert words in event["remedy"]
    assert "Traceback" in event["details"]
    assert event["found"]
    assert event["expected"]


def test_a_prediction_short_of_memory_is_not_advised_to_lower_training_parameters(world, tmp_path) -> None:
    job = predict_job("model.colearn", world.camera, tmp_path / "map.tif")
    event = last_event("raise MemoryError()", job, "predict", tmp_path)
    assert event["code"] == "out_of_memory"
    assert "block_px" in event["remedy"]
    assert "BATCH_SIZE" not in event["remedy"]


SHORT_OF_MEMORY = """
import resource, sys
import engine.train
import engine.__main__ as engine

used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 250_000_000,) * 2)
sys.exit(engine.main(["train", sys.argv[1], "--events"]))
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="asks Linux how much memory is used")
def test_memory_that_is_really_short_is_reported_and_leaves_nothing_behind(world, tmp_path) -> None:
    """Patches of 101 × 101 pixels take 500 MB; the process is allowed half of that."""
    outputs = tmp_path / "outputs"
    outputs.mkdir()
    file = tmp_path / "job.json"
    file.write_text(job_to_text(train_job(world, outputs, context_m=1000.0, max_samples=5000)), encoding="utf-8")
    command = [sys.executable, "-c", SHORT_OF_MEMORY, str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    event = json.loads(done.stdout.splitlines()[-1])
    assert (done.returncode, event["code"]) == (1, "out_of_memory"), event
    assert list(outputs.iterdir()) == []


@pytest.mark.parametrize(
    "words",
    [
        "CUDA out of memory. Tried to allocate 2.00 GiB",
        "CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED",
        "CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED",
        "Available memory of 1024 is smaller than requested bytes of 4096",
        "Failed to allocate memory for requested buffer of size 4096",
    ],
)
def test_gpus_say_in_many_ways_that_memory_is_short(words: str) -> None:
    assert speaks_of_memory(RuntimeError(words))


def test_other_errors_do_not_speak_of_memory() -> None:
    assert not speaks_of_memory(RuntimeError("CUDA error: an illegal memory access was encountered"))
