"""The page says what was found, what was missed and why, and what was not measured."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from colearn.benchmarks.speed import names
from colearn.benchmarks.speed.page import document
from colearn.benchmarks.speed.results import Store

from made_speed import MACHINE, result, runs, series


def line(page: str, start: str) -> str:
    return next(each for each in page.splitlines() if each.startswith(f"| {start}"))


def test_targets_met_and_missed_with_the_limit() -> None:
    page = document({"series": series(paper=500.0)})
    assert line(page, "Series, fp32, against naive").endswith("| ≥ 1.40× | 2.00× | met |")
    assert line(page, "Series, fp32, against the paper's way").endswith("| ≥ 10.00× | 4.00× | **missed** by 60.0% |")
    assert "- Series, fp32, against the paper's way: What is slow there is Python" in page
    assert "- Series, fp32, against naive" not in page  # targets that are met need no explanation
    assert line(page, "Training against").endswith("| – | not measured |")


def test_a_spread_is_shown_in_brackets() -> None:
    logged = series()
    logged.runs[names.NAIVE] = runs(1000.0, 500.0)
    assert "3.00 [2.00, 4.00]" in document({"series": logged})


def test_what_is_missing_is_reported_with_its_reason() -> None:
    logged = replace(series(), missing={names.ORFEO: "Orfeo ToolBox is not installed"})
    assert line(document({"series": logged}), names.ORFEO).startswith(
        f"| {names.ORFEO} | Orfeo ToolBox is not installed | – |"
    )


def test_without_a_gpu_its_table_says_so() -> None:
    page = document({"series": series()})
    for name in (*names.GPU_PRODUCTS, names.GPU_IMAGE, names.GPU_SERIES):
        assert line(page, name).endswith("| not measured | – |")


def test_subjects_of_different_runs_and_machines_are_distinguished() -> None:
    other = replace(result("training", {}, run="two"), machine=replace(MACHINE, processor="another"))
    page = document({"series": series(), "training": other})
    assert "Not all subjects were measured in one run." in page
    assert "a processor" in page
    assert "2030-01-02 (training)" in page
    assert "Not all subjects" not in document({"series": series()})


def test_a_gpu_is_named_where_there_was_one() -> None:
    card = replace(result("gpu", {}), machine=replace(MACHINE, gpus=("a card",)))
    assert line(document({"gpu": card}), "GPU").endswith("| a card |")
    assert "a card" not in document({"series": series()})


def test_nothing_at_all() -> None:
    assert "0 of 0 measured targets are met." in document({})


def test_results_come_back(tmp_path: Path) -> None:
    store = Store(tmp_path / "new")
    logged = replace(series(), missing={names.LIGHTGBM: "not installed"})
    store.write(logged)
    store.write(result("memory", {}, {"peak": 1.0}))
    assert store.all() == {"series": logged, "memory": result("memory", {}, {"peak": 1.0})}
