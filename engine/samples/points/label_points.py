"""Locations of labels."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ...arrays import Doubles, Flags, Indices
from ...contract import SplitBy, Task, TrainJob
from ..labels import LabelSpace
from ..positions import Positions
from .stratified_sample import MOST_PER_FEATURE


@dataclass(frozen=True)
class LabelPoints:
    """Positions with targets, in the labels' CRS.

    ``x``/``y`` (place,); ``row`` (place,) the feature or label pixel each belongs to; ``target`` as in
    :class:`SampleSet`; ``groups`` (place,) and ``grouped_by`` say what a split must keep together. ``stands_for``
    (place,) is of how many labelled pixels, or points, a candidate was drawn; None: one each.
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
    stands_for: Doubles | None = None

    def __len__(self) -> int:
        return len(self.x)

    def take(self, index: Indices | Flags) -> LabelPoints:
        """The places at ``index``."""
        return replace(
            self,
            x=self.x[index],
            y=self.y[index],
            row=self.row[index],
            target=self.target[index],
            groups=self.groups[index],
            stands_for=None if self.stands_for is None else self.stands_for[index],
        )

    @property
    def weights(self) -> Doubles:
        """Of how many labelled pixels, or points, each place was drawn (place,)."""
        return np.ones(len(self)) if self.stands_for is None else self.stands_for

    @property
    def positions(self) -> Positions:
        """Their positions."""
        return Positions(self.crs_wkt, self.x, self.y)

    def degrees(self) -> tuple[Doubles, Doubles]:
        """Longitude and latitude (EPSG:4326) of every place."""
        return self.positions.degrees()


@dataclass(frozen=True)
class DrawOptions:
    """How locations are drawn from labels: for which task (or known space), how many, with which seed.

    If not all are used, classes are drawn evenly, or ``as_they_are``, which scores require.
    ``split_by`` says what a split must keep together; ``patch_m`` is the side of the largest patch on the ground.
    """

    task: Task
    most: int
    seed: int
    most_per_feature: int = MOST_PER_FEATURE
    space: LabelSpace | None = None
    as_they_are: bool = False
    split_by: SplitBy = TrainJob.split_by
    patch_m: float = 0.0
