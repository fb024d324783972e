"""The runner runs what is not done, once, and goes on after a cell that cannot be run."""

from __future__ import annotations

from pathlib import Path

import pytest
from colearn.benchmarks.method import runner
from colearn.benchmarks.method.folders import DataMissingError
from colearn.benchmarks.method.matrix import Cell
from colearn.benchmarks.method.results import Result, Store
from colearn.benchmarks.method.runner import Runner

from made_results import made_result

ALONE, AUTO = Cell("lfmc", "alone", 1), Cell("lfmc", "auto", 1)


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Methods in the order in which cells are trained; ``forest`` has no data."""
    methods: list[str] = []

    def run_cell(dataset: str, method: str, seed: int, device: str, labels: float) -> Result:
        if method == "forest":
            raise DataMissingError("no data")
        methods.append(method)
        return made_result(method, 0.7, seed, dataset, labels=labels)

    monkeypatch.setattr(runner, "run_cell", run_cell)
    monkeypatch.setattr(runner, "_loaded", lambda name: name)
    return methods


def test_cells_that_are_done_are_not_run_again(tmp_path: Path, ran: list[str]) -> None:
    Runner(Store(tmp_path)).run([ALONE])
    Runner(Store(tmp_path)).run([ALONE, AUTO])
    assert ran == ["alone", "auto"]


def test_a_failing_cell_does_not_stop_the_others(tmp_path: Path, ran: list[str]) -> None:
    failed = Runner(Store(tmp_path)).run([Cell("lfmc", "forest", 1), ALONE])
    assert ran == ["alone"]
    assert failed == ["lfmc, forest, seed 1: no data"]
    assert not Store(tmp_path).has(Cell("lfmc", "forest", 1))
