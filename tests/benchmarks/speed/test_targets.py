"""Targets are met or missed by the median, and missed by a share of the bound."""

from __future__ import annotations

import pytest
from colearn.benchmarks.speed import names
from colearn.benchmarks.speed.measured import Measured
from colearn.benchmarks.speed.results import Result
from colearn.benchmarks.speed.size import FULL
from colearn.benchmarks.speed.spread import Spread
from colearn.benchmarks.speed.targets import TARGETS, Target, Verdict

from made_speed import result, runs, series


def found(text: str, *results: Result) -> tuple[Target, Spread | None]:
    target = next(each for each in TARGETS if each.text.startswith(text))
    return target, target.found(Measured({each.subject: each for each in results}))


def test_the_share_is_of_the_fastest_library() -> None:
    target, share = found("Series, fp32: share", series())
    assert share == Spread.exactly(1.0)
    assert target.verdict(share) is Verdict.MET


def test_a_share_of_another_run_is_none() -> None:
    other = result("dense", {names.DENSE.format(15): runs(100.0)}, run="two")
    measured = Measured({"series": series(), "dense": other})
    assert measured.share_of("dense", names.DENSE.format(15), 10.0, names.SGEMM) is None


def test_missed_by_a_share_of_the_bound() -> None:
    target, over_forest = found("Series, int8, against a forest", series(int8=2800.0))
    assert over_forest is not None
    assert over_forest.middle == pytest.approx(0.56)
    assert target.verdict(over_forest) is Verdict.MISSED
    assert target.missed_by(over_forest) == pytest.approx(0.2)


def test_the_median_decides() -> None:
    target = TARGETS[0]
    assert target.verdict(Spread(0.96, 0.5, 1.2)) is Verdict.MET
    assert target.verdict(Spread(0.94, 0.94, 1.2)) is Verdict.MISSED


@pytest.mark.parametrize("text", [target.text for target in TARGETS])
def test_nothing_measured(text: str) -> None:
    target, nothing = found(text)
    assert nothing is None
    assert target.verdict(nothing) is Verdict.NOT_MEASURED


def test_memory_may_grow_by_a_tenth() -> None:
    patch_sizes_px = FULL.memory_sides_px
    peaks = {names.PEAK.format(names.IMAGE, side_px): 5e8 for side_px in patch_sizes_px}
    target, growth = found("Image: peak memory", result("memory", {}, peaks))
    assert target.verdict(growth) is Verdict.MET
    peaks[names.PEAK.format(names.IMAGE, patch_sizes_px[-1])] = 5.6e8
    target, growth = found("Image: peak memory", result("memory", {}, peaks))
    assert target.verdict(growth) is Verdict.MISSED
    assert found("The largest peak", result("memory", {}, peaks))[1] == Spread.exactly(0.56)


def test_efforts_are_held_against_the_clock_on_the_wall() -> None:
    facts = {names.EFFORT_WALL.format(names.STANDARD): 301.0, names.EFFORT_CPU.format(names.STANDARD): 200.0}
    target, seconds = found(f"Two sensors, 6,000 samples, two cores: {names.STANDARD}", result("efforts", {}, facts))
    assert seconds == Spread.exactly(301.0) and target.verdict(seconds) is Verdict.MISSED
    facts[names.EFFORT_WALL.format(names.STANDARD)] = 299.0
    target, seconds = found(f"Two sensors, 6,000 samples, two cores: {names.STANDARD}", result("efforts", {}, facts))
    assert target.verdict(seconds) is Verdict.MET


def test_agreement_is_that_of_the_worst_set() -> None:
    facts = {names.AGREEMENT.format(each): 0.999 for each in names.CLASS_SETS}
    facts[names.AGREEMENT.format(names.CROPS)] = 0.98
    target, agreement = found("int8: classes", result("accuracy", {}, facts))
    assert agreement == Spread.exactly(0.98)
    assert target.verdict(agreement) is Verdict.MISSED
    del facts[names.AGREEMENT.format(names.COAST)]  # a set that was not looked at is no good news
    assert found("int8: classes", result("accuracy", {}, facts))[1] is None


@pytest.mark.parametrize(("high", "verdict"), [(0.01, Verdict.MET), (-0.001, Verdict.MISSED)])
def test_a_loss_is_shown_where_the_whole_interval_is_below_zero(high: float, verdict: Verdict) -> None:
    facts = {}
    for each in names.ACCURACY_SETS:
        facts |= {names.CHANGE.format(each): -0.02, names.LOW.format(each): -0.05, names.HIGH.format(each): 0.02}
    facts[names.HIGH.format(names.MOISTURE)] = high
    target, change = found("int8: no loss", result("accuracy", {}, facts))
    assert change == Spread(-0.02, -0.05, high)
    assert target.verdict(change) is verdict


def test_two_cores_are_compared_by_wall_time() -> None:
    one, two = names.END_TO_END.format(names.IMAGE), names.TWO_CORES.format(names.IMAGE)
    logged = result("journey", {one: runs(100.0, 100.0), two: runs(195.0, 185.0)})
    target, faster = found("Image, two cores", logged)
    assert faster is not None
    assert faster.middle == pytest.approx(1.9)
    assert target.verdict(Spread.exactly(1.89)) is Verdict.MISSED
