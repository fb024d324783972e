"""The cost of a run: processor time of this process, its threads and child processes; and wall time."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Seconds:
    """``cpu_s`` is the sum over all threads and finished child processes, ``wall_s`` is the elapsed time."""

    cpu_s: float
    wall_s: float


def timed(work: Callable[[], object]) -> Seconds:
    """Run ``work`` once and measure it."""
    cpu_s, wall_s = _cpu_s(), time.perf_counter()
    work()
    return Seconds(_cpu_s() - cpu_s, time.perf_counter() - wall_s)


def _cpu_s() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime
