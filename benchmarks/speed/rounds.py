"""Rounds: every round runs each contestant once, so that whatever the machine does, it does to all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .clock import Seconds, timed

LEAST_ROUNDS = 6


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
    contestants: Sequence[Contestant], rounds: int, on_round: Callable[[int, float], None] = lambda *_: None
) -> dict[str, Runs]:
    """Run every contestant once unmeasured, then once in every round; each round starts with another one.

    Args:
        on_round: told the number of every round that is over, and what it took in seconds; 0 for the unmeasured one.
    """
    found: dict[str, list[Seconds]] = {each.name: [] for each in contestants}
    for number in range(rounds + 1):
        first = number % max(1, len(contestants))
        spent = {each.name: timed(each.work) for each in (*contestants[first:], *contestants[:first])}
        if number:
            for name, seconds in spent.items():
                found[name].append(seconds)
        on_round(number, sum(each.wall_s for each in spent.values()))
    return {each.name: Runs(each.amount, tuple(found[each.name])) for each in contestants}
