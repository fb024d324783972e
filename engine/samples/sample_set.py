"""Samples as plain arrays, the input of training and scoring, whatever their source."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from ..arrays import Doubles, Flags, Floats, Indices
from ..contract import SampleShape, SensorKind, Task


@dataclass(frozen=True)
class Lattice:
    """An infinite pixel grid: the pixels of a scene, extended in all directions.

    ``crs_wkt``, ``transform``, ``rows`` and ``cols`` are the grid of the first scene on it (as in
    :class:`..raster.grid.Grid`, but without GDAL), whose pixels are ``pixel_m`` metres wide.
    """

    crs_wkt: str
    transform: tuple[float, float, float, float, float, float]
    rows: int
    cols: int
    pixel_m: float


@dataclass(frozen=True, eq=False)
class Footprints:
    """The pixels of one sensor read for every sample: its own pixel, and the patch around it.

    Scenes aligned to the same infinite lattice share pixel numbers. ``lattice`` (sample,) is the lattice on which
    a sample lies, -1 if it is outside all scenes. ``pixel`` (sample, 2) is the row and col there of the pixel
    that contains the sample. The patch is the square of ``side_px`` pixels around it; its pixels outside the
    scene were not read.
    """

    lattices: tuple[Lattice, ...]
    lattice: Indices
    pixel: Indices
    side_px: int

    def take(self, index: Indices | Flags) -> Footprints:
        """The samples at ``index``."""
        return replace(self, lattice=self.lattice[index], pixel=self.pixel[index])

    def and_also(self, others: Footprints) -> Footprints:
        """These samples, then others that were read from the same scenes."""
        lattice, pixel = (self.lattice, others.lattice), (self.pixel, others.pixel)
        return replace(self, lattice=np.concatenate(lattice), pixel=np.concatenate(pixel))

    @property
    def halo_px(self) -> int:
        """The number of pixels by which the patch extends beyond its own pixel."""
        return self.side_px // 2


@dataclass(frozen=True)
class SensorSamples:
    """One sensor's values at every sample, in raw units.

    ``values`` is float32, NaN = nodata: images (sample, band, row, col), series (sample, date, band). Samples that
    the sensor does not cover are all NaN. ``days`` numbers the days of a series' dates, from any first day; empty
    where they are not known, and for images. ``footprints`` say which pixels the values are of; None where samples
    come from tables. ``bands`` are their names, empty where they have none.
    """

    name: str
    kind: SensorKind
    values: Floats
    days: tuple[float, ...] = ()
    footprints: Footprints | None = None
    bands: tuple[str, ...] = ()

    @property
    def shape(self) -> SampleShape:
        """That of one sample."""
        return SampleShape.of_sample(self.kind, self.values.shape[1:])

    def days_or_numbers(self) -> tuple[float, ...]:
        """A day for every date; its index in the series if the days are unknown."""
        return self.days or tuple(map(float, range(self.shape.dates)))

    def take(self, index: Indices | Flags) -> SensorSamples:
        """The samples at ``index`` (positions or a mask), in that order."""
        footprints = self.footprints.take(index) if self.footprints else None
        return replace(self, values=self.values[index], footprints=footprints)


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
        sensors = tuple(sensor.take(index) for sensor in self.sensors)
        return SampleSet(
            self.task,
            sensors,
            self.present[index],
            self.target[index],
            self.groups[index],
            self.longitude[index],
            self.latitude[index],
        )

    def classes_among(self, index: Indices | Flags) -> set[int]:
        """The class indices of the samples at ``index``; none where the task has no classes."""
        return set(self.target[index].tolist()) if self._has_classes else set()

    def shows_one_class(self, index: Indices | Flags) -> bool:
        """Whether the samples at ``index`` have fewer than two classes; never for tasks without classes."""
        return self._has_classes and len(self.classes_among(index)) < 2

    def constant_targets(self, index: Indices | Flags) -> Indices:
        """The targets (or labels) that have one value in all samples at ``index``; of classes :meth:`shows_one_class`.

        All of them where there are no samples.
        """
        if self._has_classes:
            return np.zeros(0, np.int64)
        columns = self.target[index].reshape(-1, self.target.shape[1])
        return np.flatnonzero((columns == columns[:1]).all(axis=0))

    def shows_one_value(self, index: Indices | Flags) -> bool:
        """Whether each target (or label) has one value in all samples at ``index``; never for tasks with classes."""
        return not self._has_classes and len(self.constant_targets(index)) == self.target.shape[1]

    @property
    def _has_classes(self) -> bool:
        return self.task.one_class

    def only(self, name: str) -> SampleSet:
        """The same samples with only one sensor."""
        at = [sensor.name for sensor in self.sensors].index(name)
        return replace(self, sensors=(self.sensors[at],), present=self.present[:, at : at + 1])


@dataclass(frozen=True)
class Split:
    """Sample indices of the three parts; no group is in two of them.

    ``too_near`` are in none: they were assigned to training or validation, but lie in a patch of another part, or see a
    pixel of it. ``rims`` is the share of test samples of which some patch shares a pixel with a training patch, though
    neither sees the other's labelled pixel; None where it is not known which pixels the samples come from.
    """

    train: Indices
    validation: Indices
    test: Indices
    too_near: Indices = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    rims: float | None = None
