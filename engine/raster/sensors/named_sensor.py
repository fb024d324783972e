"""The sensor of a job."""

from __future__ import annotations

from ...contract import ErrorCode, EvaluateJob, JobError, Manifest, PredictJob, SensorManifest
from ...process import listed
from ..scenes import GivenMask
from .recognition import recognize


def sensor_of(manifest: Manifest, job: PredictJob | EvaluateJob, mask: GivenMask) -> SensorManifest:
    """The sensor that a job names; else the model's only one, or the one that the rasters match.

    Raises:
        JobError: the rasters' bands are assigned, so that their names are not used, and the model has several sensors.
        ModelError: MODEL_OTHER_SENSOR.
        InputError: as :func:`.match.recognize`.
    """
    if job.sensor:
        return manifest.sensor(job.sensor)
    if not job.input_bands:
        return recognize(manifest, job.input, job.input_layout, mask)
    if len(manifest.sensors) > 1:
        raise JobError(
            ErrorCode.JOB_INVALID,
            subject="SENSOR",
            found="manually assigned bands (INPUT_BANDS), but no sensor",
            expected=f"one of {listed([sensor.name for sensor in manifest.sensors])}",
            remedy="Choose the sensor that these bands belong to.",
        )
    return manifest.sensors[0]
