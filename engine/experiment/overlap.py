"""Unlabelled samples drawn by default: free where rasters overlap, and most useful if labels are few.

Random samples mostly show the dominant land cover. So more are drawn than used, and the used ones are
taken evenly from clusters of the sensors' values, so that rare land cover types get more of them.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from sklearn.cluster import MiniBatchKMeans
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # scikit-learn brings it

from ..arrays import Floats, Indices
from ..samples import SensorSamples, Unlabelled

if TYPE_CHECKING:
    from ..raster.sensors import SensorRasters

WANTED = 10_000
DRAWN_PER_USED = 1.5
MOST_BYTES = 2**28  # memory of all samples drawn
CLUSTERS = 20  # with more, clusters of the dominant land cover would be as small as those of rare types


def usual_draw(sensors: tuple[SensorRasters, ...], patch_sizes_px: tuple[int, ...]) -> int:
    """The number of samples to draw by default: none with one sensor, and no more than fit into memory."""
    if len(sensors) < 2:
        return 0
    values = [math.prod(each.shape(side).lengths) for each, side in zip(sensors, patch_sizes_px, strict=True)]
    return min(round(DRAWN_PER_USED * WANTED), MOST_BYTES // (4 * sum(values)))


def spread(drawn: Unlabelled, seed: int) -> Unlabelled:
    """Two thirds of the samples, spread as evenly as possible over clusters of their values."""
    count = math.ceil(len(drawn) / DRAWN_PER_USED)
    if len(drawn) <= max(CLUSTERS, count):
        return drawn
    table = np.concatenate([_summary(sensor) for sensor in drawn.sensors], axis=1)
    with threadpool_limits(1):  # so that sums do not depend on the number of cores
        clusters = MiniBatchKMeans(CLUSTERS, random_state=seed, n_init=1).fit_predict(table)
    index = _evenly(clusters, count, np.random.default_rng(seed))
    sensors = tuple(sensor.take(index) for sensor in drawn.sensors)
    return Unlabelled(sensors, drawn.present[index])


def _summary(sensor: SensorSamples) -> Floats:
    """Mean and standard deviation of each band for every sample, standardized; 0 without valid values."""
    axis = 1 if sensor.values.ndim == 3 else (2, 3)
    valid = np.isfinite(sensor.values)
    count = np.maximum(valid.sum(axis=axis), 1)
    filled = np.where(valid, sensor.values, 0).astype(np.float64)
    mean = filled.sum(axis=axis) / count
    spread_of = np.sqrt(np.maximum(np.square(filled).sum(axis=axis) / count - np.square(mean), 0))
    table = np.concatenate([mean, spread_of], axis=1)
    seen = valid.any(axis=axis).any(axis=1)
    if not seen.any():
        return np.zeros(table.shape, np.float32)
    middle = np.median(table[seen], axis=0)
    width = np.subtract(*np.percentile(table[seen], [90, 10], axis=0))
    standard = np.clip((table - middle) / np.where(width > 0, width, 1), -5, 5)
    standard[~seen] = 0
    return np.asarray(standard, np.float32)


def _evenly(clusters: Indices, count: int, random: np.random.Generator) -> Indices:
    """Indices taken in turns from each cluster, sorted; ``count`` in all."""
    order = random.permutation(len(clusters))
    turn = np.empty(len(clusters), dtype=np.int64)
    for cluster in np.unique(clusters):
        own = order[clusters[order] == cluster]
        turn[own] = np.arange(len(own))
    ranked = order[np.argsort(turn[order], kind="stable")]
    return np.sort(ranked[:count]).astype(np.int64)
