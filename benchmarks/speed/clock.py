"""What a run costs: processor seconds of this process, its threads and the processes it started; and wall seconds."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Seconds:
    """``cpu_s`` sums up all threads and all ended child processes, ``wall_s`` is what a person waits."""

    cpu_s: float
    wall_s: float


def timed(work: Callable[[], object]) -> Seconds:
    """Run ``work`` once."""
    cpu_s, wall_s = _cpu_s(), time.perf_counter()
    work()
    return Seconds(_cpu_s() - cpu_s, time.perf_counter() - wall_s)


def _cpu_s() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime
