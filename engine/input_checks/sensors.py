"""Opening sensors: those of a training, with unique names and distinct pixels, and the input of a model."""

from __future__ import annotations

import os
from itertools import combinations

from ..contract import (
    ErrorCode,
    EvaluateJob,
    InputError,
    Labels,
    Manifest,
    PredictJob,
    RasterLabels,
    SensorManifest,
    SensorSpec,
    about_m,
)
from ..process import Reporter, counted, listed
from ..raster.output import origin_of
from ..raster.scenes import GivenMask
from ..raster.sensors import SensorRasters, open_as, open_sensor, sensor_of
from ..samples.labels import open_label_rasters
from .nodata import log_nodata


def open_sensors(specs: tuple[SensorSpec, ...], labels: Labels, reporter: Reporter) -> tuple[SensorRasters, ...]:
    """Open every sensor and log its description.

    Raises:
        InputError: SENSOR_NAMES_CLASH, SENSOR_TWICE, or rasters that cannot be used.
    """
    _require_names_apart(specs)
    sensors = tuple(open_sensor(spec) for spec in specs)
    _require_own_pixels(sensors, labels)
    for sensor in sensors:
        _log(sensor, reporter)
        _warn_of_maps(sensor, reporter)
    return sensors


def open_input(
    job: PredictJob | EvaluateJob, manifest: Manifest, reporter: Reporter
) -> tuple[SensorManifest, SensorRasters]:
    """The model's sensor to which a job's rasters belong, and the opened rasters.

    Raises:
        InputError: they belong to none of the model's sensors, or cannot be used.
    """
    mask = GivenMask(job.input_mask, job.input_mask_rasters)
    sensor = sensor_of(manifest, job, mask)
    opened = open_as(sensor, job.input, job.input_layout, job.nodata, mask, job.input_bands)
    for note in opened.notes:
        reporter.warning("input", note)
    log_nodata(sensor, job.nodata, reporter)
    return sensor, opened


def _log(sensor: SensorRasters, reporter: Reporter) -> None:
    for note in sensor.notes:
        reporter.warning("input", f"{sensor.name}: {note}")
    dates = f", {len(sensor.dates)} dates" if sensor.dates else ""
    reporter.info(
        "sensor",
        f"{sensor.name}: {sensor.kind.value}, {counted(sensor.scenes, 'scene')}, {counted(sensor.bands, 'band')}{dates}"
        f", pixels of {about_m(sensor.scenes[0].grid.pixel_m())} m.{sensor.facts_text()}",
    )


def _warn_of_maps(sensor: SensorRasters, reporter: Reporter) -> None:
    """Warn of maps made by CoLearn: made from the same labels, they carry those of the test part into training."""
    sources = {file.source.path: file.source for scene in sensor.scenes for file in scene.files}
    maps = [source.label() for source in sources.values() if origin_of(source).model]
    if maps:
        reporter.warning(
            "sensor_is_map",
            f"{sensor.name}: made by CoLearn from labels: {listed(maps)}. If these were the labels of this training, "
            f"its scores are too high. Train without these rasters.",
        )


def _require_names_apart(specs: tuple[SensorSpec, ...]) -> None:
    names = [spec.name.casefold() for spec in specs]
    twice = [spec.name for spec in specs if names.count(spec.name.casefold()) > 1]
    if twice:
        raise InputError(
            ErrorCode.SENSOR_NAMES_CLASH,
            subject=", ".join(twice),
            found=f"{len(twice)} sensors with the same name",
            expected="a unique name for each sensor (upper and lower case are not distinguished)",
            remedy="Give the sensors different names (SENSOR_A_NAME, SENSOR_B_NAME, …).",
        )


def _require_own_pixels(sensors: tuple[SensorRasters, ...], labels: Labels) -> None:
    """Raise if two sensors are identical, or a sensor is the labels: scores would be perfect and meaningless."""
    for one, other in combinations(sensors, 2):
        if _pixels(one) == _pixels(other):
            raise _twice(f"{one.name} and {other.name}", "the same bands of the same rasters in both sensors")
    answers = _pixels(open_label_rasters(labels)) if isinstance(labels, RasterLabels) else set()
    for sensor in sensors:
        if answers & _pixels(sensor):
            raise _twice(f"{sensor.name} and the labels", "the label raster among the bands of a sensor")


def _pixels(sensor: SensorRasters) -> set[tuple[str, int]]:
    """The files and band numbers that a sensor reads."""
    return {
        (os.path.realpath(scene.files[plane.file].source.path), plane.number)
        for scene in sensor.scenes
        for plane in scene.planes
    }


def _twice(subject: str, found: str) -> InputError:
    return InputError(
        ErrorCode.SENSOR_TWICE,
        subject=subject,
        found=found,
        expected="different data in each sensor and in the labels",
        remedy="Choose other layers, or other bands of them (SENSOR_X_BANDS).",
    )
