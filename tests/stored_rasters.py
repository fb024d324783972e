"""A raster of noise with holes, and maps of it with their probabilities."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from journeys import read, run_predict

SHAPE = (75, 91)


def noise_with_holes():
    """Noise with holes, (band, row, col)."""
    random = np.random.default_rng(0)
    values = random.integers(1, 4000, (4, *SHAPE)).astype(np.uint16)
    values[:, 20:30, 40:60] = 0
    values[2, 50, 50] = 0
    return values


def with_probabilities(job):
    """Map, and give classes and probabilities as one array (1 + class, row, col)."""
    probabilities = Path(job.output).with_name("probabilities.tif")
    run_predict(replace(job, output_probabilities=str(probabilities)))
    return np.concatenate([read(job.output), read(probabilities)])
