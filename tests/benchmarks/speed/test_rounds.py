"""Every round runs everyone once; ratios are taken within a round."""

from __future__ import annotations

import time

import pytest
from colearn.benchmarks.speed.clock import Seconds, timed
from colearn.benchmarks.speed.rounds import MOST_TIMES, Contestant, Runs, in_rounds
from colearn.benchmarks.speed.spread import Spread, rate, times_as_fast, times_as_fast_by_wall


def test_every_round_runs_each_once_and_the_first_does_not_count() -> None:
    ran: list[str] = []
    contestants = [Contestant(name, 10.0, lambda name=name: ran.append(name)) for name in "abc"]
    found = in_rounds(contestants, rounds=3)
    assert [len(runs.seconds) for runs in found.values()] == [3, 3, 3]
    rounds = ["".join(ran[at : at + 3]) for at in range(0, len(ran), 3)]
    assert rounds == ["abc", "abc", "bca", "cab"]  # the unmeasured one, then each starts with another


def test_short_work_is_done_several_times_a_run() -> None:
    ran: list[str] = []
    short = Contestant("short", 10.0, lambda: ran.append("short"))
    long = Contestant("long", 10.0, lambda: (ran.append("long"), time.sleep(0.02)))
    found = in_rounds([short, long], rounds=1, least_s=0.02)
    assert ran.count("long") == 2
    assert ran.count("short") == 1 + MOST_TIMES
    assert (found["short"].amount, found["long"].amount) == (10.0 * MOST_TIMES, 10.0)


def test_no_contestants_have_no_runs() -> None:
    assert in_rounds([], rounds=2) == {}


def test_time_of_the_processor_is_not_that_of_the_clock() -> None:
    waited = timed(lambda: time.sleep(0.05))
    assert waited.wall_s >= 0.05
    assert waited.cpu_s < waited.wall_s


def runs(amount: float, *cpu_s: float, wall_s: float = 1.0) -> Runs:
    return Runs(amount, tuple(Seconds(each, wall_s) for each in cpu_s))


def test_a_rate_is_a_median_with_its_ends() -> None:
    assert rate(runs(12.0, 1.0, 2.0, 4.0)) == Spread(6.0, 3.0, 12.0)


def test_ratios_are_of_units_a_second_round_by_round() -> None:
    ours, theirs = runs(100.0, 1.0, 2.0), runs(50.0, 1.0, 1.0)
    assert times_as_fast(ours, theirs) == Spread(1.5, 1.0, 2.0)
    assert times_as_fast_by_wall(runs(100.0, 9.0, wall_s=2.0), runs(50.0, 1.0, wall_s=2.0)) == Spread.exactly(2.0)


def test_rounds_of_different_runs_are_not_compared() -> None:
    with pytest.raises(ValueError, match="shorter"):
        times_as_fast(runs(1.0, 1.0, 1.0), runs(1.0, 1.0))


def test_nothing_was_measured() -> None:
    with pytest.raises(ValueError, match="nothing"):
        Spread.of([])
