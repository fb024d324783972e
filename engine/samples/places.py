"""Where the labels lie."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..contract.job import Task
from ..raster.crs import transform_xy
from ..raster.sensor import SensorRasters
from .label_space import LabelSpace
from .quota import MOST_PER_FEATURE
from .sample_set import Doubles, Flags, Indices

PLACES_SHOWN = 3


@dataclass(frozen=True)
class Places:
    """Positions with targets, in the labels' CRS.

    ``x``/``y`` (place,); ``row`` (place,) the feature or label pixel each belongs to; ``target`` as in
    :class:`SampleSet`; ``groups`` (place,) and ``grouped_by`` say what a split must keep together.
    """

    subject: str
    crs_wkt: str
    x: Doubles
    y: Doubles
    row: Indices
    space: LabelSpace
    target: NDArray[np.int64] | NDArray[np.float32]
    groups: Indices
    grouped_by: str

    def __len__(self) -> int:
        return len(self.x)

    def take(self, index: Indices | Flags) -> Places:
        """The places at ``index``."""
        return replace(
            self,
            x=self.x[index],
            y=self.y[index],
            row=self.row[index],
            target=self.target[index],
            groups=self.groups[index],
        )

    def degrees(self) -> tuple[Doubles, Doubles]:
        """Longitude and latitude (EPSG:4326) of every place."""
        return transform_xy(self.x, self.y, self.crs_wkt, "EPSG:4326")


@dataclass(frozen=True)
class Placement:
    """How places are drawn from labels: for which task (or known space), how many, with which seed.

    Where not all are taken, classes are drawn evenly, or ``as_they_are``: scores are true only of labels as they are.
    """

    task: Task
    most: int
    seed: int
    most_per_feature: int = MOST_PER_FEATURE
    space: LabelSpace | None = None
    as_they_are: bool = False


def enclosed(sensor: SensorRasters, x: Doubles, y: Doubles, crs_wkt: str) -> Flags:
    """Which positions lie inside the rasters of a sensor (nodata or not)."""
    inside = np.zeros(len(x), dtype=bool)
    for scene in sensor.scenes:
        row, col = scene.grid.pixel_of(*transform_xy(x, y, crs_wkt, scene.grid.crs_wkt))
        inside |= (row >= 0) & (row < scene.grid.rows) & (col >= 0) & (col < scene.grid.cols)
    return inside


def examples(longitude: Doubles, latitude: Doubles, which: Flags) -> str:
    """A few of the positions (degrees) for a message."""
    shown = np.flatnonzero(which)[:PLACES_SHOWN]
    return "; ".join(f"{longitude[at]:.5f}° E, {latitude[at]:.5f}° N" for at in shown)
