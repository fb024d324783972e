"""The data of one training: labelled samples, unlabelled samples, a teacher's soft targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from ...arrays import Flags, Floats
from ...model import Standardize, band_first
from ...samples import SampleSet, Unlabelled
from .targets import Targets


@dataclass(frozen=True)
class TrainingData:
    """Labelled samples, and additional training data.

    ``soft_targets`` (sample, output) are a teacher's predictions for them, as from :meth:`.forest.Forest.predict`,
    NaN where it has none; ``unlabelled_soft_targets`` likewise for the unlabelled samples. ``coverage``
    (sample, sensor) is the coverage of all compared sensors, if the samples contain only some of them: batches are
    based on it, so that a sensor has the same steps alone as with others.
    """

    samples: SampleSet
    unlabelled: Unlabelled | None = None
    soft_targets: Floats | None = None
    unlabelled_soft_targets: Floats | None = None
    coverage: Flags | None = None

    def sensor_names(self) -> tuple[str, ...]:
        """Names of the sensors, in their order."""
        return tuple(sensor.name for sensor in self.samples.sensors)

    def only(self, name: str) -> TrainingData:
        """The same data of one sensor only; samples that it does not cover are kept, marked as missing."""
        samples = self.samples.only(name)
        unlabelled = self.unlabelled.only(name) if self.unlabelled else None
        return TrainingData(samples, unlabelled, self.soft_targets, self.unlabelled_soft_targets, self.compared())

    def labelled_only(self) -> TrainingData:
        """The same data without unlabelled samples."""
        return replace(self, unlabelled=None, unlabelled_soft_targets=None)

    def compared(self) -> Flags:
        """Which samples the sensors that are compared cover (sample, sensor)."""
        return self.samples.present if self.coverage is None else self.coverage


class TensorPool:
    """All samples of a training as tensors: first the labelled, then the unlabelled ones.

    Raw values are kept in memory and standardized on access.
    """

    def __init__(self, data: TrainingData, targets: Targets, standardize: Sequence[Standardize], device: str) -> None:
        samples, unlabelled = data.samples, data.unlabelled
        self.labelled_count = len(samples)
        self.unlabelled_count = len(unlabelled) if unlabelled else 0
        self._device = device
        self._standardize = standardize
        self._values = [band_first(sensor.values, sensor.shape) for sensor in samples.sensors]
        self._more = [band_first(sensor.values, sensor.shape) for sensor in unlabelled.sensors] if unlabelled else []
        present = [samples.present, unlabelled.present] if unlabelled else [samples.present]
        self._present = torch.from_numpy(np.concatenate(present))
        self._targets = targets.values
        self._soft_targets = _soft_targets(data, targets, self.unlabelled_count)

    @property
    def has_teacher(self) -> bool:
        """Whether there are soft targets."""
        return self._soft_targets is not None

    def covered(self, index: Tensor) -> Tensor:
        """The samples in ``index`` (row,) that any sensor covers."""
        return index[self._present[index].any(dim=1)]

    def rows(self, index: Tensor, sensor: int) -> Tensor:
        """Positions in ``index`` (row,) of the samples that the sensor covers."""
        return self._present[index, sensor].nonzero().squeeze(1)

    def values(self, index: Tensor, sensor: int) -> tuple[Tensor, Tensor]:
        """Standardized values and validity of one sensor for samples it covers, in the order of ``index`` (row,)."""
        labelled = index < self.labelled_count
        own = self._values[sensor]
        if labelled.all():
            values = own[index]
        else:
            values = own.new_empty(len(index), *own.shape[1:])
            values[labelled] = own[index[labelled]]
            values[~labelled] = self._more[sensor][index[~labelled] - self.labelled_count]
        standardized: tuple[Tensor, Tensor] = self._standardize[sensor](values.to(self._device))
        return standardized

    def labels(self, index: Tensor) -> tuple[Tensor, Tensor, Tensor | None]:
        """Targets (arbitrary if unlabelled), whether labelled, and soft targets, at ``index``."""
        labelled = index < self.labelled_count
        target = self._targets[index.clamp(max=self.labelled_count - 1)]
        soft_targets = None if self._soft_targets is None else self._soft_targets[index].to(self._device)
        return target.to(self._device), labelled.to(self._device), soft_targets


def _soft_targets(data: TrainingData, targets: Targets, unlabelled_count: int) -> Tensor | None:
    """Soft targets of labelled and unlabelled samples, in the network's units."""
    if data.soft_targets is None:
        return None
    parts = [data.soft_targets]
    if unlabelled_count:
        missing = np.full((unlabelled_count, data.soft_targets.shape[1]), np.nan, np.float32)
        parts.append(missing if data.unlabelled_soft_targets is None else data.unlabelled_soft_targets)
    return torch.from_numpy(((np.concatenate(parts) - targets.mean) / targets.sd).astype(np.float32))
