"""Points or polygons with their attributes, as plain values that any thread may read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...arrays import Doubles, Indices
from .wkb import coordinates

POINTS, POLYGONS = "point", "polygon"


@dataclass(frozen=True, eq=False)
class Features:
    """The content of a vector layer.

    ``geometry`` is WKB (little-endian, 2D, linear, valid) of (multi-)points or (multi-)polygons, as ``kind`` says.
    ``values`` has one list per field, None for NULL; ``field_types`` are each ``string``, ``integer``, ``real``,
    ``bool`` or ``date`` (ISO text). ``skipped`` features had no usable geometry; ``mended`` polygons were invalid.
    Two are equal only if they are the same object.
    """

    crs_wkt: str
    kind: str
    geometry: tuple[bytes, ...]
    values: dict[str, list[Any]]
    fid: tuple[int, ...]
    skipped: int
    field_types: dict[str, str]
    mended: int = 0

    def __len__(self) -> int:
        return len(self.geometry)


def point_xy(features: Features) -> tuple[Doubles, Doubles, Indices]:
    """x and y of every point, and the index of its feature (a multi-point has several)."""
    points = [coordinates(wkb) for wkb in features.geometry]
    index = np.repeat(np.arange(len(points), dtype=np.int64), [len(of_one) for of_one in points])
    together = np.concatenate(points) if points else np.empty((0, 2))
    return together[:, 0].copy(), together[:, 1].copy(), index
