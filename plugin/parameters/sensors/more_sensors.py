"""MORE_SENSORS: sensors beyond the six with their own parameters, described as in a job file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ....engine.contract import CodecError, CoLearnError, ErrorCode, JobError, RasterSource, SensorSpec
from ....engine.contract.wire import from_plain
from ...messages import job_error, tr
from ..types import definitions

if TYPE_CHECKING:
    from ...algorithms.base import EngineAlgorithm
    from ..types.values import ParameterValues

MORE_SENSORS = "MORE_SENSORS"


def add_more_sensors(algorithm: EngineAlgorithm) -> None:
    """Declare the parameter."""
    algorithm.add(
        definitions.text(MORE_SENSORS, tr("Further sensors (JSON)")),
        tr(
            "Sensors beyond the sixth, as a JSON list like “sensors” in a job file: "
            '[{"name": "thermal", "rasters": [{"path": "/data/thermal.tif", "name": "thermal"}]}]. The training window '
            "fills this automatically. Their scores are in report and model, but not in the returned results."
        ),
        advanced=True,
    )


def read_more_sensors(values: ParameterValues) -> tuple[SensorSpec, ...]:
    """The sensors in the parameter; nothing is written.

    Raises:
        CoLearnError: not such a list, or a raster that the engine cannot read.
    """
    specs = _parsed(values.text(MORE_SENSORS))
    for spec in specs:
        values.layers_named(MORE_SENSORS, [raster.path for raster in (*spec.rasters, *spec.mask_rasters)])
    return specs


def rasters_named(text: str) -> tuple[str, ...]:
    """The rasters named in the parameter's text, none if it is not such a list; nothing is opened."""
    try:
        specs = _parsed(text)
    except CoLearnError:
        return ()
    return tuple(raster.path for spec in specs for raster in (*spec.rasters, *spec.mask_rasters))


def stored_more_sensors(values: ParameterValues) -> tuple[SensorSpec, ...]:
    """The sensors for the job: layers as GDAL opens them; writes virtual rasters for settings made in QGIS."""
    return tuple(
        replace(
            spec,
            rasters=_stored(values, f"{MORE_SENSORS}_{number}", spec.rasters),
            mask_rasters=_stored(values, f"{MORE_SENSORS}_{number}_MASK", spec.mask_rasters),
        )
        for number, spec in enumerate(_parsed(values.text(MORE_SENSORS)), 1)
    )


def _parsed(text: str) -> tuple[SensorSpec, ...]:
    if not text:
        return ()
    try:
        return from_plain(tuple[SensorSpec, ...], json.loads(text), MORE_SENSORS)  # type: ignore[arg-type]
    except CodecError as error:
        raise job_error(error) from error
    except ValueError as error:
        raise JobError(
            ErrorCode.JOB_INVALID,
            subject=MORE_SENSORS,
            found=tr("text that is not JSON ({error})").format(error=error),
            expected=tr("a list of sensors as in a job file"),
            remedy=tr("Copy the list under “sensors” from a saved job, or use the training window."),
        ) from error


def _stored(values: ParameterValues, folder: str, rasters: Sequence[RasterSource]) -> tuple[RasterSource, ...]:
    found = values.stored_layers(folder, values.layers_named(MORE_SENSORS, [raster.path for raster in rasters]))
    # A name in the list replaces the layer's: it may contain bands and dates that the file name does not.
    return tuple(replace(source, name=given.name or source.name) for given, source in zip(rasters, found))
