"""Rounds: each runs every contestant once, so that disturbances of the machine affect all of them alike."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .clock import Seconds, timed

LEAST_ROUNDS = 6
MOST_TIMES = 20


@dataclass(frozen=True)
class Contestant:
    """A measured contestant: one run of ``work`` processes ``amount`` units (pixels, samples, operations)."""

    name: str
    amount: float
    work: Callable[[], object]


@dataclass(frozen=True)
class Runs:
    """The amount processed per run, and the cost of each run, in the order of the rounds."""

    amount: float
    seconds: tuple[Seconds, ...]

    def rates(self) -> tuple[float, ...]:
        """Units per second of processor time."""
        return tuple(self.amount / each.cpu_s for each in self.seconds)

    def wall_rates(self) -> tuple[float, ...]:
        """Units per second of wall time."""
        return tuple(self.amount / each.wall_s for each in self.seconds)


def in_rounds(
    contestants: Sequence[Contestant],
    rounds: int,
    least_s: float = 0.0,
    on_round: Callable[[int, float], None] = lambda *_: None,
) -> dict[str, Runs]:
    """Run every contestant once unmeasured, then once per round; each round starts with another one.

    Args:
        least_s: minimum wall time of a run: faster contestants repeat their work within it.
        on_round: called after every round with its number, from 1, and its duration in seconds.
    """
    lasting = [_lasting(each, least_s) for each in contestants]
    found: dict[str, list[Seconds]] = {each.name: [] for each in lasting}
    for number in range(rounds):
        first = number % max(1, len(lasting))
        spent = {each.name: timed(each.work) for each in (*lasting[first:], *lasting[:first])}
        for name, seconds in spent.items():
            found[name].append(seconds)
        on_round(number + 1, sum(each.wall_s for each in spent.values()))
    return {each.name: Runs(each.amount, tuple(found[each.name])) for each in lasting}


def _lasting(contestant: Contestant, least_s: float) -> Contestant:
    """The contestant with its work repeated to reach this duration, so that timer resolution and noise are negligible.

    The work is run once, unmeasured, to find its duration.
    """
    times = min(MOST_TIMES, math.ceil(least_s / max(timed(contestant.work).wall_s, 1e-6)))
    if times <= 1:
        return contestant

    def work() -> None:
        for _ in range(times):
            contestant.work()

    return Contestant(contestant.name, times * contestant.amount, work)
