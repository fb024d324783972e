"""Labels that lie beside the sensors' rasters."""

from __future__ import annotations

import numpy as np

from ..contract.errors import ErrorCode, InputError
from ..raster.crs import LONGITUDE_LATITUDE, Bounds, crs_name, transform_bounds
from ..raster.sensor import SensorRasters
from ..reporting import Reporter
from .places import Places, enclosed, examples


def inside_all(places: Places, sensors: tuple[SensorRasters, ...], reporter: Reporter) -> Places:
    """The places that the rasters of every sensor enclose; the others are told, with counts and examples.

    Done before samples are drawn, so that the draw is not spent on places nobody has seen.

    Raises:
        InputError: some sensor encloses none, or no place is enclosed by all.
    """
    inside_every = np.ones(len(places), dtype=bool)
    longitude, latitude = places.degrees()
    for sensor in sensors:
        inside = enclosed(sensor, places.x, places.y, places.crs_wkt)
        if not inside.any():
            raise all_outside(places.subject, _where_places(places), sensors, sensor.name)
        if not inside.all():
            reporter.warning(
                "places_outside",
                f"{int((~inside).sum())} of {len(places)} labelled positions lie outside {sensor.name} and are left "
                f"out (for example at {examples(longitude, latitude, ~inside)}).",
            )
        inside_every &= inside
    if not inside_every.any():
        raise all_outside(places.subject, _where_places(places), sensors)
    return places.take(inside_every)


def all_outside(subject: str, labels_at: str, sensors: tuple[SensorRasters, ...], culprit: str = "") -> InputError:
    """The error for labels of which the rasters enclose none; says where on Earth everything lies.

    Args:
        culprit: the sensor that encloses none; empty where no label lies inside all sensors at once.
    """
    names = culprit or " and ".join(sensor.name for sensor in sensors)
    seen = "; ".join(f"{sensor.name} shows {where_sensor(sensor)}" for sensor in sensors)
    return InputError(
        ErrorCode.LABELS_OUTSIDE_SENSOR,
        subject=f"{subject} and {names}",
        found=f"no labelled position inside the rasters of {names}: they lie at {labels_at}; {seen}",
        expected="labels on ground that every sensor shows",
        remedy="Check that labels and rasters show the same place, and that the CRS of each is right.",
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
