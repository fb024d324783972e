"""Checks of the sensors by their raster headers, before anything is computed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Optional

from ....engine.contract import Layout, about_m
from .problems import Issue, Mend, Problem
from .sensors.header import Bounds, RasterHeader, Unusable
from .sensors.sensor_row import SensorRow

_UNUSABLE = {
    Unusable.GONE: Problem.GONE,
    Unusable.UNREADABLE: Problem.UNREADABLE,
    Unusable.SERVICE: Problem.SERVICE,
    Unusable.FAILED: Problem.HEADER_FAILED,
    Unusable.REMOTE: Problem.REMOTE,
}
_ONE_SIZE = 1.2  # maximum ratio of pixel sizes of one sensor's scenes, as in the engine


def sensor_issues(sensors: Sequence[SensorRow], label_places: int) -> tuple[Issue, ...]:
    """All issues of the sensors; only the first one per row, because others may follow from it.

    Args:
        label_places: the number of label locations compared with the rasters; 0 if none are known.
    """
    found = []
    for at, sensor in enumerate(sensors):
        issue = _name_issue(sensors, at) or _own_issue(sensor, at)
        if issue is None and label_places and not sensor.covered():
            issue = Issue(Problem.COVERS_NO_LABEL, sensor=at, names=(sensor.name,))
        if issue is not None:
            found.append(issue)
    return tuple(found) or tuple(_apart(sensors))


def _name_issue(sensors: Sequence[SensorRow], at: int) -> Optional[Issue]:
    name = sensors[at].name.strip()
    if not name:
        return Issue(Problem.NO_NAME, sensor=at, mend=Mend.RENAME)
    if name.casefold() in {sensor.name.strip().casefold() for sensor in sensors[:at]}:
        return Issue(Problem.NAME_TWICE, sensor=at, names=(name,), mend=Mend.RENAME)
    return None


def _own_issue(sensor: SensorRow, at: int) -> Optional[Issue]:
    for check in (_unusable, _maps, _twice, _without_crs, _pixel_sizes, _layout):
        issue = check(sensor, at)
        if issue is not None:
            return issue
    return None


def _unusable(sensor: SensorRow, at: int) -> Optional[Issue]:
    bad = [raster for raster in (*sensor.rasters, *sensor.mask_rasters) if raster.unusable]
    if not bad:
        return None
    reason = bad[0].unusable
    alike = tuple(raster.name for raster in bad if raster.unusable is reason)
    values = (bad[0].reason,) if bad[0].reason else ()
    if reason is None:
        return None
    return Issue(_UNUSABLE[reason], sensor=at, names=alike, values=values, mend=Mend.REMOVE_UNUSABLE)


def _maps(sensor: SensorRow, at: int) -> Optional[Issue]:
    """Maps learned from labels: as a sensor they would carry the answers of test samples into training."""
    names = tuple(raster.name for raster in sensor.rasters if raster.is_map)
    return Issue(Problem.IS_MAP, sensor=at, names=names, mend=Mend.REMOVE_MAPS) if names else None


def _twice(sensor: SensorRow, at: int) -> Optional[Issue]:
    sources = [raster.source for raster in sensor.rasters]
    names = tuple(dict.fromkeys(raster.name for raster in sensor.rasters if sources.count(raster.source) > 1))
    return Issue(Problem.TWICE, sensor=at, names=names, mend=Mend.DROP_TWICE) if names else None


def _without_crs(sensor: SensorRow, at: int) -> Optional[Issue]:
    names = tuple(raster.name for raster in sensor.rasters if not raster.is_placed)
    return Issue(Problem.NO_CRS, sensor=at, names=names) if names else None


def _pixel_sizes(sensor: SensorRow, at: int) -> Optional[Issue]:
    sizes = sensor.pixel_sizes_m()
    if len(sizes) < 2 or sizes[-1] <= _ONE_SIZE * sizes[0]:
        return None
    shown = tuple(about_m(size) for size in sizes)
    coarser = tuple(raster.name for raster in sensor.rasters if raster.pixel_m > _ONE_SIZE * sizes[0])
    return Issue(Problem.PIXEL_SIZES, sensor=at, names=coarser, values=shown, mend=Mend.SPLIT_BY_PIXEL_SIZE)


def _layout(sensor: SensorRow, at: int) -> Optional[Issue]:
    """The issue, if any, with the rasters in the chosen or guessed layout."""
    layout = sensor.guessed_layout()
    if layout is Layout.AUTO:
        return _unclear(sensor, at)
    first, *others = sensor.rasters
    if layout in (Layout.BANDS, Layout.DATES):
        off = tuple(raster.name for raster in others if not raster.on_lattice_of(first))
        if off:
            return Issue(Problem.GRIDS_DIFFER, sensor=at, names=(first.name, *off))
    if layout is not Layout.BANDS:
        other = next((raster for raster in others if len(raster.bands) != len(first.bands)), None)
        if other is not None:
            counts = (str(len(first.bands)), str(len(other.bands)))
            return Issue(
                Problem.BANDS_DIFFER, sensor=at, names=(first.name, other.name), values=counts, mend=Mend.SPLIT_BY_NAME
            )
    return None


def _unclear(sensor: SensorRow, at: int) -> Issue:
    first = sensor.rasters[0]
    bands = {raster.only_band() for raster in sensor.rasters}
    dates = {raster.date() for raster in sensor.rasters} - {None}
    if len(bands - {None}) > 1 and len(dates) > 1:
        named = tuple(sorted(band for band in bands if band))
        return Issue(Problem.BANDS_OF_SEVERAL_DATES, sensor=at, names=named, values=(str(len(dates)),))
    other = next((raster for raster in sensor.rasters if len(raster.bands) != len(first.bands)), None)
    if other is not None:
        counts = (str(len(first.bands)), str(len(other.bands)))
        return Issue(
            Problem.BANDS_DIFFER, sensor=at, names=(first.name, other.name), values=counts, mend=Mend.SPLIT_BY_NAME
        )
    return Issue(Problem.LAYOUT_UNCLEAR, sensor=at, values=(str(len(sensor.rasters)),))


def _apart(sensors: Sequence[SensorRow]) -> Iterator[Issue]:
    """Sensors that overlap with no other sensor."""
    meeting = {
        place
        for (at, one), (other_at, other) in combinations(enumerate(sensors), 2)
        if _meet(one.rasters, other.rasters)
        for place in (at, other_at)
    }
    if len(sensors) > 1:
        for at, sensor in enumerate(sensors):
            if at not in meeting:
                yield Issue(Problem.APART, sensor=at, names=(sensor.name,))


def _meet(ours: Sequence[RasterHeader], theirs: Sequence[RasterHeader]) -> bool:
    our_ground, their_ground = _ground(ours), _ground(theirs)
    return any(one.common_share(other) > 0 for one in our_ground for other in their_ground)


def _ground(rasters: Sequence[RasterHeader]) -> list[Bounds]:
    return [raster.degrees for raster in rasters if raster.degrees]
