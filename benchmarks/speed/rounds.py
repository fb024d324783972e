"""Rounds: every round runs each contestant once, so that whatever the machine does, it does to all of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .clock import Seconds, timed

LEAST_ROUNDS = 6
MOST_TIMES = 20


@dataclass(frozen=True)
class Contestant:
    """One that is measured: ``work`` does ``amount`` units (pixels, samples, floating-point operations) in one run."""

    name: str
    amount: float
    work: Callable[[], object]


@dataclass(frozen=True)
class Runs:
    """What a contestant did in a run, and what each of its runs cost, in the order of the rounds."""

    amount: float
    seconds: tuple[Seconds, ...]

    def rates(self) -> tuple[float, ...]:
        """Units per processor second."""
        return tuple(self.amount / each.cpu_s for each in self.seconds)

    def wall_rates(self) -> tuple[float, ...]:
        """Units per second of a person's time."""
        return tuple(self.amount / each.wall_s for each in self.seconds)


def in_rounds(
    contestants: Sequence[Contestant],
    rounds: int,
    least_s: float = 0.0,
    on_round: Callable[[int, float], None] = lambda *_: None,
) -> dict[str, Runs]:
    """Run every contestant unmeasured, then in every round once; each round starts with another one.

    Args:
        least_s: how long a run takes at least, by the clock: who is quicker does its work several times a run.
        on_round: told the number of every round that is over, from 1, and what it took in seconds.
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
    """One whose run takes so long: what the clock and the neighbours do to a short one is not small beside it.

    Its work is done once, unmeasured, to see how long it takes.
    """
    times = min(MOST_TIMES, math.ceil(least_s / max(timed(contestant.work).wall_s, 1e-6)))
    if times <= 1:
        return contestant

    def work() -> None:
        for _ in range(times):
            contestant.work()

    return Contestant(contestant.name, times * contestant.amount, work)
