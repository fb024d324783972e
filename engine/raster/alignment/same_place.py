"""Which rasters show the same area: those that overlap by at least half."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ...arrays import Doubles
from .. import ogr
from ..geo import Grid, positions_on

# Neighbouring scenes and tiles overlap by a tenth to a third; bands and dates of one area almost completely.
SAME_PLACE_SHARE = 0.5
_SIDE_POINTS = 5  # straight sides become curves in another CRS


def of_one_place(grids: Sequence[Grid]) -> Iterator[tuple[int, int]]:
    """Pairs of grids that overlap by at least half of the smaller one; others are neighbours."""
    outlines = [_outline(grid, grids[0]) for grid in grids]
    boxes = np.array([[*outline.min(axis=0), *outline.max(axis=0)] for outline in outlines])
    for one, (x_min, y_min, x_max, y_max) in enumerate(boxes):
        after = boxes[one + 1 :]
        meet = (after[:, 0] < x_max) & (after[:, 2] > x_min) & (after[:, 1] < y_max) & (after[:, 3] > y_min)
        for other in np.flatnonzero(meet) + one + 1:
            if _share(outlines[one], outlines[other]) >= SAME_PLACE_SHARE:
                yield one, int(other)


def _outline(grid: Grid, base: Grid) -> Doubles:
    """The outline (vertex, 2) of a grid in pixels of the first one; NaN where it cannot be transformed."""
    steps = np.linspace(0, 1, _SIDE_POINTS)[:-1]
    along, back, zero = steps, 1 - steps, np.zeros_like(steps)
    rows = np.concatenate([zero, along, zero + 1, back]) * grid.rows
    cols = np.concatenate([along, zero + 1, back, zero]) * grid.cols
    return positions_on(base, grid, rows, cols)


def _share(one: Doubles, other: Doubles) -> float:
    """The area of overlap of two outlines, as a share of the smaller one."""
    polygons = [_polygon(outline) for outline in (one, other)]
    common = polygons[0].Intersection(polygons[1])
    return float(common.GetArea() / min(polygon.GetArea() for polygon in polygons)) if common else 0.0


def _polygon(outline: Doubles) -> ogr.Geometry:
    ring = ogr.Geometry(ogr.wkbLinearRing)
    for x, y in [*outline, outline[0]]:
        ring.AddPoint_2D(float(x), float(y))
    polygon = ogr.Geometry(ogr.wkbPolygon)
    polygon.AddGeometry(ring)
    return polygon
