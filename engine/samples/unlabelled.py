"""Unlabelled samples: where sensors overlap, the shared space can be learned from every pixel."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..arrays import Flags
from .sample_set import SampleSet, SensorSamples


@dataclass(frozen=True)
class Unlabelled:
    """One patch or series per sensor at unlabelled positions, laid out as in :class:`.sample_set.SampleSet`.

    ``present`` (position, sensor) says which sensors cover a position.
    """

    sensors: tuple[SensorSamples, ...]
    present: Flags

    def __len__(self) -> int:
        return len(self.present)

    def only(self, name: str) -> Unlabelled:
        """The same positions with only one sensor; those it does not cover are kept, marked as missing."""
        at = [sensor.name for sensor in self.sensors].index(name)
        return replace(self, sensors=(self.sensors[at],), present=self.present[:, at : at + 1])


def as_samples(unlabelled: Unlabelled, like: SampleSet) -> SampleSet:
    """Unlabelled samples in the form of labelled ones, for functions that use only sensors; targets are zeros."""
    count = len(unlabelled)
    target = np.zeros((count, *like.target.shape[1:]), np.float32)
    nowhere = np.zeros(count)
    groups = np.arange(count, dtype=np.int64)
    return SampleSet(like.task, unlabelled.sensors, unlabelled.present, target, groups, nowhere, nowhere)
