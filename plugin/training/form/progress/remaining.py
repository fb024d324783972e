"""The remaining time of a run, from its progress; durations rounded for display."""

from __future__ import annotations

from typing import Optional

LEAST_SHARE = 0.03
LEAST_S = 5.0


def seconds_left(share: float, reached_s: float, elapsed_s: float) -> Optional[float]:
    """The remaining time at the speed so far; None at the beginning, and when the estimate has been exceeded.

    Args:
        reached_s: when ``share`` was reached, in seconds from the start, because some stages do not report progress.
    """
    if share < LEAST_SHARE or reached_s < LEAST_S or share >= 1:
        return None
    left = reached_s * (1 - share) / share - (elapsed_s - reached_s)
    return left if left > 0 else None


def rounded_seconds(seconds: float) -> int:
    """Seconds for display: in steps of five."""
    return max(5, 5 * round(seconds / 5))


def rounded_minutes(seconds: float) -> float:
    """Minutes for display: in halves below two minutes, integers above."""
    minutes = seconds / 60
    return max(0.5, round(2 * minutes) / 2) if minutes < 2 else float(round(minutes))


def roughly(seconds: float) -> float:
    """An expected duration as precise as it is known.

    From 20 minutes in steps of five minutes, from 100 minutes of half an hour, from ten hours of an hour.
    """
    minutes = seconds / 60
    if minutes < 20:
        return seconds
    step = 5 if minutes < 100 else 30 if minutes < 600 else 60
    return 60.0 * step * round(minutes / step)
