"""Figures derived from the results of several contestants of one run; None if something was not measured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .results import Result
from .rounds import Runs
from .spread import Spread, rate, times_as_fast, times_as_fast_by_wall

Floors = tuple[str, Sequence[str]]  # a subject, and its contestants that represent the machine's limit
Rates = Callable[[Runs], tuple[float, ...]]
Compared = Callable[[Runs, Runs], Spread]


@dataclass(frozen=True)
class Measured:
    """All available results, by subject."""

    results: dict[str, Result]

    def runs(self, subject: str, name: str) -> Runs | None:
        """A contestant's runs."""
        result = self.results.get(subject)
        return None if result is None else result.runs.get(name)

    def fact(self, subject: str, name: str) -> float | None:
        """A figure that was determined once."""
        result = self.results.get(subject)
        return None if result is None else result.facts.get(name)

    def why_missing(self, subject: str, name: str) -> str:
        """Why a contestant is not available."""
        result = self.results.get(subject)
        return "not measured" if result is None else result.missing.get(name, "not measured")

    def rate(self, subject: str, name: str) -> Spread | None:
        """Units per second of processor time."""
        runs = self.runs(subject, name)
        return None if runs is None else rate(runs)

    def rate_by_wall(self, subject: str, name: str) -> Spread | None:
        """Units per second of wall time, the relevant figure on a GPU."""
        runs = self.runs(subject, name)
        return None if runs is None else Spread.of(runs.wall_rates())

    def times(self, subject: str, ours: str, theirs: str, compared: Compared = times_as_fast) -> Spread | None:
        """Our rate relative to theirs, round by round."""
        own, other = self.runs(subject, ours), self.runs(subject, theirs)
        return None if own is None or other is None else compared(own, other)

    def times_by_wall(self, subject: str, ours: str, theirs: str) -> Spread | None:
        """The same in wall time."""
        return self.times(subject, ours, theirs, times_as_fast_by_wall)

    def share_of(self, subject: str, name: str, flops: float | None, floors: Floors) -> Spread | None:
        """The contestant's rate of operations relative to the fastest floor's, per processor time and round.

        Args:
            flops: operations per unit of the contestant.
        """
        return self._share(subject, name, flops, floors, Runs.rates)

    def share_by_wall(self, subject: str, name: str, flops: float | None, floors: Floors) -> Spread | None:
        """As :meth:`share_of`, in wall time."""
        return self._share(subject, name, flops, floors, Runs.wall_rates)

    def _share(self, subject: str, name: str, flops: float | None, floors: Floors, rates: Rates) -> Spread | None:
        runs, (floor_subject, floor_names) = self.runs(subject, name), floors
        measured = [rates(found) for floor in floor_names if (found := self.runs(floor_subject, floor))]
        if runs is None or flops is None or not measured or not self._together(subject, floor_subject):
            return None
        best = [max(each) for each in zip(*measured, strict=True)]
        return Spread.of([own * flops / floor for own, floor in zip(rates(runs), best, strict=True)])

    def _together(self, *subjects: str) -> bool:
        """Whether subjects were measured in the same run, round by round."""
        return len({self.results[subject].run for subject in subjects}) == 1
