"""Runs the cells that are not done yet."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from functools import lru_cache

from ...engine.contract import CoLearnError
from .cells import run_cell
from .dataset import Dataset
from .datasets import load
from .folders import DataMissingError
from .matrix import Cell
from .results import Result, Store

_loaded = lru_cache(maxsize=1)(load)


class Runner:
    """Runs cells and stores their results."""

    def __init__(self, store: Store, device: str = "cpu") -> None:
        self._store, self._device = store, device

    def run(self, wanted: Iterable[Cell]) -> list[str]:
        """Run the cells that are not done; failures are reported and skipped. Returns the failures."""
        failed = []
        for cell in wanted:
            try:
                self.result(cell)
            except (CoLearnError, DataMissingError) as error:
                failed.append(f"{cell}: {error}")
                sys.stdout.write(f"{failed[-1]}\n")
        return failed

    def result(self, cell: Cell) -> Result:
        """The result of a cell, stored or computed now."""
        if self._store.has(cell):
            return self._store.read(cell)
        dataset: Dataset = _loaded(cell.dataset)
        result = run_cell(dataset, cell.method, cell.seed, self._device, cell.labels)
        self._store.write(result)
        sys.stdout.write(f"{cell}: {result.seconds:.0f} s\n")
        sys.stdout.flush()
        return result
