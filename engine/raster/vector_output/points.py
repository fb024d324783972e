"""Points with their attributes, as a vector file."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Union

import numpy as np
from numpy.typing import NDArray

from .. import ogr
from ..output import write_failures
from .feature_file import FEATURES_AT_ONCE, new_layer, require_whole, transactions

Value = Union[int, float, str, None]

_OGR_TYPES = {int: ogr.OFTInteger64, float: ogr.OFTReal, str: ogr.OFTString}


@dataclass(frozen=True)
class Column:
    """One attribute of every point; None, and NaN in real columns, is written as NULL."""

    name: str
    kind: type[int] | type[float] | type[str]
    values: Sequence[Value]


def write_points(
    path: Path, crs_wkt: str, x: NDArray[np.float64], y: NDArray[np.float64], columns: Sequence[Column]
) -> None:
    """Write a layer of points (point,); points without finite coordinates have no geometry.

    Raises:
        OutputError: DISK_FULL or OUTPUT_UNWRITABLE.
    """
    fields = [(column.name, _OGR_TYPES[column.kind]) for column in columns]
    with write_failures(path):
        with new_layer(path, crs_wkt, ogr.wkbPoint, fields) as (dataset, layer), transactions(dataset) as renew:
            for number in range(len(x)):
                layer.CreateFeature(_feature(layer, float(x[number]), float(y[number]), columns, number))
                if (number + 1) % FEATURES_AT_ONCE == 0:
                    renew()
        require_whole(path, len(x))


def _feature(layer: Any, x: float, y: float, columns: Sequence[Column], number: int) -> Any:
    feature = ogr.Feature(layer.GetLayerDefn())
    if math.isfinite(x) and math.isfinite(y):
        point = ogr.Geometry(ogr.wkbPoint)
        point.AddPoint_2D(x, y)
        feature.SetGeometry(point)
    for at, column in enumerate(columns):
        value = column.values[number]
        if value is None or (column.kind is float and math.isnan(float(value))):
            continue
        feature.SetField(at, column.kind(value))
    return feature
