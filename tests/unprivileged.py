"""Programs run as nobody, in a folder of their own: what they try to harm is nothing of anybody's.

Who runs the tests as root has no other safe way to run what is hostile; who does not is unprivileged already.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NOBODY = 65534
# For a small program: the most memory it had itself. ru_maxrss begins with that of the process it was forked from.
PEAK_MB = """
def peak_mb():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
"""


def is_root() -> bool:
    return os.geteuid() == 0


@contextmanager
def own_folder() -> Iterator[Path]:
    """A folder that an unprivileged process may write to; pytest's own are root's alone."""
    folder = Path(tempfile.mkdtemp(prefix="colearn-hostile-"))
    try:
        give_away(folder)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def give_away(folder: Path) -> None:
    """Let everything in a folder belong to nobody, where root made it."""
    if is_root():
        for path in (folder, *folder.rglob("*")):
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)


def run_unprivileged(*command, folder: Path, timeout_s: float = 300, **options) -> subprocess.CompletedProcess:
    """Run a program as nobody; its home, cache and temporary folder are ``folder``."""
    _require_readable_tree()
    give_away(folder)
    places = dict.fromkeys(("HOME", "TMPDIR", "COLEARN_CACHE", "XDG_CACHE_HOME"), str(folder))
    user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if is_root() else {}
    environment = {**os.environ, **places, "OMP_NUM_THREADS": "1", **options.pop("env", {})}
    return subprocess.run(
        [*map(str, command)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=timeout_s,
        check=False,
        **user,
        **options,
    )


def run_python(code: str, *arguments, folder: Path, **options) -> subprocess.CompletedProcess:
    """Run a small program that may import the engine."""
    return run_unprivileged(sys.executable, "-c", code, *arguments, folder=folder, **options)


def run_engine(*arguments, folder: Path, **options) -> subprocess.CompletedProcess:
    """Run the engine as its command line."""
    start = ROOT / "engine" / "start.py"
    return run_unprivileged(sys.executable, "-I", "-X", "utf8", start, *arguments, folder=folder, **options)


@cache
def _require_readable_tree() -> None:
    """Skip where the project lies in a folder that is root's alone."""
    if is_root():
        command = [sys.executable, "-c", "import engine.outputs.output_set, numpy"]
        done = subprocess.run(
            command, cwd=ROOT, user=NOBODY, group=NOBODY, extra_groups=[], capture_output=True, check=False
        )
        if done.returncode:
            pytest.skip("nobody may not read the project's folder: hostile tests are not run as root")
