"""How long a run still takes, from how far it is: shown once it is known, in steps a person can read."""

from __future__ import annotations

from typing import Optional

LEAST_SHARE = 0.03
LEAST_S = 5.0


def seconds_left(share: float, reached_s: float, elapsed_s: float) -> Optional[float]:
    """The time left, if things go on as they went; None at the beginning, and where they take longer than that.

    Args:
        reached_s: when the share was reached, in seconds from the start: some stages do not say how far they are.
    """
    if share < LEAST_SHARE or reached_s < LEAST_S or share >= 1:
        return None
    left = reached_s * (1 - share) / share - (elapsed_s - reached_s)
    return left if left > 0 else None


def rounded_seconds(seconds: float) -> int:
    """Seconds as they are shown: in steps of five."""
    return max(5, 5 * round(seconds / 5))


def rounded_minutes(seconds: float) -> float:
    """Minutes as they are shown: halves below two minutes, whole ones above."""
    minutes = seconds / 60
    return max(0.5, round(2 * minutes) / 2) if minutes < 2 else float(round(minutes))
