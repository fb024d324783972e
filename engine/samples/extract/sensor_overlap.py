"""The area covered by rasters of at least two sensors, and random pixels of it."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from ...arrays import Indices
from ...raster.geo import LONGITUDE_LATITUDE, Bounds, Grid, arcs_apart
from ...raster.sensors import SensorRasters
from ...raster.vectors import degrees_around, window_over
from ..positions import Positions, encloses, finest_first

NOWHERE = Positions(LONGITUDE_LATITUDE, np.zeros(0), np.zeros(0))


class SensorOverlap:
    """A stream of random pixel centres, uniform over the area covered by at least two sensors.

    The area is covered by rectangles of pixels, each the overlap of two sensors' scenes in the finer scene's pixels.
    Where rectangles overlap, the first one counts.
    """

    def __init__(self, sensors: tuple[SensorRasters, ...], seed: int) -> None:
        self._parts = _meetings(finest_first(sensors))
        self._boxes = [degrees_around(part) for part in self._parts]
        self._random = np.random.default_rng(seed)
        self._known: Indices = np.zeros(0, dtype=np.int64)
        areas = np.array([part.rows * part.cols * part.pixel_area_m2() for part in self._parts])
        self._shares = areas / areas.sum()
        pixels = np.array([part.rows * part.cols for part in self._parts], dtype=np.int64)
        self._first = np.concatenate([[0], np.cumsum(pixels)]).astype(np.int64)

    def draw(self, count: int) -> Positions:
        """At most ``count`` further positions (in degrees) in random order, without repetition.

        Some are lost: to pixels drawn twice, and to areas that belong to an earlier rectangle.
        """
        if not self._parts:
            return NOWHERE
        part_of = self._random.choice(len(self._parts), count, p=self._shares)
        share = self._random.random(count)
        numbers = self._first[part_of] + (share * np.diff(self._first)[part_of]).astype(np.int64)
        new = np.setdiff1d(numbers, self._known)
        self._known = np.union1d(self._known, new)
        found = NOWHERE
        for at in range(len(self._parts)):
            found = found.and_also(self._positions(at, new))
        return found.take(self._random.permutation(len(found)))

    def _positions(self, at: int, numbers: Indices) -> Positions:
        """Those of the pixels (numbered through all rectangles) that belong to one rectangle, and to none before it."""
        own = numbers[(numbers >= self._first[at]) & (numbers < self._first[at + 1])] - self._first[at]
        part = self._parts[at]
        positions = Positions(part.crs_wkt, *part.xy_of(*np.divmod(own, part.cols))).to(LONGITUDE_LATITUDE)
        fresh = np.isfinite(positions.x)
        for earlier in range(at):
            if not _apart(self._boxes[earlier], self._boxes[at]):
                fresh &= ~encloses(self._parts[earlier], positions)
        return positions.take(fresh)


def _meetings(sensors: tuple[SensorRasters, ...]) -> list[Grid]:
    """Rectangles of the finer scene's pixels where scenes of two sensors meet, each once."""
    boxes = {sensor.name: [degrees_around(scene.grid) for scene in sensor.scenes] for sensor in sensors}
    found: dict[Grid, None] = {}
    for finer, coarser in combinations(sensors, 2):
        for scene, box in zip(finer.scenes, boxes[finer.name], strict=True):
            for other, other_box in zip(coarser.scenes, boxes[coarser.name], strict=True):
                if _apart(box, other_box):
                    continue
                window = window_over(other.grid.bounds(), other.grid.crs_wkt, scene.grid)
                if window is not None:
                    found[scene.grid.of_window(window)] = None
    return list(found)


def _apart(one: Bounds, other: Bounds) -> bool:
    """Whether two rectangles are certainly disjoint; not if any bound is NaN."""
    beside = arcs_apart((one.x_min, one.x_max), (other.x_min, other.x_max))
    return beside or one.y_max < other.y_min or other.y_max < one.y_min
