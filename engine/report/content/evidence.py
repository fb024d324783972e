"""What a report is made from, beside the manifest: labels, predictions and what happened on the way."""

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
    """The test samples that one sensor covers, and what was predicted there; with several folds, of all of them.

    ``target``, ``groups``, ``longitude`` and ``latitude`` are as in :class:`TrainingEvidence`. Predictions (sample, K)
    are probabilities, or values in the target's unit: ``colearned`` is None when the sensors were trained alone only;
    ``uncalibrated`` are the shipped network's probabilities before they were calibrated, None for regression.
    ``fused`` are the scores of all sensors together on these samples, by metric; empty where there is one sensor only.
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
        """The predictions of the network that was not shipped; None where there is but one."""
        if self.colearned is None:
            return None
        return self.colearned if self.shipped_variant is Variant.ALONE else self.alone

    @property
    def group_count(self) -> int:
        """Groups the samples come from."""
        return len(np.unique(self.groups))

    def covers(self, evidence: TrainingEvidence) -> bool:
        """Whether the sensor covers every test sample."""
        return len(self) == len(evidence.groups)


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
    manifest's classes; empty where they were not counted. With several folds the samples are those of all test parts;
    each is predicted by the network that did not see it.
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
