"""A training job as parameters of ``colearn:train``, which is what is run, so that QGIS's history and scripts apply."""

from __future__ import annotations

import json
from enum import Enum
from typing import Any

from ....engine.contract import RasterLabels, SensorSpec, TrainJob, weights_of_loss
from ....engine.contract.wire import to_plain
from .settings import plain_settings, settings_of

LETTERS = "ABCDEF"
MORE_SENSORS = "MORE_SENSORS"
CLASS_COLORS = "CLASS_COLORS"
# Settings whose parameter has another name than the job's field.
_NAMES = {f"loss.{each.name}": each.parameter for each in weights_of_loss()}


def parameter_of(setting: str) -> str:
    """The name of a setting's parameter."""
    return _NAMES.get(setting, setting.upper())


def parameters_of(job: TrainJob) -> dict[str, Any]:
    """The parameters that make ``colearn:train`` build this job; rasters and labels are given as in the job."""
    given: dict[str, Any] = {}
    for letter, sensor in zip(LETTERS, job.sensors):
        given.update(_sensor(f"SENSOR_{letter}", sensor))
    if len(job.sensors) > len(LETTERS):
        given[MORE_SENSORS] = json.dumps(to_plain(job.sensors[len(LETTERS) :]), ensure_ascii=False)
    given.update(_labels(job))
    for name, value in plain_settings(settings_of(job)):
        given[parameter_of(name)] = ", ".join(value) if isinstance(value, tuple) else value
    given["OUTPUT_MODEL"] = job.output_model
    if job.output_report:
        given["OUTPUT_REPORT"] = job.output_report
    if job.output_samples:
        given["OUTPUT_SAMPLES"] = job.output_samples
    return given


def _sensor(prefix: str, sensor: SensorSpec) -> dict[str, Any]:
    given = {
        "": [raster.path for raster in sensor.rasters],
        "_NAME": sensor.name,
        "_LAYOUT": _text(sensor.layout),
        "_BANDS": ", ".join(sensor.bands),
        "_DATES": sensor.dates,
        "_NODATA": ", ".join(f"{value!r}" for value in sensor.nodata),
        "_MASK": sensor.mask,
        "_MASK_RASTERS": [raster.path for raster in sensor.mask_rasters],
    }
    return {f"{prefix}{name}": value for name, value in given.items() if value not in (None, "", [])}


def _labels(job: TrainJob) -> dict[str, Any]:
    labels = job.labels
    nodata = "; ".join(labels.nodata) if labels.nodata else ("none" if labels.nodata == () else "")
    more: dict[str, Any] = {"LABEL_NODATA": nodata} if nodata else {}
    if labels.colors:
        more[CLASS_COLORS] = [cell for each in labels.colors for cell in (each.value, each.color, each.name)]
    if isinstance(labels, RasterLabels):
        band = {"LABEL_BAND": labels.band} if labels.band else {}
        return {"LABEL_RASTER": [raster.path for raster in labels.rasters], **band, **more}
    group = {"GROUP_FIELD": labels.group_field} if labels.group_field else {}
    return {"LABELS": labels.source.path, "LABEL_FIELD": list(labels.fields), **group, **more}


def _text(choice: Enum) -> str:
    return str(choice.value)
