"""Labels that lie beside the sensors' rasters."""

from __future__ import annotations

import numpy as np

from ..contract.errors import ErrorCode, InputError
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
            raise all_outside(places.subject, sensor.name)
        if not inside.all():
            reporter.warning(
                "places_outside",
                f"{int((~inside).sum())} of {len(places)} labelled positions lie outside {sensor.name} and are left "
                f"out (for example at {examples(longitude, latitude, ~inside)}).",
            )
        inside_every &= inside
    if not inside_every.any():
        raise all_outside(places.subject, " and ".join(sensor.name for sensor in sensors))
    return places.take(inside_every)


def all_outside(subject: str, sensor: str) -> InputError:
    """The error for labels of which a sensor's rasters enclose none."""
    return InputError(
        ErrorCode.LABELS_OUTSIDE_SENSOR,
        subject=f"{subject} and {sensor}",
        found="no label inside the sensor's rasters",
        expected="labels that overlap the rasters of every sensor",
        remedy="Check that labels and rasters show the same place, and that their CRS are right.",
    )
