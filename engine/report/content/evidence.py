"""The input of a report in addition to the manifest: labels, predictions, training history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ...contract import Epoch, Estimate, Variant
from ...learning.metrics import AreaAccuracy

Target = NDArray[np.int64] | NDArray[np.float32]
Scores = NDArray[np.float32]
Groups = NDArray[np.int64]
Degrees = NDArray[np.float64]


@dataclass(frozen=True)
class SensorEvidence:
    """The test samples that one sensor covers, and their predictions; with several folds, of all of them.

    ``target``, ``groups``, ``longitude`` and ``latitude`` are as in :class:`TrainingEvidence`. Predictions (sample, K)
    are probabilities, or values in the target's unit: ``colearned`` is None if the sensors were only trained alone;
    ``uncalibrated`` are the shipped network's probabilities before they were calibrated, None for regression.
    ``fused`` are the scores of all sensors together on these samples, by metric; empty if there is only one sensor.
    """

    name: str
    target: Target
    groups: Groups
    longitude: Degrees
    latitude: Degrees
    colearned: Scores | None
    alone: Scores
    shipped_variant: Variant = Variant.COLEARNED
    uncalibrated: Scores | None = None
    fused: Mapping[str, Estimate] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.groups)

    @property
    def shipped(self) -> Scores:
        """The predictions of the network in the model file."""
        return self.alone if self.colearned is None or self.shipped_variant is Variant.ALONE else self.colearned

    @property
    def other(self) -> Scores | None:
        """The predictions of the network that was not shipped; None if there is only one."""
        if self.colearned is None:
            return None
        return self.colearned if self.shipped_variant is Variant.ALONE else self.alone

    @property
    def group_count(self) -> int:
        """The number of groups of the samples."""
        return len(np.unique(self.groups))

    def covers(self, evidence: TrainingEvidence) -> bool:
        """Whether the sensor covers every test sample."""
        return len(self) == len(evidence.groups)


@dataclass(frozen=True)
class PartCounts:
    """Numbers of samples of one class (or with one label) in each part of the split."""

    train: int
    validation: int
    test: int


@dataclass(frozen=True)
class TrainingEvidence:
    """The test part, used once, and the training's history.

    ``target``, ``groups``, ``longitude`` and ``latitude`` (EPSG:4326 degrees) are those of the test samples, as in
    :class:`~..samples.sample_set.SampleSet`. ``sensors`` are in the manifest's order. ``notes`` are facts (what
    was excluded, and why), ``warnings`` what the reader should check. ``class_counts`` are in the order of the
    manifest's classes; empty if not counted. With several folds the samples are those of all test parts;
    each is predicted by a network that was not trained on it.
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


@dataclass(frozen=True)
class EvaluationEvidence:
    """Labels that were not used in training, and the predictions of one sensor's network.

    Arrays as in :class:`TrainingEvidence`; ``prediction`` as in :class:`SensorEvidence`, without nodata. ``model`` is
    the model file's name, ``sources`` the evaluated rasters', ``labels`` the label layer's. ``area`` are accuracies and
    areas of the whole map, if the labels are a sample drawn from it; classes in the manifest's order.
    ``known_locations`` is the number of samples that the model was trained or chosen on.
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
