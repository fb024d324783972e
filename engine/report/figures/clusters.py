"""Clustering samples that would overlap on a map into one marker each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...arrays import Doubles


@dataclass(frozen=True)
class Clusters:
    """Clusters of samples (cluster,): centre, number of samples, and share of good ones."""

    x: Doubles
    y: Doubles
    count: NDArray[np.int64]
    good: Doubles


def clusters(x: Doubles, y: Doubles, good: NDArray[np.bool_], cell_x: float, cell_y: float) -> Clusters:
    """Cluster the samples (sample,) of each cell of this size.

    Raises:
        ValueError: no samples.
    """
    if not len(x):
        raise ValueError("no samples to gather")
    cells = np.column_stack([np.floor((x - x.min()) / cell_x), np.floor((y - y.min()) / cell_y)]).astype(np.int64)
    _, member = np.unique(cells, axis=0, return_inverse=True)
    member = member.reshape(-1)  # numpy 2.0 keeps the axis
    count = np.bincount(member)
    means = [np.bincount(member, weights=values) / count for values in (x, y, good.astype(np.float64))]
    return Clusters(means[0], means[1], count, means[2])
