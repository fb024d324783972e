"""The page of few labels and its picture, from results whose scores are known."""

from __future__ import annotations

from pathlib import Path

from colearn.benchmarks.method.cells import ALONE, AUTO, CONTROL
from colearn.benchmarks.method.few.curve import ALL_SENSORS, OF_NETWORKS, curves
from colearn.benchmarks.method.few.page import NETWORKS_PICTURE, PICTURE, few_document
from colearn.benchmarks.method.few.trees import QUICK, QUICK_CONTROL
from colearn.benchmarks.method.results import Result

from made_results import GROUPS, PER_GROUP, made_result

RIGHT = {0.25: 0.6, 300: 0.7, 1.0: 0.8}  # of what co-learns, by labels


def _results(seeds: tuple[int, ...] = (1, 2)) -> list[Result]:
    found = []
    for labels, right in RIGHT.items():
        for seed in seeds:
            shares = {"forest": {"RGB": 0.5, "all sensors": 0.9}, QUICK_CONTROL: right - 0.1, QUICK: right}
            found += [made_result(name, share, seed, labels=labels) for name, share in shares.items()]
    return found


def test_curves() -> None:
    found = {each.method: each for each in curves(_results())}
    assert [(point.labels, point.score) for point in found[QUICK].points] == [(150, 0.6), (300, 0.7), (600, 0.8)]
    assert GROUPS * PER_GROUP * 3 == 600  # the training part is three times the test part
    assert [point.score for point in found[ALL_SENSORS].points] == [0.9] * 3
    assert {each.sensor for each in found.values()} == {"RGB"}


def test_a_curve_is_of_the_seeds_that_all_its_points_have() -> None:
    more = [*_results(), made_result(QUICK, 0.0, 3, labels=0.25)]
    found = {each.method: each for each in curves(more)}
    assert found[QUICK].points[0].seeds == (0.6, 0.6)


def test_two_points_are_no_curve() -> None:
    assert curves([each for each in _results() if each.cell.labels != 1]) == ()


def test_the_page(tmp_path: Path) -> None:
    text = few_document(_results(), tmp_path / "few-labels.md")
    assert "| idtrees_genus | RGB | forest | 0.500 |  |  |" in text
    assert "|  |  | quick | 0.600 | +0.100 [+0.100, +0.100] | +0.100 [+0.100, +0.100] |" in text
    assert "| Ahead of the control by 0.02 on the mean over pairs | met | +0.100 [too few] over 1 pairs |" in text
    assert "on 1 data sets, 2 seeds each" in text
    assert "| idtrees_genus | RGB | quick | 0.600 | 0.700 | 0.800 |" in text
    assert f"]({PICTURE})" in text
    picture = (tmp_path / PICTURE).read_bytes()
    assert picture.startswith(b"<?xml")
    few_document(_results(), tmp_path / "few-labels.md")
    assert (tmp_path / PICTURE).read_bytes() == picture


def _of_networks(labels: tuple[float, ...] = (300, 1000, 1.0)) -> list[Result]:
    shares = {ALONE: 0.5, CONTROL: 0.6, AUTO: 0.7, "forest": {"RGB": 0.4, "all sensors": 0.9}}
    return [made_result(name, share, 1, "canada", labels=at) for at in labels for name, share in shares.items()]


def test_curves_of_networks_are_apart_from_those_of_trees(tmp_path: Path) -> None:
    every = [*_results(), *_of_networks()]
    assert {each.method for each in curves(every, OF_NETWORKS)} == {ALONE, CONTROL, AUTO, "forest", ALL_SENSORS}
    assert {each.dataset for each in curves(every, OF_NETWORKS)} == {"canada"}
    assert {each.dataset for each in curves(every)} == {"idtrees_genus"}
    text = few_document(every, tmp_path / "few-labels.md")
    assert "| canada | RGB | auto | 0.700 | 0.700 | 0.700 |" in text
    assert f"]({NETWORKS_PICTURE})" in text and (tmp_path / NETWORKS_PICTURE).is_file()
    assert "1 seed;" in text and "2 seeds;" in text
    assert "quick" not in text.split("## Learning curves of what `auto` ships")[1]


def test_a_page_of_networks_alone(tmp_path: Path) -> None:
    text = few_document(_of_networks(), tmp_path / "few-labels.md")
    assert NETWORKS_PICTURE in text and PICTURE not in text and "## 25% of the labels" not in text


def test_networks_at_two_numbers_of_labels_are_no_curve() -> None:
    assert curves(_of_networks((300, 1.0)), OF_NETWORKS) == ()


def test_forests_at_more_numbers_of_labels_than_networks_do_not_hide_their_curve() -> None:
    more = [*_of_networks(), made_result("forest", 0.4, 1, "canada", labels=0.25)]
    assert {len(each.points) for each in curves(more, OF_NETWORKS)} == {3}


def test_no_results_make_no_page(tmp_path: Path) -> None:
    assert few_document([made_result("alone", 0.5)], tmp_path / "few-labels.md") == ""
