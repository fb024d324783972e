"""All sensors at all places: the sample set of a job, and what had to be left out."""

from __future__ import annotations

import numpy as np

from ..contract.errors import ErrorCode, InputError
from ..raster.sensor import SensorRasters
from ..reporting import Reporter
from .extract import extract
from .places import Places
from .sample_set import Flags, SampleSet

PLACES_SHOWN = 3


def gather(
    sensors: tuple[SensorRasters, ...], sides_px: tuple[int, ...], places: Places, reporter: Reporter
) -> SampleSet:
    """Read every sensor at every place; samples that a sensor does not cover are kept, marked and reported."""
    extracted = []
    for number, (sensor, side_px) in enumerate(zip(sensors, sides_px, strict=True)):
        part = reporter.within(number / len(sensors), (number + 1) / len(sensors))
        stage = f"Reading {sensor.name}"
        extracted.append(extract(sensor, places, side_px, lambda f, part=part, stage=stage: part.progress(f, stage)))  # type: ignore[misc]
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
            ErrorCode.LABELS_OUTSIDE_SENSOR,
            subject=subject,
            found=f"no sample that every sensor covers (of {len(samples)} samples, {counts})",
            expected="labels where the sensors overlap and hold data",
            remedy="Check that all sensors and the labels show the same place, and the nodata values of the rasters.",
        )
    return samples.take(complete)


def _tell_missing(samples: SampleSet, reporter: Reporter) -> None:
    for at, sensor in enumerate(samples.sensors):
        missing = ~samples.present[:, at]
        if missing.any():
            reporter.warning(
                "samples_not_covered",
                f"{sensor.name} has no data at {int(missing.sum())} of {len(samples)} samples; they are left out "
                f"(for example at {_places(samples, missing)}).",
            )


def _places(samples: SampleSet, which: Flags) -> str:
    shown = np.flatnonzero(which)[:PLACES_SHOWN]
    return "; ".join(f"{samples.longitude[at]:.5f}° E, {samples.latitude[at]:.5f}° N" for at in shown)
