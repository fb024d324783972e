"""What a report is made from, beside the manifest: labels, predictions and what happened on the way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...arrays import Flags
from ...contract import Epoch, Variant
from ...learning.metrics import AreaAccuracy

Target = NDArray[np.int64] | NDArray[np.float32]
Scores = NDArray[np.float32]
Groups = NDArray[np.int64]
Degrees = NDArray[np.float64]


@dataclass(frozen=True)
class SensorEvidence:
    """One sensor's predictions on the test samples: (sample, K) probabilities, or values in the target's unit.

    ``seen`` (sample,) are the test samples the sensor covers; predictions are NaN at the others. ``colearned`` is None
    when the sensors were trained alone only. ``uncalibrated`` are the shipped network's probabilities before they were
    calibrated; None for regression.
    """

    name: str
    colearned: Scores | None
    alone: Scores
    seen: Flags
    shipped_variant: Variant = Variant.COLEARNED
    forest: Scores | None = None
    uncalibrated: Scores | None = None

    @property
    def shipped(self) -> Scores:
        """The predictions of the network in the model file."""
        return self.alone if self.colearned is None or self.shipped_variant is Variant.ALONE else self.colearned


@dataclass(frozen=True)
class PartCounts:
    """Samples of one class (or with one label) in each part of the split."""

    train: int
    validation: int
    test: int


@dataclass(frozen=True)
class TrainingEvidence:
    """The test part, touched once, and the training's history.

    ``target``, ``groups``, ``longitude`` and ``latitude`` (EPSG:4326 degrees) are those of the test samples, as in
    :class:`~..samples.sample_set.SampleSet`. ``sensors`` stand in the manifest's order. ``notes`` are plain facts (what
    was left out, and why), ``warnings`` what a person should look at. ``class_counts`` stand in the order of the
    manifest's classes; empty where they were not counted. ``fused`` (sample, K) are predictions of all sensors
    together, NaN where there is none. With several folds the samples are those of all test parts; each is predicted by
    the network that did not see it.
    """

    target: Target
    groups: Groups
    longitude: Degrees
    latitude: Degrees
    sensors: tuple[SensorEvidence, ...]
    history: tuple[Epoch, ...]
    notes: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    class_counts: tuple[PartCounts, ...] = ()
    fused: Scores | None = None


@dataclass(frozen=True)
class EvaluationEvidence:
    """Labels the model has not seen, and what one sensor's network says there.

    Arrays as in :class:`TrainingEvidence`; ``prediction`` as in :class:`SensorEvidence`, without nodata. ``model`` is
    the model file's name, ``sources`` the evaluated rasters', ``labels`` the label layer's. ``area`` are accuracies and
    areas of the whole map, where the labels are a sample drawn from it; classes in the manifest's order.
    ``known_locations`` is how many of the samples the model was trained or chosen on.
    """

    target: Target
    groups: Groups
    longitude: Degrees
    latitude: Degrees
    prediction: Scores
    sensor: str
    sources: tuple[str, ...]
    notes: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    model: str = ""
    labels: str = ""
    grouped_by: str = ""
    seed: int = 0
    area: AreaAccuracy | None = None
    known_locations: int = 0
