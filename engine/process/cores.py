"""The number of processor cores available to this process."""

from __future__ import annotations

import os


def usable_cores() -> int:
    """The number of cores this process may run on: a batch system may assign fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
