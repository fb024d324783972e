"""Coverage of samples by sensors."""

from __future__ import annotations

import numpy as np

from ...arrays import Flags, Floats
from ...contract import Combination, ErrorCode, InputError, thousands
from ...process import Reporter, counted, listed
from .. import SampleSet, SensorSamples, Unlabelled
from ..labels import LabelSpace

FEW_SAMPLES = 20


def seen_by_any(samples: SampleSet, subject: str) -> SampleSet:
    """The samples that any sensor covers; ``present`` is the coverage by sensor.

    Raises:
        InputError: some sensor covers none and cannot be trained. Lists the coverage of each.
    """
    covered = samples.present.sum(axis=0)
    blind = [sensor.name for sensor, count in zip(samples.sensors, covered, strict=True) if count == 0]
    if blind:
        raise InputError(
            ErrorCode.TOO_FEW_SAMPLES,
            subject=f"{subject} and {', '.join(blind)}",
            found=f"no sample at which {' or '.join(blind)} has valid data in every band (of {len(samples)} samples, "
            f"{', '.join(_counts(samples.sensors, samples.present, 'covers'))})",
            expected="labels covered by each sensor, with valid data in all of its bands",
            remedy="Check the nodata values of the rasters, exclude bands without valid values (SENSOR_X_BANDS), add "
            "labels within the sensor's coverage, or remove the sensor.",
        )
    return samples.take(samples.present.any(axis=1))


def combinations(samples: SampleSet, unlabelled: Unlabelled | None = None) -> tuple[Combination, ...]:
    """Numbers of labelled and unlabelled samples by combination of sensors; the most samples first."""
    present = [samples.present, unlabelled.present] if unlabelled else [samples.present]
    kinds, kind_of = np.unique(np.concatenate(present), axis=0, return_inverse=True)
    kind_of = kind_of.reshape(-1)
    labelled = np.bincount(kind_of[: len(samples)], minlength=len(kinds))
    others = np.bincount(kind_of[len(samples) :], minlength=len(kinds))
    names = np.array([sensor.name for sensor in samples.sensors], dtype=object)
    each = [
        Combination(tuple(names[kind]), int(labelled[at]), int(others[at]))
        for at, kind in enumerate(kinds)
        if kind.any()
    ]
    return tuple(sorted(each, key=lambda one: (-one.labelled, -one.unlabelled, -len(one.sensors), one.sensors)))


def log_coverage(samples: SampleSet, space: LabelSpace, reporter: Reporter) -> None:
    """Log how many samples each sensor and each combination of sensors has, and which have too few for training."""
    reporter.info(
        "samples", f"{thousands(len(samples))} samples: {listed(_counts(samples.sensors, samples.present, 'covers'))}."
    )
    each = combinations(samples)
    if len(each) > 1:
        counts = [f"{' + '.join(one.sensors)} {thousands(one.labelled)}" for one in each]
        reporter.info("combinations", f"Samples by the sensors that cover them: {listed(counts)}.")
    if len(samples.sensors) > 1 and not (samples.present.sum(axis=1) > 1).any():
        reporter.warning(
            "sensors_apart",
            "No sample is covered by two sensors, so co-learning has little to learn from. Add labels where sensors "
            "overlap, or use unlabelled samples there (UNLABELLED_SAMPLES).",
        )
    for at, sensor in enumerate(samples.sensors):
        own = samples.present[:, at]
        if own.sum() < FEW_SAMPLES:
            few = f"{sensor.name} covers only {counted(int(own.sum()), 'sample')}"
            reporter.warning("samples_few", f"{few}: too few for training, and its scores are unreliable.")
        _log_unseen(samples, own, space, sensor.name, reporter)


def _log_unseen(samples: SampleSet, own: Flags, space: LabelSpace, sensor: str, reporter: Reporter) -> None:
    """Log classes without samples covered by the sensor: they cannot be learned from it."""
    if not samples.task.one_class:
        return
    seen = set(samples.target[own].tolist())
    unseen = [label.name for at, label in enumerate(space.classes) if at not in seen]
    if unseen:
        reporter.warning(
            "classes_unseen", f"{sensor} covers no sample of {', '.join(unseen)} and cannot learn these classes."
        )


def log_constant_bands(samples: SampleSet, bands: tuple[tuple[str, ...], ...], reporter: Reporter) -> None:
    """Warn about bands with one value in all samples: they carry no information.

    Args:
        bands: the names of each sensor's bands.
    """
    for sensor, own_bands in zip(samples.sensors, bands, strict=True):
        names = [own_bands[at] for at in np.flatnonzero(_constant(sensor))]
        if names:
            reporter.warning(
                "bands_constant",
                f"{sensor.name}: bands with the same value in every sample carry no information: {', '.join(names)}. "
                f"Exclude them (SENSOR_X_BANDS) or check the rasters.",
            )


def _constant(sensor: SensorSamples) -> Flags:
    """Which bands (band,) are constant or empty; (sample, band, row, col) or (sample, date, band)."""
    values: Floats = sensor.values
    others = tuple(axis for axis in range(values.ndim) if axis != sensor.shape.band_axis)
    lowest, highest = np.fmin.reduce(values, axis=others), np.fmax.reduce(values, axis=others)
    varies: Flags = np.asarray(highest > lowest)
    return ~varies


def _counts(sensors: tuple[SensorSamples, ...], present: Flags, verb: str) -> list[str]:
    return [f"{sensor.name} {verb} {thousands(int(present[:, at].sum()))}" for at, sensor in enumerate(sensors)]
