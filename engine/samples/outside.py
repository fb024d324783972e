"""Labels that lie beside the sensors' rasters."""

from __future__ import annotations

import numpy as np

from ..contract.errors import ErrorCode, InputError
from ..process.reporting import Reporter
from ..raster.crs import LONGITUDE_LATITUDE, Bounds, crs_name, transform_bounds
from ..raster.sensor import SensorRasters
from .places import Places
from .positions import enclosing, examples
from .sample_set import Flags


def inside_any(places: Places, sensors: tuple[SensorRasters, ...], reporter: Reporter) -> tuple[Places, Flags]:
    """The places that the rasters of some sensor enclose, and which sensors enclose each (place, sensor).

    Done before samples are drawn, so that the draw is not spent on places nobody has seen. What lies outside is told,
    with counts and examples.

    Raises:
        InputError: some sensor encloses no place: it has nothing to learn from.
    """
    inside = enclosing(sensors, places.positions)
    for at, sensor in enumerate(sensors):
        if not inside[:, at].any():
            raise all_outside(places.subject, _where_places(places), sensors, sensor.name)
        _tell_outside(places, ~inside[:, at], sensor.name, len(sensors) > 1, reporter)
    kept = inside.any(axis=1)
    if len(sensors) > 1:
        _tell_outside(places, ~kept, "all sensors", False, reporter)
    return places.take(kept), inside[kept]


def _tell_outside(places: Places, outside: Flags, of_what: str, others: bool, reporter: Reporter) -> None:
    if not outside.any():
        return
    then = "the other sensors learn there without it" if others else "they are left out"
    reporter.warning(
        "places_outside",
        f"{int(outside.sum())} of {len(places)} labelled positions lie outside {of_what}; {then} "
        f"(for example at {examples(*places.degrees(), outside)}).",
    )


def all_outside(subject: str, labels_at: str, sensors: tuple[SensorRasters, ...], culprit: str = "") -> InputError:
    """The error for labels of which the rasters enclose none; says where on Earth everything lies.

    Args:
        culprit: the sensor that encloses none; empty where none does.
    """
    names = culprit or " and ".join(sensor.name for sensor in sensors)
    seen = "; ".join(f"{sensor.name} shows {where_sensor(sensor)}" for sensor in sensors)
    return InputError(
        ErrorCode.LABELS_OUTSIDE_SENSOR,
        subject=f"{subject} and {names}",
        found=f"no labelled position inside the rasters of {names}: they lie at {labels_at}; {seen}",
        expected="some labels on ground that each sensor shows",
        remedy="Check that labels and rasters show the same place and that the CRS of each is right, label places that "
        "the sensor shows, or leave the sensor out.",
    )


def where(bounds: Bounds, crs_wkt: str) -> str:
    """A rectangle in words, in degrees: a wrong CRS shows in them at once."""
    west, south, east, north = transform_bounds(bounds, crs_wkt, LONGITUDE_LATITUDE)
    if np.isnan(west):
        return f"no longitude and latitude at all ({crs_name(crs_wkt)})"
    return f"{west:.3f} to {east:.3f}° E, {south:.3f} to {north:.3f}° N"


def where_sensor(sensor: SensorRasters) -> str:
    """The ground that all scenes of a sensor show, in words."""
    crs_wkt = sensor.scenes[0].grid.crs_wkt
    every = np.array([transform_bounds(scene.grid.bounds(), scene.grid.crs_wkt, crs_wkt) for scene in sensor.scenes])
    return where(Bounds(*every[:, :2].min(axis=0), *every[:, 2:].max(axis=0)), crs_wkt)


def _where_places(places: Places) -> str:
    return where(Bounds(places.x.min(), places.y.min(), places.x.max(), places.y.max()), places.crs_wkt)
