"""The data of a training: patches of the requested size, labelled and unlabelled samples."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ...contract import Method, Optimize, TrainJob, about_m
from ...input_checks import log_fill_around, open_sensors
from ...learning.fit import TrainingData
from ...process import Reporter
from ...raster.geo import LONGITUDE_LATITUDE
from ...raster.sensors import SensorRasters
from ...samples import SampleSet, Unlabelled
from ...samples.extract import (
    draw_unlabelled,
    gather,
    log_constant_bands,
    log_coverage,
    patch_px,
    seen_by_any,
    without_empty_classes,
)
from ...samples.points import DrawOptions, LabelPoints, draw_label_points, log_contradictions
from ...samples.positions import Positions, finest_first
from ...samples.split import join_shared_pixels
from .. import TrainingRecord, TrainingResults, spread, target_units, usual_draw
from ..splits import SplitPlan, plan_splits

DEFAULT_CONTEXT_PX = 15
UNEVEN_PIXELS = 1.1  # aspect ratio of pixels on the ground beyond which the log mentions it


@dataclass(frozen=True)
class TrainingInputs:
    """The data of a training, and its split; tuples are in the order of the sensors, sides in their pixels."""

    sensors: tuple[SensorRasters, ...]
    patch_sizes_px: tuple[int, ...]
    points: LabelPoints
    samples: SampleSet
    plan: SplitPlan
    unlabelled: Unlabelled | None = None

    @property
    def data(self) -> TrainingData:
        """The arrays alone."""
        return TrainingData(self.samples, self.unlabelled)

    def record(self, job: TrainJob, results: TrainingResults) -> TrainingRecord:
        """The record of these inputs, the job and its results."""
        return TrainingRecord(
            job, self.sensors, self.patch_sizes_px, self.points, self.samples, self.unlabelled, self.plan, results
        )


def split_samples(job: TrainJob, reporter: Reporter, until: float = 1.0) -> TrainingInputs:
    """The labelled samples of a job and their split.

    Args:
        until: the share of the total progress for drawing samples.
    """
    sensors = open_sensors(job.sensors, job.labels, reporter)
    patch_sizes_px = _patch_sizes_px(job.context_m, sensors, reporter)
    points, samples = _samples(job, sensors, patch_sizes_px, reporter.within(0.0, until))
    return TrainingInputs(sensors, patch_sizes_px, points, samples, plan_splits(job, points, samples, reporter))


def with_unlabelled(job: TrainJob, inputs: TrainingInputs, reporter: Reporter) -> TrainingInputs:
    """The same with unlabelled samples, away from all samples that any run uses for validation or test."""
    count = job.unlabelled_samples
    if count is None:
        count = usual_draw(inputs.sensors, inputs.patch_sizes_px) if job.method is Method.AUTO else 0
    if not count:
        return inputs
    held_out = inputs.samples.take(inputs.plan.held_out())
    avoid = Positions(LONGITUDE_LATITUDE, held_out.longitude, held_out.latitude)
    asked = job.unlabelled_samples is not None
    found = draw_unlabelled(
        inputs.sensors, inputs.patch_sizes_px, avoid, count, job.seed, reporter, held_out=held_out, asked=asked
    )
    return replace(inputs, unlabelled=found if asked else spread(found, job.seed))


def _samples(
    job: TrainJob, sensors: tuple[SensorRasters, ...], patch_sizes_px: tuple[int, ...], reporter: Reporter
) -> tuple[LabelPoints, SampleSet]:
    reporter.progress(0.0, "Locating the labels")
    as_they_are = job.optimize is Optimize.ACCURACY  # true only with the labels' class shares
    draw_options = DrawOptions(
        job.task,
        job.max_samples,
        job.seed,
        as_they_are=as_they_are,
        split_by=job.split_by,
        patch_m=_largest_patch_m(sensors, patch_sizes_px),
    )
    points = draw_label_points(job.labels, sensors, draw_options, reporter)
    target_units(job.target_units, points.space)  # refuse now, not after training
    samples = seen_by_any(gather(sensors, patch_sizes_px, points, reporter.within(0.2, 1.0)), points.subject)
    space, samples = without_empty_classes(points.space, samples, reporter)
    log_contradictions(samples, space, reporter)
    samples = join_shared_pixels(samples, reporter)
    log_coverage(samples, space, reporter)
    bands = tuple(sensor.bands for sensor in sensors)
    log_constant_bands(samples, bands, reporter)
    log_fill_around(samples, bands, "SENSOR_X_NODATA", reporter)
    return replace(points, space=space), samples


def _patch_sizes_px(context_m: float | None, sensors: tuple[SensorRasters, ...], reporter: Reporter) -> tuple[int, ...]:
    """Side of the patch of every sensor in its own pixels; 1 for series."""
    images = tuple(sensor for sensor in sensors if sensor.shape().has_space)
    own_pixel = [sensor.name for sensor in sensors if not sensor.shape().has_space]
    if own_pixel:
        reporter.info(
            "context", f"{', '.join(own_pixel)}: time series use the pixel of the sample only, without spatial context."
        )
    if not images:
        return (1,) * len(sensors)
    if context_m is None:
        context_m = DEFAULT_CONTEXT_PX * finest_first(images)[0].scenes[0].grid.pixel_m()
    sides = tuple(patch_px(sensor, context_m) for sensor in sensors)
    seen = ", ".join(_seen(sensor, side) for sensor, side in zip(sensors, sides, strict=True))
    reporter.info("context", f"Patch size: {about_m(context_m)} m around each pixel: {seen}.")
    return sides


def _seen(sensor: SensorRasters, side_px: int) -> str:
    """The patch size as text; also on the ground, if pixels are far from square there."""
    words = f"{sensor.name} {side_px} × {side_px} px"
    width_m, height_m = sensor.scenes[0].grid.pixel_sides_m()
    if max(width_m, height_m) < UNEVEN_PIXELS * min(width_m, height_m):
        return words
    return f"{words} ({about_m(side_px * width_m)} × {about_m(side_px * height_m)} m)"


def _largest_patch_m(sensors: tuple[SensorRasters, ...], patch_sizes_px: tuple[int, ...]) -> float:
    return max(
        side_px * sensor.scenes[0].grid.pixel_m() for sensor, side_px in zip(sensors, patch_sizes_px, strict=True)
    )
