"""A world whose true probabilities are known: three classes, normal distributions of two bands, shares .60/.30/.10."""

from __future__ import annotations

import numpy as np
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.manifest.manifest import SensorKind
from colearn.engine.samples.sample_set import SampleSet, SensorSamples

SENSOR = "camera"
SHARES = (0.60, 0.30, 0.10)
COMMON, MIDDLING, RARE = range(3)
MEANS = np.array([[0.0, 0.0], [1.5, 0.0], [1.0, 1.6]])  # in standard deviations of each band
SD, OFFSET = 200.0, 1000.0  # raw units


def draw(count: int, seed: int, shares: tuple[float, ...] = SHARES, context_px: int = 1) -> SampleSet:
    """Samples of the world, classes drawn with these shares; every sample is a group of its own."""
    random = np.random.default_rng(seed)
    target = random.choice(3, count, p=shares)
    bands = OFFSET + SD * (MEANS[target] + random.normal(size=(count, 2)))
    values = np.broadcast_to(bands[:, :, None, None], (count, 2, context_px, context_px)).astype(np.float32).copy()
    nowhere = np.zeros(count)
    sensors = (SensorSamples(SENSOR, SensorKind.IMAGE, values),)
    return SampleSet(
        Task.CLASSIFICATION, sensors, np.ones((count, 1), bool), target, np.arange(count), nowhere, nowhere
    )


def true_posterior(samples: SampleSet, shares: tuple[float, ...] = SHARES) -> np.ndarray:
    """Bayes' rule, written out: (sample, class)."""
    bands = (samples.sensors[0].values[:, :, 0, 0].astype(np.float64) - OFFSET) / SD
    density = np.exp(-0.5 * ((bands[:, np.newaxis] - MEANS) ** 2).sum(axis=2)) * shares
    return density / density.sum(axis=1, keepdims=True)
