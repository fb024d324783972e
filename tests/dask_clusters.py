"""A Dask cluster that is there already: a scheduler and a worker of two threads, started without the engine."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def cluster(folder: Path, *options: str) -> Iterator[str]:
    """The scheduler's address, as long as it runs; ``options`` are those of the scheduler and of the worker."""
    address_file = folder / "scheduler.json"
    dask = [sys.executable, "-m", "dask"]
    here = [f"--scheduler-file={address_file}", "--no-dashboard", *options]
    commands = [
        [*dask, "scheduler", "--host", "127.0.0.1", "--port", "0", *here],
        [*dask, "worker", "--nthreads", "2", *here],
    ]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    processes = [subprocess.Popen(command, cwd=folder, **quiet) for command in commands]
    deadline = time.monotonic() + 60
    while not address_file.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    yield json.loads(address_file.read_text())["address"]
    for process in reversed(processes):
        process.terminate()
        process.wait(timeout=30)
