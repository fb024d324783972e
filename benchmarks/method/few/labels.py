"""Fewer labels of the same split: whole groups keep their labels, the others become unlabelled samples.

The test part is unchanged, so that scores with few and with many labels refer to the same samples.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ....engine.arrays import Indices
from ....engine.learning.fit import TrainingData
from ....engine.samples import SampleSet, Split, Unlabelled
from ....engine.samples.split import strata, stratify

ALL = 1.0


def with_labels(samples: SampleSet, split: Split, labels: float, seed: int) -> tuple[TrainingData, Split]:
    """The training and validation data if only some labels of the training part are known.

    Args:
        labels: up to 1, the share of labels that are kept; above 1, the approximate number of training samples that
            keep their labels. The same share of validation labels is kept.

    Raises:
        ValueError: not positive.
    """
    if not labels > 0:
        raise ValueError(f"{labels:g} labels: expected a share above 0, or a number of training samples")
    share = labels if labels <= 1 else labels / max(len(split.train), 1)
    if share >= 1:
        return TrainingData(samples), split
    train, validation = (_kept(samples, each, share, seed) for each in (split.train, split.validation))
    rest = np.setdiff1d(split.train, train)
    sensors = tuple(replace(sensor, values=sensor.values[rest], footprints=None) for sensor in samples.sensors)
    unlabelled = Unlabelled(sensors, samples.present[rest])
    return TrainingData(samples, unlabelled), replace(split, train=train, validation=validation)


def _kept(samples: SampleSet, part: Indices, share: float, seed: int) -> Indices:
    """Whole groups with about this share of the samples, with every class among them if possible."""
    member = strata(samples.task, samples.target[part])
    kept: Indices = part[stratify(member, samples.groups[part], (share, 1 - share), seed, fill_order=(0, 1)) == 0]
    return kept
