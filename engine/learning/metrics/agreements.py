"""How far two predictions of the same samples agree."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...contract import Task
from .population import Population

Array = NDArray[Any]


def agreement(task: Task, one: Array, other: Array, target_sd: Array, population: Population | None = None) -> float:
    """1 where two predictions (sample, K) say the same of all samples.

    Of classes, the share of samples given the same class; of labels, the share of equal answers; of values,
    1 − mean((one − other)²) / variance of the target, of the target where it is least: the share of the variance that
    is not put at risk, as R² counts it. That may be negative.

    Args:
        target_sd: (K,) standard deviations of the targets, for regression only.
        population: how classes are decided.

    Raises:
        ValueError: no samples, or shapes that differ.
    """
    if one.shape != other.shape or not one.size:
        raise ValueError(f"predictions {one.shape} and {other.shape} to compare")
    if task is Task.CLASSIFICATION:
        decided = (population or Population()).decided
        return float((decided(one) == decided(other)).mean())
    if task is Task.MULTILABEL:
        return float(((one >= 0.5) == (other >= 0.5)).mean())
    difference = (one.astype(np.float64) - other) / target_sd
    return float((1 - (difference**2).mean(axis=0)).min())
