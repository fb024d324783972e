"""Deadlines by the clock, on machines that others use as well."""

import os


def on_this_machine(seconds: float) -> float:
    """So many seconds where a core is free; where processes share the cores, as many times longer.

    What the system counts is the mean of a minute, behind which a burst stays: so twice that; five times as many at
    most, or a deadline would no longer say anything.
    """
    waiting, cores = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0, os.cpu_count() or 1
    return seconds * min(max(1.0, 2 * waiting / cores), 5.0)
