"""Overlapping polygons: samples drawn from both would be the same pixels in two groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from ...arrays import Doubles, Indices
from .. import ogr
from ..geo import FULL_CIRCLE, arc_around, full_circle, turned_into
from .features import Features
from .wkb import coordinates, moved

Geometry = Any

# Manually digitized neighbours overlap by slivers; a field digitized twice overlaps by most of its area.
SHARED_PART = 0.1


def overlapping(features: Features, rows: Sequence[int]) -> Indices:
    """Group numbers from 0, one for each of ``rows``: overlapping polygons have the same one.

    Two polygons overlap if they share at least a tenth of the smaller one's area; chains of overlapping polygons
    form one group. Touching is not overlapping; being identical is.

    Args:
        features: polygons.
        rows: indices of some of them; the result, int64, is in their order.
    """
    known: dict[bytes, int] = {}
    turned = _side_by_side([features.geometry[row] for row in rows], full_circle(features.crs_wkt))
    which = [known.setdefault(wkb, len(known)) for wkb in turned]
    polygons = [ogr.CreateGeometryFromWkb(wkb) for wkb in known]
    areas = np.array([polygon.GetArea() for polygon in polygons])
    group = np.arange(len(polygons))
    for one, others in _candidates(_boxes(known), SHARED_PART * areas):
        for other in others[group[others] != group[one]]:
            least = SHARED_PART * min(areas[one], areas[other])
            if group[one] != group[other] and _share(polygons[one], polygons[other], least):
                group[group == group[other]] = group[one]
    numbers: Indices = np.unique(group[which], return_inverse=True)[1]
    return numbers


def _side_by_side(polygons: Sequence[bytes], circle: float) -> list[bytes]:
    """The polygons, each shifted by whole periods of longitude, so that those of the same area coincide."""
    if not circle or not polygons:
        return list(polygons)
    boxes = _boxes(polygons)
    left, right = boxes[:, 0], boxes[:, 2]
    first, _ = arc_around(left * FULL_CIRCLE / circle, right * FULL_CIRCLE / circle)
    turns = turned_into(left, first * circle / FULL_CIRCLE, circle) - left
    return [_moved_by(turn, wkb) if turn else wkb for turn, wkb in zip(turns.tolist(), polygons, strict=True)]


def _moved_by(turn: float, wkb: bytes) -> bytes:
    return moved(wkb, lambda x, y: (x + turn, y))


def _boxes(polygons: Iterable[bytes]) -> Doubles:
    """x_min, y_min, x_max, y_max (polygon, 4)."""
    points = [coordinates(wkb) for wkb in polygons]
    return np.array([[*of_one.min(axis=0), *of_one.max(axis=0)] for of_one in points]).reshape(-1, 4)


def _candidates(boxes: Doubles, least: Doubles) -> Iterator[tuple[int, Indices]]:
    """For each polygon, those not yet compared with it whose bounding box overlaps its own enough.

    A sweep from left to right: polygons that begin beyond a polygon's right end cannot overlap it.

    Args:
        least: the area that a polygon must share if it is the smaller one.
    """
    order = np.argsort(boxes[:, 0], kind="stable")
    x_min, y_min, x_max, y_max = boxes[order].T
    least = least[order]
    stops = np.searchsorted(x_min, x_max, side="right")
    for at, stop in enumerate(stops):
        after = slice(at + 1, stop)
        width = np.minimum(x_max[after], x_max[at]) - x_min[after]
        height = np.minimum(y_max[after], y_max[at]) - np.maximum(y_min[after], y_min[at])
        enough = (height > 0) & (width * height >= np.minimum(least[after], least[at]))
        yield int(order[at]), order[after][enough]


def _share(one: Geometry, other: Geometry, least: float) -> bool:
    """Whether two polygons have an area, and at least ``least`` of it, in common."""
    try:
        area = float(one.Intersection(other).GetArea())
    except RuntimeError:  # GEOS failed; merging two groups by mistake costs a group, separating one would leak samples
        return True
    return area > 0 and area >= least
