"""Samples as plain arrays: what training and scoring work on, wherever they come from."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..contract.job import Task
from ..contract.manifest import SensorKind

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Indices = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class SensorSamples:
    """One sensor's values at every sample, in raw units.

    ``values`` is float32, NaN = nodata: images (sample, band, row, col), series (sample, date, band). Samples that
    the sensor does not cover are all NaN. ``days`` numbers the days of a series' dates, from any first day; empty
    where they are not known, and for images.
    """

    name: str
    kind: SensorKind
    values: Floats
    days: tuple[float, ...] = ()


@dataclass(frozen=True)
class SampleSet:
    """Labels with one patch or series per sensor.

    ``present`` (sample, sensor) says which sensors cover a sample. ``target`` is int64 (sample,) class indices for
    classification, float32 (sample, label) 0/1 for multilabel, float32 (sample, target) in its unit for regression.
    ``groups`` (sample,) are never separated by a split. ``longitude``/``latitude`` (sample,) are EPSG:4326 degrees.
    """

    task: Task
    sensors: tuple[SensorSamples, ...]
    present: Flags
    target: NDArray[np.int64] | Floats
    groups: Indices
    longitude: Doubles
    latitude: Doubles

    def __len__(self) -> int:
        return len(self.groups)

    def take(self, index: Indices | Flags) -> SampleSet:
        """The samples at ``index`` (positions or a mask), in that order."""
        sensors = tuple(replace(sensor, values=sensor.values[index]) for sensor in self.sensors)
        return SampleSet(
            self.task,
            sensors,
            self.present[index],
            self.target[index],
            self.groups[index],
            self.longitude[index],
            self.latitude[index],
        )

    def only(self, name: str) -> SampleSet:
        """The same samples seen by one sensor."""
        at = [sensor.name for sensor in self.sensors].index(name)
        return replace(self, sensors=(self.sensors[at],), present=self.present[:, at : at + 1])


@dataclass(frozen=True)
class Split:
    """Sample positions of the three parts; no group stands in two of them."""

    train: Indices
    validation: Indices
    test: Indices
