"""A lock lives as long as its process, and says whose it is."""

import errno
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest
from colearn.engine.outputs import run_lock as module
from colearn.engine.outputs.run_lock import LockState, RunLock, look_at_lock

ROOT = Path(__file__).resolve().parents[3]
HOLDING = """
import sys
from pathlib import Path
from engine.outputs.run_lock import RunLock
lock = RunLock.take(Path(sys.argv[1]))
lock.add("map é.tif")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "lock"


def holding(path):
    """A process that holds the lock until it is killed."""
    command = [sys.executable, "-c", HOLDING, str(path)]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "held\n"
    return process


def test_a_process_holds_it_until_it_is_killed(path):
    with holding(path) as process:
        state, holder = look_at_lock(path)
        assert state is LockState.HELD
        assert (holder.process, holder.computer, holder.names) == (process.pid, platform.node(), ("map é.tif",))
        assert f"process {process.pid} on {platform.node()}, since 20" in holder.describe()
        assert RunLock.take(path) is None
        process.kill()
        process.wait()
    assert look_at_lock(path) == (LockState.FREE, holder)


def test_a_lock_that_was_left_can_be_taken(path):
    with holding(path) as process:
        process.kill()
        process.wait()
    lock = RunLock.take(path)
    state, holder = look_at_lock(path)
    assert (state, holder.process, holder.names) == (LockState.HELD, os.getpid(), ())
    lock.release()
    lock.release()
    assert look_at_lock(path)[0] is LockState.FREE


def test_looking_takes_nothing_away(path):
    lock = RunLock.take(path)
    for _ in range(3):
        assert look_at_lock(path)[0] is LockState.HELD
    lock.release()


@pytest.mark.parametrize("text", ["", '{"process": 12', '{"pro": 1}\n', "[]\n", "12\n"])
def test_an_unsigned_lock_file_is_of_a_run_that_starts_or_was_killed(path, text):
    path.write_text(text)
    assert look_at_lock(path) == (LockState.UNSIGNED, None)


def test_no_file_is_no_lock(path):
    assert look_at_lock(path) == (LockState.UNKNOWN, None)


@pytest.mark.skipif(sys.platform == "win32", reason="locks of another kind")
def test_a_file_system_without_locks_blocks_no_run_and_declares_none_ended(path, monkeypatch):
    def refuse(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(module.fcntl, "flock", refuse)
    lock = RunLock.take(path)
    assert lock is not None
    lock.release()
    state, holder = look_at_lock(path)
    assert (state, holder.process) == (LockState.UNKNOWN, os.getpid())


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError):
        RunLock.take(tmp_path / "gone" / "lock")
