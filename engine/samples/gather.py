"""All sensors at all places: the sample set of a job, and what had to be left out."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

import numpy as np

from ..contract.errors import ErrorCode, InputError
from ..contract.job import Task
from ..raster.sensor import SensorRasters
from ..reporting import Reporter
from .extract import extract, sample_shape
from .label_space import LabelSpace
from .places import Places, examples
from .sample_set import SampleSet

FLOAT_BYTES = 4
MOST_BYTES = 6_000_000_000  # of samples held in memory, where a desktop computer still has room to train


def gather(
    sensors: tuple[SensorRasters, ...], sides_px: tuple[int, ...], places: Places, reporter: Reporter
) -> SampleSet:
    """Read every sensor at every place; samples that a sensor does not cover are kept, marked and reported.

    Raises:
        InputError: the samples would not fit in memory.
    """
    _require_memory(sensors, sides_px, len(places))
    extracted = []
    for number, (sensor, side_px) in enumerate(zip(sensors, sides_px, strict=True)):
        part = reporter.within(number / len(sensors), (number + 1) / len(sensors))
        stage = f"Reading {sensor.name}"
        extracted.append(extract(sensor, places, side_px, partial(part.progress, stage=stage)))
    longitude, latitude = places.degrees()
    samples = SampleSet(
        places.space.task,
        tuple(values for values, _ in extracted),
        np.column_stack([covered for _, covered in extracted]),
        places.target,
        places.groups,
        longitude,
        latitude,
    )
    _tell_missing(samples, reporter)
    return samples


def _require_memory(sensors: tuple[SensorRasters, ...], sides_px: tuple[int, ...], count: int) -> None:
    shapes = [sample_shape(sensor, side_px) for sensor, side_px in zip(sensors, sides_px, strict=True)]
    wanted = [FLOAT_BYTES * count * math.prod(shape) for shape in shapes]
    if sum(wanted) <= MOST_BYTES:
        return
    at = wanted.index(max(wanted))
    raise InputError(
        ErrorCode.CONTEXT_TOO_LARGE,
        subject=sensors[at].name,
        found=f"{count} samples of {' × '.join(map(str, shapes[at]))} values: {wanted[at] / 1e9:,.1f} GB "
        f"({sum(wanted) / 1e9:,.1f} GB with all sensors)",
        expected=f"at most {MOST_BYTES / 1e9:.0f} GB of samples",
        remedy="Lower CONTEXT_M or MAX_SAMPLES, or choose fewer bands.",
    )


def seen_by_all(samples: SampleSet, subject: str) -> SampleSet:
    """The samples that every sensor covers.

    Raises:
        InputError: there is none; names what each sensor covers.
    """
    complete = samples.present.all(axis=1)
    if not complete.any():
        counts = ", ".join(
            f"{sensor.name} covers {int(samples.present[:, at].sum())}" for at, sensor in enumerate(samples.sensors)
        )
        raise InputError(
            ErrorCode.TOO_FEW_SAMPLES,
            subject=subject,
            found=f"no sample where every sensor holds data (of {len(samples)} samples, {counts})",
            expected="labels where no band of any sensor is nodata",
            remedy="Check the rasters' nodata values, leave out bands that hold no values (SENSOR_X_BANDS), or label "
            "places that all sensors show.",
        )
    return samples.take(complete)


def without_empty_classes(space: LabelSpace, samples: SampleSet, reporter: Reporter) -> tuple[LabelSpace, SampleSet]:
    """Leave out classes that no sample is left of: a network cannot learn them, and the map must not promise them."""
    if samples.task is not Task.CLASSIFICATION:
        return space, samples
    present, target = np.unique(samples.target, return_inverse=True)
    if len(present) == len(space.classes):
        return space, samples
    gone = [label.name for at, label in enumerate(space.classes) if at not in present]
    reporter.warning(
        "classes_left_out", f"No sample that every sensor covers of {', '.join(gone)}: the model will not know them."
    )
    kept = replace(space, classes=tuple(space.classes[at] for at in present))
    return kept, replace(samples, target=target.reshape(-1).astype(np.int64))


def _tell_missing(samples: SampleSet, reporter: Reporter) -> None:
    for at, sensor in enumerate(samples.sensors):
        missing = ~samples.present[:, at]
        if missing.any():
            reporter.warning(
                "samples_not_covered",
                f"{sensor.name} has no data at {int(missing.sum())} of {len(samples)} samples; they are left out "
                f"(for example at {examples(samples.longitude, samples.latitude, missing)}).",
            )
