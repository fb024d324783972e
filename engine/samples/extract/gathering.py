"""All sensors at all locations: the sample set of a job, and what had to be excluded."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from ...arrays import Flags
from ...contract import ErrorCode, InputError, about, thousands
from ...process import Reporter
from ...raster.files import MOST_VALUE
from ...raster.sensors import SensorRasters
from .. import SampleSet
from ..labels import LabelSpace
from ..points import LabelPoints, of_what_is_left
from ..positions import Positions, examples
from .patches import Extract, extract

FLOAT_BYTES = 4
MOST_BYTES = 6_000_000_000  # of samples in memory, which leaves a desktop computer enough for training


def gather(
    sensors: tuple[SensorRasters, ...], patch_sizes_px: tuple[int, ...], points: LabelPoints, reporter: Reporter
) -> SampleSet:
    """Read every sensor at every place; samples that a sensor does not cover are kept, marked and reported.

    Raises:
        InputError: the samples would not fit in memory, or a band holds no value at any of them.
    """
    require_memory(sensors, patch_sizes_px, len(points), "samples", "MAX_SAMPLES")
    extracts = extract_all(sensors, patch_sizes_px, points.positions, reporter)
    for sensor, own in zip(sensors, extracts, strict=True):
        _require_values(sensor, own.holds, points.subject)
        if own.infinite.any():
            log_infinite(sensor.name, f"{int(own.infinite.sum())} of {len(points)} locations", reporter)
    longitude, latitude = points.degrees()
    samples = SampleSet(
        points.space.task,
        tuple(own.samples for own in extracts),
        np.column_stack([own.covered for own in extracts]),
        points.target,
        points.groups,
        longitude,
        latitude,
    )
    _log_missing(samples, [own.masked for own in extracts], reporter)
    return samples


def extract_all(
    sensors: tuple[SensorRasters, ...], patch_sizes_px: tuple[int, ...], positions: Positions, reporter: Reporter
) -> list[Extract]:
    """The values of every sensor at the positions."""
    extracts = []
    for number, (sensor, side_px) in enumerate(zip(sensors, patch_sizes_px, strict=True)):
        part = reporter.within(number / len(sensors), (number + 1) / len(sensors))
        stage = f"Reading {sensor.name}"
        extracts.append(extract(sensor, positions, side_px, partial(part.progress, stage=stage)))
    return extracts


def _require_values(sensor: SensorRasters, holds: Flags, subject: str) -> None:
    """Raise if a band has no value at any location: every pixel of the sensor would then be nodata."""
    empty = [sensor.bands[at] for at in np.flatnonzero(~holds)]
    if not empty or not holds.any():  # a sensor without any data is reported with the others' counts
        return
    raise InputError(
        ErrorCode.BANDS_EMPTY,
        subject=f"{sensor.name} and {subject}",
        found=f"bands with nodata at every labelled location: {', '.join(empty)}",
        expected="valid values in every band used: a pixel is valid only if all of its bands are",
        remedy="Exclude these bands (SENSOR_X_BANDS in training), or check the nodata values of the raster.",
    )


def log_infinite(sensor: str, where: str, reporter: Reporter) -> None:
    """Log of infinite values that were found and are nodata."""
    reporter.warning(
        "values_infinite",
        f"{sensor}: infinite values (or values beyond ±{MOST_VALUE:g}) at {where} are treated as nodata.",
    )


def require_memory(
    sensors: tuple[SensorRasters, ...], patch_sizes_px: tuple[int, ...], count: int, of_what: str, parameter: str
) -> None:
    """Raise if ``count`` samples of all sensors would not fit in memory; ``parameter`` sets their number."""
    shapes = [sensor.shape(side_px).lengths for sensor, side_px in zip(sensors, patch_sizes_px, strict=True)]
    wanted = [FLOAT_BYTES * count * math.prod(shape) for shape in shapes]
    if sum(wanted) <= MOST_BYTES:
        return
    at = wanted.index(max(wanted))
    raise InputError(
        ErrorCode.CONTEXT_TOO_LARGE,
        subject=sensors[at].name,
        found=f"{count} {of_what} of {' × '.join(map(str, shapes[at]))} values: "
        f"{thousands(wanted[at] / 1e9, '.1f')} GB ({thousands(sum(wanted) / 1e9, '.1f')} GB with all sensors)",
        expected=f"at most {MOST_BYTES / 1e9:.0f} GB of {of_what}",
        remedy=f"Lower CONTEXT_M or {parameter}, or choose fewer bands.",
    )


def without_empty_classes(space: LabelSpace, samples: SampleSet, reporter: Reporter) -> tuple[LabelSpace, SampleSet]:
    """Remove classes without samples: a network cannot learn them, and the map must not contain them.

    Raises:
        InputError: all remaining samples have the same label.
    """
    _require_varying(space, samples)
    if not samples.task.one_class:
        return space, samples
    present, target = np.unique(samples.target, return_inverse=True)
    if len(present) == len(space.classes):
        return space, samples
    gone = [label.name for at, label in enumerate(space.classes) if at not in present]
    reporter.warning(
        "classes_left_out",
        f"No sensor has valid data at any sample of {', '.join(gone)}: these classes cannot be learned.",
    )
    kept = replace(space, classes=tuple(space.classes[at] for at in present))
    return of_what_is_left(kept), replace(samples, target=target.reshape(-1).astype(np.int64))


def _require_varying(space: LabelSpace, samples: SampleSet) -> None:
    """Raise if a target is constant in all remaining samples."""
    columns = samples.target.reshape(len(samples), -1)
    for at in np.flatnonzero((columns == columns[:1]).all(axis=0)):
        value = space.classes[columns[0, at]].name if samples.task.one_class else about(columns[0, at], 6)
        raise InputError(
            ErrorCode.LABEL_ONE_CLASS,
            subject=space.names[at],
            found=f"{value} in all {thousands(len(samples))} samples at which some sensor has valid data",
            expected="at least two different values",
            remedy="Add labels with other values where the sensors have valid data, or choose another label field.",
        )


def _consequence(missing: int, everywhere: int) -> str:
    """What becomes of samples at which a sensor has no data; ``everywhere``: at so many of them no sensor has any."""
    if everywhere == missing:
        return "they are not used"
    but = f" but for {everywhere}, at which no sensor has data" if everywhere else ""
    return f"they are used for the other sensors only{but}"


def _log_missing(samples: SampleSet, masked: Sequence[Flags], reporter: Reporter) -> None:
    anywhere = samples.present.any(axis=1)
    for at, sensor in enumerate(samples.sensors):
        missing = ~samples.present[:, at]
        clouds = f", at {thousands(int(masked[at].sum()))} of them by its quality mask" if masked[at].any() else ""
        then = _consequence(int(missing.sum()), int((missing & ~anywhere).sum()))
        if missing.any():
            reporter.warning(
                "samples_not_covered",
                f"{sensor.name} has no data at {thousands(int(missing.sum()))} of {thousands(len(samples))} "
                f"samples{clouds}; {then} (for example at {examples(samples.longitude, samples.latitude, missing)}).",
            )
