"""A figure that was measured several times: its median and range."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from .rounds import Runs


@dataclass(frozen=True)
class Spread:
    """Median, minimum and maximum over the rounds."""

    middle: float
    low: float
    high: float

    @classmethod
    def of(cls, found: Sequence[float]) -> Spread:
        """From one figure per round.

        Raises:
            ValueError: there is none.
        """
        if not found:
            raise ValueError("nothing was measured")
        return cls(median(found), min(found), max(found))

    @classmethod
    def exactly(cls, value: float) -> Spread:
        """Of a figure that does not vary."""
        return cls(value, value, value)


def rate(runs: Runs) -> Spread:
    """Units per second of processor time."""
    return Spread.of(runs.rates())


def times_as_fast(ours: Runs, theirs: Runs) -> Spread:
    """Our rate relative to theirs, per processor time and round."""
    return Spread.of([own / other for own, other in zip(ours.rates(), theirs.rates(), strict=True)])


def times_as_fast_by_wall(ours: Runs, theirs: Runs) -> Spread:
    """As :func:`times_as_fast`, in wall time."""
    return Spread.of([own / other for own, other in zip(ours.wall_rates(), theirs.wall_rates(), strict=True)])
