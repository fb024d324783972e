"""Made-up results of the method benchmark: what each method says of the test samples is known to the sample."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from colearn.benchmarks.method.cells import EVERYTHING, FUSED
from colearn.benchmarks.method.matrix import Cell
from colearn.benchmarks.method.results import Contender, Result
from colearn.engine.contract.job.job import Task

GROUPS, PER_GROUP = 20, 10


def made_result(
    method: str,
    right: float | Mapping[str, float],
    seed: int = 101,
    dataset: str = "idtrees_genus",
    validation: float = 0.5,
    labels: float = 1.0,
) -> Result:
    """Two classes; of every ten samples of a group the first ``right`` · 10 are predicted right, by sensor or all."""
    target = np.tile([0, 1], GROUPS * PER_GROUP // 2)
    groups = np.repeat(np.arange(GROUPS), PER_GROUP)
    shares = right if isinstance(right, Mapping) else {EVERYTHING if method == FUSED else "RGB": right}
    contenders = tuple(Contender(sensor, _predicted(target, share), validation) for sensor, share in shares.items())
    return Result(Cell(dataset, method, seed, labels), Task.CLASSIFICATION, target, groups, contenders, 1.0, "c0de")


def _predicted(target: np.ndarray, right: float) -> np.ndarray:
    is_right = np.tile(np.arange(PER_GROUP) < round(right * PER_GROUP), GROUPS)
    answer = np.where(is_right, target, 1 - target)
    return np.eye(2, dtype=np.float32)[answer]
