"""A figure that was found several times: its median, and how far the single findings lie apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from .rounds import Runs


@dataclass(frozen=True)
class Spread:
    """Median, least and most of what the rounds brought."""

    middle: float
    low: float
    high: float

    @classmethod
    def of(cls, found: Sequence[float]) -> Spread:
        """From one figure a round.

        Raises:
            ValueError: there is none.
        """
        if not found:
            raise ValueError("nothing was measured")
        return cls(median(found), min(found), max(found))

    @classmethod
    def exactly(cls, value: float) -> Spread:
        """Of something that does not vary."""
        return cls(value, value, value)


def rate(runs: Runs) -> Spread:
    """Units per processor second."""
    return Spread.of(runs.rates())


def times_as_fast(ours: Runs, theirs: Runs) -> Spread:
    """How many times the units of theirs are ours per processor second, round by round."""
    return Spread.of([own / other for own, other in zip(ours.rates(), theirs.rates(), strict=True)])


def times_as_fast_by_wall(ours: Runs, theirs: Runs) -> Spread:
    """As :func:`times_as_fast`, by what a person waits."""
    return Spread.of([own / other for own, other in zip(ours.wall_rates(), theirs.wall_rates(), strict=True)])
