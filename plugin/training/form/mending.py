"""The fixes behind the buttons next to problems."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import groupby

from ....engine.contract import number_text
from .form import TrainingForm
from .problems import Issue, Mend
from .sensors.grouping import free_name, group
from .sensors.header import RasterHeader
from .sensors.sensor_row import SensorRow

_REMOVALS: dict[Mend, Callable[[TrainingForm, RasterHeader], bool]] = {
    Mend.REMOVE_UNUSABLE: lambda _form, raster: raster.unusable is not None,
    Mend.REMOVE_LABELS: lambda form, raster: form.labels.is_raster_of(raster),
    Mend.REMOVE_MAPS: lambda _form, raster: raster.is_map,
}
_SIZE_AT_END = re.compile(r" \d+(?:\.\d+)? m$")


def mended(form: TrainingForm, issue: Issue) -> TrainingForm:
    """The form after the button of an issue was pressed."""
    if issue.mend is None or issue.sensor is None:
        return form
    sensor = form.sensors[issue.sensor]
    if issue.mend is Mend.SPLIT_BY_PIXEL_SIZE:
        return _split_by_pixel_size(form, issue.sensor)
    if issue.mend is Mend.SPLIT_BY_NAME:
        others = [each.name for at, each in enumerate(form.sensors) if at != issue.sensor]
        return _replaced(form, issue.sensor, group(sensor.rasters, others))
    if issue.mend is Mend.DROP_TWICE:
        once = {raster.source: raster for raster in reversed(sensor.rasters)}
        return form.with_sensor(
            issue.sensor, sensor.with_rasters(raster for raster in sensor.rasters if once[raster.source] is raster)
        )
    removal = _REMOVALS.get(issue.mend)
    if removal is not None:
        return form.remove(frozenset(raster.key for raster in sensor.rasters if removal(form, raster)))
    taken = [each.name.strip().casefold() for at, each in enumerate(form.sensors) if at != issue.sensor]
    name = free_name(sensor.name.strip() or group(sensor.rasters)[0].name, taken)
    return form.with_sensor(issue.sensor, replace(sensor, name=name))


def _split_by_pixel_size(form: TrainingForm, at: int) -> TrainingForm:
    """Split a sensor: rasters with the finest pixels stay; each other pixel size becomes a new sensor after it."""
    sensor = form.sensors[at]
    ordered = sorted(sensor.rasters, key=_size)
    sizes = [tuple(rasters) for _size_m, rasters in groupby(ordered, _size)]
    taken = {each.name.casefold() for each in form.sensors}
    rows = [sensor.with_rasters(sizes[0])]
    bare = _SIZE_AT_END.sub("", sensor.name)
    for rasters in sizes[1:]:
        name = free_name(f"{bare} {number_text(_size(rasters[0]))} m", taken)
        taken.add(name.casefold())
        rows.append(replace(sensor.with_rasters(rasters), name=name))
    return _replaced(form, at, tuple(rows))


def _size(raster: RasterHeader) -> float:
    return float(f"{raster.pixel_m:.3g}")


def _replaced(form: TrainingForm, at: int, rows: tuple[SensorRow, ...]) -> TrainingForm:
    return replace(form, sensors=(*form.sensors[:at], *rows, *form.sensors[at + 1 :]))
