"""The table and the goals, from results whose scores are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from colearn.benchmarks.method.cells import CONTROL
from colearn.benchmarks.method.few.trees import QUICK, QUICK_CONTROL
from colearn.benchmarks.method.goals import Goal, few_goals, goals
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
    """Six data sets, so that the mean over pairs has an interval; five seeds."""
    results = [
        each
        for dataset in "abcdef"
        for seed in (101, 102, 103, 104, 105)
        for method, share in {"alone": 0.6, "forest": 0.6, CONTROL: 0.7, "auto": 0.8}.items()
        for each in (made_result(method, share, seed, dataset),)
    ]
    found = _goals(results)
    assert [goal.met for goal in found] == [True] * 6
    assert found[4].found == "+0.100 [+0.100, +0.100] over 6 pairs of 6 data sets"
    assert found[1].control.startswith("6 of 6 pairs: a RGB (+0.100)")


def test_goals_that_are_missed() -> None:
    found = _goals(_results(auto=0.5, dataset="idtrees_genus"))
    assert [goal.met for goal in found] == [False, False, False, False, None, False]  # three seeds, no control
    assert "idtrees_genus RGB (-0.100)" in found[0].found


def test_the_goals_of_the_control_stand_beside_what_is_shipped() -> None:
    """The control is worse than alone by .1, what co-learns better by .2: it alone missed the first goal."""
    results = _results(0.8) + [made_result(CONTROL, 0.5, seed) for seed in SEEDS]
    first, *_, over_control, _ = _goals(results)
    assert first.met is True
    assert first.control == "1 of 1 pairs are worse: idtrees_genus RGB (-0.100)"
    assert over_control.met is None  # a single data set has no interval
    assert over_control.found == "+0.300 [too few] over 1 pairs of 1 data sets"


def test_shares_of_pairs_decide() -> None:
    """Better on four of five pairs is 80 %; on the fifth it scores the same, which is no lead."""
    results = [each for dataset in "abcd" for each in _results(0.8, dataset=dataset)] + _results(0.6, dataset="e")
    non_inferior, ahead, sure, *_ = _goals(results)
    assert (non_inferior.met, ahead.met, sure.met) == (True, True, True)
    assert ahead.found.startswith("4 of 5 pairs: a RGB (+0.200)")
    assert _goals(results + _results(0.6, dataset="f"))[1].met is False


def test_few_labels_are_compared_with_the_control() -> None:
    """Ahead of the control by .1 on two of five data sets: .04 on the mean, significantly on 40 % of the pairs."""
    results = [
        made_result(method, share, seed, dataset)
        for dataset, quick in zip("abcde", (0.7, 0.7, 0.6, 0.6, 0.6), strict=True)
        for seed in SEEDS
        for method, share in {"forest": 0.5, QUICK_CONTROL: 0.6, QUICK: quick}.items()
    ]
    mean, sure = few_goals(standings(results, resamples=50))
    assert (mean.met, mean.found) == (True, "+0.040 [too few] over 5 pairs")
    assert (sure.met, sure.found) == (True, "2 of 5 pairs: a RGB (+0.100), b RGB (+0.100)")
    assert {goal.met for goal in few_goals([])} == {None}


def test_goals_without_results() -> None:
    assert {goal.met for goal in goals([])} == {None}


def test_the_page() -> None:
    paper = (PaperScore("S1", "MDiCo", 0.2, 0.05),)
    text = document(_results(auto=0.8) + [made_result(CONTROL, 0.7, seed) for seed in SEEDS], paper)
    assert "15 cells" in text
    assert "(data set × method × seed), by an earlier state of the code;" in text
    assert "| idtrees_genus | RGB | alone | 0.600 [0.600, 0.600] |" in text
    leads = ("+0.200 [+0.200, +0.200]", "better", "3/3", "+0.200 [+0.200, +0.200]", "+0.100 [+0.100, +0.100]")
    assert f"|  |  | auto | 0.800 [0.800, 0.800] | {' | '.join(leads)} |" in text
    assert "| S1 | MDiCo | 0.200 ± 0.050 | 0.224 ± 0.076 |" in text
    assert all(line.count("|") == len(line.split("|")) - 1 for line in text.splitlines())


def test_the_page_names_what_it_lacks() -> None:
    """Three seeds of one set, and none of the others."""
    text = document([*_results(auto=0.8), made_result(CONTROL, 0.7, 101)])
    assert "| idtrees_genus | 101, 102, 103 | 101, 102, 103 | 101, 102, 103 | 101, 102, 103 | 101 |" in text
    assert "`auto` with its control was not run on lfmc, idtrees_leaf_type, " in text
    assert "Fewer than 5 seeds: idtrees_genus (1)." in text
    assert "| Better than alone on at least 80 % of the pairs | met so far |" in text
    assert " | met | " not in text


def test_the_page_tells_of_cells_by_other_code() -> None:
    first, *others = _results(auto=0.8)
    assert "2 different states of the code" in document([replace(first, code="beef"), *others])
