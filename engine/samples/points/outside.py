"""Labels outside the sensors' rasters."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...arrays import Flags
from ...contract import ErrorCode, InputError
from ...process import Reporter
from ...raster.geo import Bounds, arc_around, crs_name
from ...raster.sensors import SensorRasters
from ...raster.vectors import degrees_over
from ..positions import enclosing, examples
from .label_points import LabelPoints


def inside_any(
    points: LabelPoints, sensors: tuple[SensorRasters, ...], reporter: Reporter
) -> tuple[LabelPoints, Flags]:
    """The places that the rasters of some sensor enclose, and which sensors enclose each (place, sensor).

    Done before sampling, so that no samples are wasted on locations without data. Labels outside are logged,
    with counts and examples.

    Raises:
        InputError: some sensor covers no location and cannot be trained.
    """
    inside = enclosing(sensors, points.positions)
    for at, sensor in enumerate(sensors):
        if not inside[:, at].any():
            raise all_outside(points.subject, _where_places(points), sensors, sensor.name)
        _log_outside(points, ~inside[:, at], sensor.name, len(sensors) > 1, reporter)
    kept = inside.any(axis=1)
    if len(sensors) > 1:
        _log_outside(points, ~kept, "all sensors", False, reporter)
    return points.take(kept), inside[kept]


def _log_outside(points: LabelPoints, outside: Flags, of_what: str, others: bool, reporter: Reporter) -> None:
    if not outside.any():
        return
    then = "they are used for the other sensors only" if others else "they are not used"
    reporter.warning(
        "places_outside",
        f"{int(outside.sum())} of {len(points)} labelled locations are outside {of_what}; {then} "
        f"(for example at {examples(*points.degrees(), outside)}).",
    )


def all_outside(subject: str, labels_at: str, sensors: tuple[SensorRasters, ...], culprit: str = "") -> InputError:
    """The error for labels of which the rasters enclose none; says where on Earth everything lies.

    Args:
        culprit: the sensor that encloses none; empty where none does.
    """
    names = culprit or " and ".join(sensor.name for sensor in sensors)
    seen = "; ".join(f"{sensor.name} covers {where_sensor(sensor)}" for sensor in sensors)
    return InputError(
        ErrorCode.LABELS_OUTSIDE_SENSOR,
        subject=f"{subject} and {names}",
        found=f"no label inside the rasters of {names}: the labels are at {labels_at}; {seen}",
        expected="labels within the coverage of each sensor",
        remedy="Check that labels and rasters cover the same area and that their CRSs are correct, add labels within "
        "the sensor's coverage, or remove the sensor.",
    )


def where(bounds: Bounds, crs_wkt: str) -> str:
    """A rectangle as text, in degrees, in which a wrong CRS is obvious."""
    return _in_words([degrees_over(bounds, crs_wkt)], crs_wkt)


def where_sensor(sensor: SensorRasters) -> str:
    """The extent of all scenes of a sensor, as text."""
    grids = [scene.grid for scene in sensor.scenes]
    return _in_words([degrees_over(grid.bounds(), grid.crs_wkt) for grid in grids], grids[0].crs_wkt)


def _where_places(points: LabelPoints) -> str:
    longitude, latitude = points.degrees()
    pairs = zip(longitude.tolist(), latitude.tolist(), strict=True)
    return _in_words([Bounds(x, y, x, y) for x, y in pairs], points.crs_wkt)


def _in_words(boxes: Sequence[Bounds], crs_wkt: str) -> str:
    """The bounding box of all boxes in degrees, on the shorter way around the Earth, as text."""
    known = np.array([box for box in boxes if np.isfinite(box).all()])
    if not len(known):
        return f"an unknown longitude and latitude ({crs_name(crs_wkt)})"
    west, east = arc_around(known[:, 0], known[:, 2])
    return f"{west:.3f} to {east:.3f}° E, {known[:, 1].min():.3f} to {known[:, 3].max():.3f}° N"
