"""The result of a cell, stored as two files: arrays, then JSON, whose presence marks the cell as done."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.contract import Task
from ...engine.learning.tasks import score_names, statistic
from .matrix import Cell


@dataclass(frozen=True)
class Contender:
    """A method's predictions of the test samples from one sensor (or from all at once).

    ``prediction`` (sample, output) are values, or probabilities whose maximum is the predicted class (divided by the
    class shares if balanced accuracy is optimized); NaN where the sensor does not cover a sample. ``validation`` is the
    main score on validation samples; ``chosen`` names what was selected by it, if anything.
    """

    sensor: str
    prediction: NDArray[np.float32]
    validation: float
    chosen: str = ""


@dataclass(frozen=True)
class Result:
    """A finished cell. ``target`` and ``groups`` (sample,) are those of the test samples."""

    cell: Cell
    task: Task
    target: NDArray[Any]
    groups: NDArray[np.int64]
    contenders: tuple[Contender, ...]
    seconds: float
    code: str = ""

    def contender(self, sensor: str) -> Contender:
        """The contender of that sensor."""
        return next(each for each in self.contenders if each.sensor == sensor)


class Store:
    """Results in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def has(self, cell: Cell) -> bool:
        """Whether the cell is done."""
        return self._path(cell).exists()

    def write(self, result: Result) -> None:
        """Store a result: the arrays, then the JSON that marks it as done; each atomically."""
        path = self._path(result.cell)
        path.parent.mkdir(parents=True, exist_ok=True)
        predictions = {f"prediction_{at}": each.prediction for at, each in enumerate(result.contenders)}
        arrays = {"target": result.target, "groups": result.groups, **predictions}
        replace_whole(_arrays_beside(path), lambda staged: np.savez_compressed(staged, **arrays))
        text = json.dumps(_as_json(result), indent=1, ensure_ascii=False)
        replace_whole(path, lambda staged: staged.write_text(text, encoding="utf-8"))

    def read(self, cell: Cell) -> Result:
        """The stored result of a cell."""
        return _read(self._path(cell))

    def all(self) -> tuple[Result, ...]:
        """All results, by set, method and seed."""
        return tuple(_read(path) for path in sorted(self._folder.glob("*/*.json")))

    def _path(self, cell: Cell) -> Path:
        return self._folder / cell.dataset / f"{cell.file}.json"


def replace_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file atomically, also if several processes write it at once."""
    staged = path.with_name(f".{os.getpid()}-{path.name}")
    write(staged)
    staged.replace(path)


def _arrays_beside(path: Path) -> Path:
    """The path of the arrays of a result; its name may contain dots."""
    return path.with_name(f"{path.name.removesuffix('.json')}.npz")


def _as_json(result: Result) -> dict[str, Any]:
    return {
        "dataset": result.cell.dataset,
        "method": result.cell.method,
        "seed": result.cell.seed,
        "labels": result.cell.labels,
        "task": result.task.value,
        "seconds": round(result.seconds, 1),
        "code": result.code,
        "contenders": [
            {
                "sensor": each.sensor,
                "validation": each.validation,
                "chosen": each.chosen,
                "test": _scores(result, each),
            }
            for each in result.contenders
        ],
    }


def _scores(result: Result, contender: Contender) -> dict[str, float]:
    """Test scores for readers of the JSON; the table computes its own from the arrays."""
    seen = np.isfinite(contender.prediction).all(axis=1)
    if not seen.any():
        return {}
    scores = statistic(result.task, result.target[seen], contender.prediction[seen])(np.ones(int(seen.sum())))
    return dict(zip(score_names(result.task), scores.tolist(), strict=True))


def _read(path: Path) -> Result:
    logged = json.loads(path.read_text(encoding="utf-8"))
    with np.load(_arrays_beside(path), allow_pickle=False) as arrays:
        contenders = tuple(
            Contender(each["sensor"], arrays[f"prediction_{at}"], each["validation"], each["chosen"])
            for at, each in enumerate(logged["contenders"])
        )
        return Result(
            Cell(logged["dataset"], logged["method"], logged["seed"], logged.get("labels", 1.0)),
            Task(logged["task"]),
            arrays["target"],
            arrays["groups"],
            contenders,
            logged["seconds"],
            logged["code"],
        )
