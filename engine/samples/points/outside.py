"""Labels outside the sensors' rasters: excluded, with a message that says where they are."""

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
    """The locations inside the rasters of at least one sensor, and which sensors cover them (point, sensor).

    Done before sampling, so that no samples are spent on locations without data. Labels outside are logged with counts
    and example coordinates.

    Raises:
        InputError: a sensor covers none of the locations, so that it cannot be trained.
    """
    inside = enclosing(sensors, points.positions)
    kept = inside.any(axis=1)
    for at, sensor in enumerate(sensors):
        if not inside[:, at].any():
            raise all_outside(points.subject, _where_places(points), sensors, sensor.name)
        used = kept & ~inside[:, at]
        _log_outside(points, used, sensor.name, "they are used for the other sensors only", reporter)
    _log_outside(points, ~kept, "all sensors" if len(sensors) > 1 else sensors[0].name, "they are not used", reporter)
    return points.take(kept), inside[kept]


def _log_outside(points: LabelPoints, outside: Flags, of_what: str, then: str, reporter: Reporter) -> None:
    if not outside.any():
        return
    reporter.warning(
        "places_outside",
        f"{int(outside.sum())} of {len(points)} labelled locations are outside {of_what}; {then} "
        f"(for example at {examples(*points.degrees(), outside)}).",
    )


def all_outside(subject: str, labels_at: str, sensors: tuple[SensorRasters, ...], culprit: str = "") -> InputError:
    """The error for labels that are all outside the rasters; it gives the extents of both in degrees.

    Args:
        culprit: the sensor that covers none of the labels; empty if no sensor covers any.
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
    """A bounding box as text, in longitude and latitude, where a wrong CRS is obvious."""
    return _in_words([degrees_over(bounds, crs_wkt)], crs_wkt)


def where_sensor(sensor: SensorRasters) -> str:
    """The extent of all scenes of a sensor as text."""
    grids = [scene.grid for scene in sensor.scenes]
    return _in_words([degrees_over(grid.bounds(), grid.crs_wkt) for grid in grids], grids[0].crs_wkt)


def _where_places(points: LabelPoints) -> str:
    longitude, latitude = points.degrees()
    pairs = zip(longitude.tolist(), latitude.tolist(), strict=True)
    return _in_words([Bounds(x, y, x, y) for x, y in pairs], points.crs_wkt)


def _in_words(boxes: Sequence[Bounds], crs_wkt: str) -> str:
    """The common bounding box in degrees as text; it may cross the 180th meridian."""
    known = np.array([box for box in boxes if np.isfinite(box).all()])
    if not len(known):
        return f"an unknown longitude and latitude ({crs_name(crs_wkt)})"
    west, east = arc_around(known[:, 0], known[:, 2])
    return f"{west:.3f} to {east:.3f}° E, {known[:, 1].min():.3f} to {known[:, 3].max():.3f}° N"
