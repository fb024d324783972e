"""Labelled locations, and options for drawing samples from them."""

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
    """Locations with targets, in the CRS of the labels.

    ``x``/``y`` (point,) are coordinates; ``row`` (point,) is the feature, or label pixel, that a location belongs to;
    ``target`` is as in :class:`SampleSet`. ``groups`` (point,) are kept together by the split, ``grouped_by`` names the
    grouping. ``stands_for`` (point,) is the number of labelled pixels or points that a location represents; None: one
    each.
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
        """The locations at ``index``."""
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
        """The number of labelled pixels or points that each location represents (point,)."""
        return np.ones(len(self)) if self.stands_for is None else self.stands_for

    @property
    def positions(self) -> Positions:
        """The coordinates with their CRS."""
        return Positions(self.crs_wkt, self.x, self.y)

    def degrees(self) -> tuple[Doubles, Doubles]:
        """Longitude and latitude (EPSG:4326) of every location."""
        return self.positions.degrees()


@dataclass(frozen=True)
class DrawOptions:
    """Sampling options: the task, the maximum number of samples, the seed.

    ``space`` is the label space of an existing model, if the labels are to be interpreted by it. If not all labels are
    used, classes are drawn evenly; with ``as_they_are`` they are drawn in proportion, as an evaluation requires.
    ``split_by`` chooses the groups of the split; ``patch_m`` is the side of the largest patch on the ground.
    """

    task: Task
    most: int
    seed: int
    most_per_feature: int = MOST_PER_FEATURE
    space: LabelSpace | None = None
    as_they_are: bool = False
    split_by: SplitBy = TrainJob.split_by
    patch_m: float = 0.0
