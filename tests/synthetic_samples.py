"""Made-up samples of an image and a series sensor, and networks trained on them for a moment."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.job.method import ClassWeight
from colearn.engine.contract.manifest.manifest import SensorKind
from colearn.engine.learning.fit.data import TrainingData
from colearn.engine.learning.fit.loop import Settings, TrainedNetwork, train_network
from colearn.engine.model.network_design import NetworkDesign
from colearn.engine.samples.sample_set import SampleSet, SensorSamples, Split

OUTPUTS = {Task.CLASSIFICATION: 3, Task.MULTILABEL: 2, Task.REGRESSION: 2}
IMAGE, SERIES = "camera", "radar of été"
SMALL = NetworkDesign(width=16, hidden=16)  # learns what these samples hold, and is trained in a wink
USUAL = NetworkDesign()  # of a job: for what may depend on how wide the layers are


def few_trees(patch: pytest.MonkeyPatch, trees: int) -> None:
    """Give forests that are the reference, and those that are teachers, few trees."""
    patch.setattr("colearn.engine.experiment.forests.forest.TREES", trees)
    for bound in ("MOST_TREES", "LEAST_TREES"):
        patch.setattr(f"colearn.engine.experiment.forests.privileged_teacher.{bound}", trees)


def raster(rows: int, cols: int, holes: float = 0.03) -> np.ndarray:
    """Raw values (1, band, row, col) of the image sensor with some nodata."""
    random = np.random.default_rng(rows * 1000 + cols)
    values = random.normal(1200, 300, (1, 4, rows, cols)).astype(np.float32)
    values[random.random(values.shape) < holes] = np.nan
    return values


def pixels(count: int) -> np.ndarray:
    """Raw values (1, band, date, pixel) of the series sensor with some nodata, some pixels all nodata."""
    random = np.random.default_rng(count)
    values = random.normal(-12, 4, (1, 2, 6, count)).astype(np.float32)
    values[random.random(values.shape) < 0.1] = np.nan
    values[:, 0, :, ::9] = np.nan
    return values


def make_samples(task: Task = Task.CLASSIFICATION, count: int = 60, context_px: int = 5, seed: int = 0) -> SampleSet:
    """Samples whose sensors hold the label in their means, in raw units far from 0, with a little nodata."""
    random = np.random.default_rng(seed)
    classes = random.integers(0, 3, count)
    image = random.normal(1000, 200, (count, 4, context_px, context_px)) + 300 * classes[:, None, None, None]
    series = random.normal(-15, 3, (count, 6, 2)) + 4 * classes[:, None, None]
    image[::7, 1, 0, 0] = np.nan
    series[::5, 2, 1] = np.nan
    sensors = (
        SensorSamples(IMAGE, SensorKind.IMAGE, image.astype(np.float32)),
        SensorSamples(SERIES, SensorKind.SERIES, series.astype(np.float32)),
    )
    target = {
        Task.CLASSIFICATION: classes,
        Task.MULTILABEL: np.stack([classes > 0, classes > 1], axis=1).astype(np.float32),
        Task.REGRESSION: np.stack([104 + 40 * classes, -classes], axis=1).astype(np.float32),
    }[task]
    places = np.zeros(count)
    return SampleSet(task, sensors, np.ones((count, 2), bool), target, np.arange(count), places, places)


def halves(samples: SampleSet) -> Split:
    """Two thirds to train, the rest to validate, none to test."""
    positions = np.arange(len(samples))
    return Split(positions[positions % 3 > 0], positions[positions % 3 == 0], positions[:0])


def fifths(samples: SampleSet) -> Split:
    """Three fifths to train, one to validate, one to test."""
    fifth = np.arange(len(samples)) % 5
    return Split(*(np.flatnonzero(part) for part in (fifth > 1, fifth == 0, fifth == 1)))


def half_covered(samples: SampleSet) -> SampleSet:
    """The camera lacks every fourth sample, the radar others."""
    present, position = samples.present.copy(), np.arange(len(samples))
    present[position % 4 == 0, 0] = False
    present[position % 4 == 1, 1] = False
    sensors = []
    for sensor, covered in zip(samples.sensors, present.T, strict=True):
        values = sensor.values.copy()
        values[~covered] = np.nan
        sensors.append(replace(sensor, values=values))
    return replace(samples, present=present, sensors=tuple(sensors))


def settings_for(samples: SampleSet, **changes: object) -> Settings:
    """Small and quick settings that fit the samples' task."""
    usual = {
        "epochs": 2,
        "batch_size": 16,
        "learning_rate": 0.003,
        "class_weight": ClassWeight.BALANCED,
        "seed": 0,
        "outputs": OUTPUTS[samples.task],
        "design": SMALL,
    }
    return Settings(**{**usual, **changes})


def trained_for_a_moment(samples: SampleSet, **changes: object) -> TrainedNetwork:
    """A network after two epochs, trained on one thread: fastest for so little, and one rounding everywhere."""
    torch.set_num_threads(1)
    return train_network(
        TrainingData(samples), halves(samples), settings_for(samples, **changes), "test", lambda epoch: None
    )
