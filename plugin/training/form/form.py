"""The whole form, and its job."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Optional

from ....engine.contract import SensorSpec, TrainJob
from .labels import LabelForm
from .sensors.grouping import free_name, group
from .sensors.header import RasterHeader
from .sensors.sensor_row import SensorRow
from .settings import Settings, settings_of


@dataclass(frozen=True)
class TrainingForm:
    """The content of the training window. Immutable: every edit returns a new form.

    ``report`` and ``samples``: whether these are written; ``report_path`` and ``samples_path``: where; empty: next to
    the model.
    """

    sensors: tuple[SensorRow, ...] = ()
    labels: LabelForm = field(default_factory=LabelForm)
    settings: Settings = field(default_factory=Settings)
    output_model: str = ""
    report: bool = True
    samples: bool = True
    report_path: str = ""
    samples_path: str = ""

    def job(self) -> TrainJob:
        """The training as a job; rasters and labels are given by the keys of their layers.

        Raises:
            CodecError: no sensor, no field, or a value that a job does not allow.
        """
        return TrainJob(
            sensors=tuple(sensor.spec() for sensor in self.sensors),
            labels=self.labels.labels(),
            output_model=self.output_model,
            output_report=(self.report_path or self.beside_model(".html")) if self.report else None,
            output_samples=(self.samples_path or self.beside_model("_samples.gpkg")) if self.samples else None,
            **self.settings.job_fields(),
        )

    def beside_model(self, ending: str) -> Optional[str]:
        """The path of a file next to the model, named after it."""
        return self.output_model[: -len(".colearn")] + ending if self.output_model.endswith(".colearn") else None

    # Sensors -------------------------------------------------------------------------------------------------------

    def rasters(self) -> tuple[RasterHeader, ...]:
        """All rasters, in the order of the sensors."""
        return tuple(raster for sensor in self.sensors for raster in sensor.rasters)

    def add_grouped(self, rasters: tuple[RasterHeader, ...]) -> TrainingForm:
        """The form with new rasters as new sensors, grouped by grid and name; rasters already in it are skipped."""
        keys = {raster.key for raster in self.rasters()}
        new = [raster for raster in rasters if raster.key not in keys]
        taken = [sensor.name for sensor in self.sensors]
        return replace(self, sensors=(*self.sensors, *group(new, taken)))

    def group_all(self) -> TrainingForm:
        """The form with all its rasters regrouped."""
        return replace(self, sensors=group(self.rasters()))

    def put(self, rasters: tuple[RasterHeader, ...], at: int) -> TrainingForm:
        """The form with rasters, new or already in it, in the sensor at an index; sensors left empty are removed."""
        moved = {raster.key for raster in rasters}
        left = [[raster for raster in sensor.rasters if raster.key not in moved] for sensor in self.sensors]
        left[at] += rasters
        return self._changed([sensor.with_rasters(own) for sensor, own in zip(self.sensors, left)])

    def put_apart(self, rasters: tuple[RasterHeader, ...]) -> TrainingForm:
        """The form with some of its rasters moved to one new sensor."""
        name = group(rasters)[0].name if rasters else ""
        staying = self.remove(frozenset(raster.key for raster in rasters)).sensors
        free = free_name(name, [sensor.name.casefold() for sensor in staying])
        grown = replace(self, sensors=(*self.sensors, SensorRow(free, ())))
        return grown.put(rasters, len(self.sensors))

    def remove(self, keys: frozenset[str]) -> TrainingForm:
        """The form without some rasters."""
        left = [[raster for raster in sensor.rasters if raster.key not in keys] for sensor in self.sensors]
        return self._changed([sensor.with_rasters(own) for sensor, own in zip(self.sensors, left)])

    def with_sensor(self, at: int, sensor: SensorRow) -> TrainingForm:
        """The form with the sensor at an index replaced."""
        return replace(self, sensors=(*self.sensors[:at], sensor, *self.sensors[at + 1 :]))

    def with_headers(self, headers: tuple[RasterHeader, ...]) -> TrainingForm:
        """The form with updated headers."""
        known = {raster.key: raster for raster in headers}
        return replace(
            self,
            sensors=tuple(
                replace(
                    sensor,
                    rasters=tuple(known.get(raster.key, raster) for raster in sensor.rasters),
                    mask_rasters=tuple(known.get(raster.key, raster) for raster in sensor.mask_rasters),
                )
                for sensor in self.sensors
            ),
        )

    def _changed(self, sensors: list[SensorRow]) -> TrainingForm:
        return replace(self, sensors=tuple(sensor for sensor in sensors if sensor.rasters))


def form_of(job: TrainJob, labels: LabelForm, headers: Mapping[str, RasterHeader]) -> TrainingForm:
    """The form of a job; ``headers`` are those of its rasters, by path."""
    sensors = tuple(sensor_row(spec, headers) for spec in job.sensors)
    written = job.output_report is not None, job.output_samples is not None
    form = TrainingForm(sensors, labels, settings_of(job), job.output_model, *written)
    beside = form.beside_model(".html"), form.beside_model("_samples.gpkg")
    return replace(
        form,
        report_path="" if job.output_report in (None, beside[0]) else job.output_report or "",
        samples_path="" if job.output_samples in (None, beside[1]) else job.output_samples or "",
    )


def sensor_row(spec: SensorSpec, headers: Mapping[str, RasterHeader]) -> SensorRow:
    """The row of a job's sensor; ``headers`` are those of its rasters, by path."""
    return SensorRow(
        spec.name,
        tuple(headers[raster.path] for raster in spec.rasters),
        spec.layout,
        spec.bands,
        spec.dates,
        spec.nodata,
        spec.mask,
        tuple(headers[raster.path] for raster in spec.mask_rasters),
    )
