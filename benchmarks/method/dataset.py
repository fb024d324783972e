"""A data set of the benchmark: samples in memory, cached as one compressed array file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.contract import SensorKind, Task
from ...engine.samples import Footprints, Lattice, SampleSet, SensorSamples


@dataclass(frozen=True)
class Dataset:
    """Samples, with everything that training needs to know about them.

    ``labels`` are the names of the classes, labels or targets in order. ``subject`` is their source, for messages.
    """

    name: str
    samples: SampleSet
    labels: tuple[str, ...]
    subject: str

    @property
    def outputs(self) -> int:
        """The number of outputs of a network."""
        return len(self.labels)

    @property
    def sensors(self) -> tuple[str, ...]:
        """Names of the sensors."""
        return tuple(sensor.name for sensor in self.samples.sensors)


def save(dataset: Dataset, path: Path) -> None:
    """Write the data set atomically: several processes may do so at once."""
    samples = dataset.samples
    arrays = {f"values_{at}": sensor.values for at, sensor in enumerate(samples.sensors)}
    for at, sensor in enumerate(samples.sensors):
        arrays |= _footprints_kept(sensor.footprints, at) if sensor.footprints else {}
    arrays |= {f"days_{at}": np.array(sensor.days) for at, sensor in enumerate(samples.sensors)}
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f".{os.getpid()}-{path.name}")
    np.savez_compressed(
        staged,
        name=dataset.name,
        subject=dataset.subject,
        labels=np.array(dataset.labels),
        task=samples.task.value,
        sensors=np.array(dataset.sensors),
        kinds=np.array([sensor.kind.value for sensor in samples.sensors]),
        present=samples.present,
        target=samples.target,
        groups=samples.groups,
        longitude=samples.longitude,
        latitude=samples.latitude,
        **arrays,
    )
    staged.replace(path)


def read(path: Path) -> Dataset:
    """The data set that :func:`save` wrote."""
    with np.load(path, allow_pickle=False) as stored:
        sensors = tuple(
            SensorSamples(
                str(name),
                SensorKind(str(kind)),
                stored[f"values_{at}"],
                tuple(stored[f"days_{at}"].tolist()),
                _footprints_of(stored, at),
            )
            for at, (name, kind) in enumerate(zip(stored["sensors"], stored["kinds"], strict=True))
        )
        samples = SampleSet(
            Task(str(stored["task"])),
            sensors,
            stored["present"],
            stored["target"],
            stored["groups"],
            stored["longitude"],
            stored["latitude"],
        )
        labels = tuple(str(label) for label in stored["labels"])
        return Dataset(str(stored["name"]), samples, labels, str(stored["subject"]))


def _footprints_kept(footprints: Footprints, at: int) -> dict[str, NDArray[Any]]:
    """Arrays with the pixels that a sensor's samples were read from."""
    each = footprints.lattices
    return {
        f"lattice_{at}": footprints.lattice,
        f"pixel_{at}": footprints.pixel,
        f"side_{at}": np.array(footprints.side_px),
        f"crs_{at}": np.array([one.crs_wkt for one in each]),
        f"grid_{at}": np.array([(*one.transform, one.rows, one.cols, one.pixel_m) for one in each]),
    }


def _footprints_of(stored: Mapping[str, NDArray[Any]], at: int) -> Footprints | None:
    if f"lattice_{at}" not in stored:
        return None
    lattices = tuple(
        Lattice(str(crs), tuple(grid[:6].tolist()), int(grid[6]), int(grid[7]), float(grid[8]))
        for crs, grid in zip(stored[f"crs_{at}"], stored[f"grid_{at}"], strict=True)
    )
    return Footprints(lattices, stored[f"lattice_{at}"], stored[f"pixel_{at}"], int(stored[f"side_{at}"]))
