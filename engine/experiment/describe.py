"""Describe a training as a manifest, the description in the model file."""

from __future__ import annotations

import datetime
import json
import platform
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from ..contract import (
    ENGINE_VERSION,
    Band,
    LabelClass,
    Manifest,
    SampleCounts,
    SensorManifest,
    Target,
    TrainedPlaces,
    TrainingArea,
    TrainJob,
    job_to_text,
)
from ..input_checks import declared_scaling
from ..learning.standardization import Statistics
from ..process import Reporter
from ..raster.geo import west_and_east
from ..raster.sensors import SensorRasters
from ..report.content import TrainingEvidence
from ..samples import SampleSet, Unlabelled
from ..samples.extract import combinations
from ..samples.points import LabelPoints
from ..samples.split import pixel_middles, remember
from .results import TrainingResults
from .scoring import Scorer
from .splits import SplitPlan
from .units import target_units

_PACKAGES = ("numpy", "torch", "onnx", "onnxruntime", "scikit-learn")


@dataclass(frozen=True)
class TrainingRecord:
    """Inputs and results of a training; tuples are in the order of the sensors, patch sides in the sensor's pixels."""

    job: TrainJob
    sensors: tuple[SensorRasters, ...]
    patch_sizes_px: tuple[int, ...]
    points: LabelPoints
    samples: SampleSet
    unlabelled: Unlabelled | None
    plan: SplitPlan
    results: TrainingResults

    @property
    def scorer(self) -> Scorer:
        """The scorer of test predictions, shared by manifest and report."""
        return Scorer(self.points.space.task, self.job.optimize, self.job.seed, self.results.first.population)

    def evidence(self, reporter: Reporter) -> TrainingEvidence:
        """The evidence for the report."""
        return self.results.evidence(
            self.scorer, len(self.points.space.classes), self.samples, self.plan.first, reporter
        )


def describe_training(record: TrainingRecord) -> Manifest:
    """The manifest of a training, with the scores of its test parts."""
    space, job, comparison = record.points.space, record.job, record.results.first
    scorer = record.scorer
    return Manifest(
        task=space.task,
        method=(comparison.together or comparison.alone).name,
        label_fields=space.names,
        sensors=tuple(_sensor(record, scorer, at) for at in range(len(record.sensors))),
        classes=_classes(record),
        targets=() if space.task.has_probabilities else _targets(record),
        nodata=float(space.nodata),
        samples=_counts(record),
        area=_area(record),
        split=record.points.grouped_by,
        seed=job.seed,
        created=datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        versions=_versions(),
        job=_plain_job(job),
        method_asked=job.method.value,
        optimize=job.optimize.value,
        candidates=tuple(result.candidate() for result in comparison.candidates()),
        combinations=combinations(record.samples, record.unlabelled),
        fused=scorer.fused(record.results.held_out),
        folds=min(record.plan.folds, len(record.results.held_out)),  # fewer if the training was ended early
        repeats=max(1, len(record.results.held_out) // record.plan.folds),
        epochs=comparison.epochs,
    )


def _classes(record: TrainingRecord) -> tuple[LabelClass, ...]:
    """The classes with the shares on which probabilities and decisions are based."""
    classes, shares = record.points.space.classes, record.results.first.population.shares
    if not shares:
        return tuple(replace(label, share=None) for label in classes)
    return tuple(replace(label, share=share) for label, share in zip(classes, shares, strict=True))


def _counts(record: TrainingRecord) -> SampleCounts:
    split = record.plan.first
    return SampleCounts(
        train=len(split.train),
        validation=len(split.validation),
        test=len(split.test),
        groups=len(np.unique(record.samples.groups)),
        left_out=len(record.points) - len(record.samples),
        too_near=len(split.too_near),
        rims=record.plan.rims,
        test_groups=len(np.unique(record.samples.groups[split.test])),
        refit=len(record.samples) if record.results.refitted else 0,
        networks_refit=len(record.samples) if record.results.networks_refitted else 0,
        calibrated=record.results.calibrated,
    )


def _sensor(record: TrainingRecord, scorer: Scorer, at: int) -> SensorManifest:
    sensor = record.sensors[at]
    return SensorManifest(
        name=sensor.name,
        kind=sensor.kind,
        layout=sensor.layout,
        bands=_bands(sensor, record.results.statistics()[at]),
        bands_named=sensor.bands_named,
        dates=sensor.dates,
        dates_known=sensor.dates_known,
        pixel_m=sensor.scenes[0].grid.pixel_m(),
        context_px=record.patch_sizes_px[at],
        dtype=sensor.dtype,
        graph=f"sensors/{at + 1}.onnx",
        score=scorer.sensor(
            record.results.held_out,
            sensor.name,
            record.results.first.variant(sensor.name),
            record.results.first.choice(sensor.name),
            record.results.first.averaged,
        ),
        places=_places(record, at),
        pixel_range_m=_range([scene.grid.pixel_m() for scene in sensor.scenes]),
        mask=sensor.mask,
        nodata=record.job.sensors[at].nodata,
    )


def _range(values: list[float]) -> tuple[float, float]:
    return min(values), max(values)


def _places(record: TrainingRecord, at: int) -> TrainedPlaces | None:
    """The pixels of a sensor on which the shipped predictor was trained or chosen."""
    split = record.plan.first
    used = np.concatenate([split.train, split.validation])
    if record.results.refitted:
        used = np.arange(len(record.samples))
    longitude, latitude = record.samples.longitude[used], record.samples.latitude[used]
    footprints = record.samples.sensors[at].footprints
    if footprints:
        longitude, latitude = pixel_middles(footprints.take(used), longitude, latitude)
    return remember(longitude, latitude, min(record.sensors[at].scenes[0].grid.pixel_sides_m()))


def _bands(sensor: SensorRasters, statistics: Statistics) -> tuple[Band, ...]:
    declared = declared_scaling(sensor.scenes[0])
    columns = (statistics.mean, statistics.sd, statistics.minimum, statistics.maximum, *declared)
    return tuple(Band(name, *(float(column[at]) for column in columns)) for at, name in enumerate(sensor.bands))


def _targets(record: TrainingRecord) -> tuple[Target, ...]:
    values = np.asarray(record.samples.target, dtype=np.float64)[record.plan.first.train]
    space = record.points.space
    units = target_units(record.job.target_units, space)
    return tuple(
        Target(name, float(column.mean()), float(column.std()), float(column.min()), float(column.max()), unit)
        for name, unit, column in zip(space.names, units, values.T, strict=True)
    )


def _area(record: TrainingRecord) -> TrainingArea | None:
    longitude, latitude = record.samples.longitude, record.samples.latitude
    if not (np.isfinite(longitude).all() and np.isfinite(latitude).all()):
        return None
    west, east = west_and_east(longitude)
    return TrainingArea(west, float(latitude.min()), east, float(latitude.max()))


def _versions() -> dict[str, str]:
    found = {"colearn": ENGINE_VERSION, "python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _plain_job(job: TrainJob) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(job_to_text(job))
    return plain
