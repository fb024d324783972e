"""What libraries put down for a moment is gone after the run, however it ended."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from colearn.engine.outputs import scratch_folder
from colearn.engine.outputs.output_set import remove_all_temporary

ROOT = Path(__file__).resolve().parents[3]
DYING = """
import os, signal, sys, tempfile
from pathlib import Path
from engine.outputs import scratch_folder
with scratch_folder() as folder:
    Path(tempfile.mkdtemp(prefix="ort.quant."), "model.onnx").write_bytes(b"half")
    print(folder, flush=True)
    if sys.argv[1] == "dies":
        os.kill(os.getpid(), signal.SIGKILL)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def around(tmp_path, monkeypatch):
    """A folder for temporary files that nobody else uses."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def start(around, end):
    """A process in a scratch folder, which it names."""
    process = subprocess.Popen(
        [sys.executable, "-c", DYING, end],
        **{"cwd": ROOT, "env": {**os.environ, "TMPDIR": str(around)}, "text": True},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    return process, Path(process.stdout.readline().rstrip("\n"))


def test_others_temporary_files_are_in_it_and_go_with_it(around):
    with scratch_folder() as folder:
        others = tempfile.mkdtemp()
        assert Path(others).parent == folder
        assert folder.parent == around
    assert list(around.iterdir()) == []
    assert tempfile.gettempdir() == str(around)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills as POSIX knows them")
def test_a_killed_run_leaves_one_and_the_next_removes_it(around):
    process, folder = start(around, "dies")
    with process:
        process.wait()
    assert folder.is_dir()
    with scratch_folder() as own:
        assert list(around.iterdir()) == [own]
    assert list(around.iterdir()) == []


def test_that_of_a_run_that_lives_is_left_alone(around):
    process, folder = start(around, "lives")
    with process:
        with scratch_folder() as own:
            assert sorted(around.iterdir()) == sorted([own, folder])
        process.stdin.close()


def test_an_end_from_outside_removes_it(around):
    with scratch_folder() as folder:
        Path(folder, "ort.quant.1").mkdir()
        remove_all_temporary()
        assert list(around.iterdir()) == []


def test_a_link_of_its_name_is_left_alone(around, tmp_path_factory):
    victim = tmp_path_factory.mktemp("victim")
    (victim / "thesis.txt").write_text("years of work")
    (around / "colearn-scratch-0").symlink_to(victim)
    with scratch_folder():
        pass
    assert (victim / "thesis.txt").read_text() == "years of work"
    assert (around / "colearn-scratch-0").is_symlink()
