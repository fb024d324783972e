"""Tree crowns in 59 NEON plots (IDTReeS 2020): aerial RGB, hyperspectral and canopy height; one sample per crown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from osgeo import ogr

from ....engine.arrays import Indices
from ....engine.contract import Layout, Task, VectorLabels, VectorSource
from ....engine.raster.vectors import Features, read_features
from ....engine.samples.labels import LabelSpace
from ....engine.samples.points import LabelPoints
from ..dataset import Dataset
from ..folders import real_data
from .placed import gathered, opened, spec

CONTEXT_M = 3.1  # 31 pixels of the camera, 3 of the others: about one crown
SENSORS = ("RGB", "HSI", "CHM")
FEW_CROWNS = 20  # genera with fewer are one class, other, as in the set's own label rasters
FIELDS = ("genus", "leaf_type", "height", "plot_id", "indvdID")


def build_genus() -> Dataset:
    """The genus: Acer, Amelanchier, Nyssa, Pinus, Quercus, and all rarer ones as other."""
    crowns = _crowns()
    genus = [_known(value) for value in crowns.values["genus"]]
    often = {name for name, count in Counter(genus).items() if name and count >= FEW_CROWNS}
    return _classes("idtrees_genus", crowns, [name if name in often or not name else "other" for name in genus])


def build_leaf_type() -> Dataset:
    """Broadleaf or needleleaf."""
    crowns = _crowns()
    return _classes("idtrees_leaf_type", crowns, [_known(value) for value in crowns.values["leaf_type"]])


def build_height() -> Dataset:
    """The height of the tree in metres, as measured on the ground."""
    crowns = _crowns()
    height = np.array([np.nan if value is None else value for value in crowns.values["height"]])
    rows = np.flatnonzero(np.isfinite(height)).astype(np.int64)
    return _dataset("idtrees_height", crowns, Task.REGRESSION, rows, height[rows].astype(np.float32)[:, None], ["m"])


def _crowns() -> Features:
    return read_features(VectorSource(str(real_data("idtrees_neon", "crowns.gpkg"))), FIELDS)


def _known(value: str | None) -> str:
    return "" if value in (None, "unknown") else str(value)


def _classes(name: str, crowns: Features, values: Sequence[str]) -> Dataset:
    rows = np.flatnonzero([bool(value) for value in values]).astype(np.int64)
    classes, target = np.unique(np.array(values)[rows], return_inverse=True)
    return _dataset(name, crowns, Task.CLASSIFICATION, rows, target.astype(np.int64), classes.tolist())


def _dataset(
    name: str, crowns: Features, task: Task, rows: Indices, target: NDArray[Any], labels: Sequence[str]
) -> Dataset:
    """Patches around the centres of the crowns at ``rows``."""
    boxes = np.array([ogr.CreateGeometryFromWkb(wkb).GetEnvelope() for wkb in crowns.geometry])[rows]
    x, y = boxes[:, :2].mean(axis=1), boxes[:, 2:].mean(axis=1)
    space = LabelSpace(task, (name,))
    groups = _ground(crowns)[rows]
    points = LabelPoints("crowns.gpkg", crowns.crs_wkt, x, y, rows, space, target, groups, "plots that share trees")
    folder = real_data("idtrees_neon")
    specs = [spec(sensor, sorted((folder / sensor).glob("*.tif")), Layout.SCENES) for sensor in SENSORS]
    sensors = opened(specs, VectorLabels(VectorSource(str(folder / "crowns.gpkg")), ("genus",)))
    return Dataset(name, gathered(sensors, points, CONTEXT_M), tuple(labels), "crowns.gpkg")


def _ground(crowns: Features) -> Indices:
    """The group of each crown: its plot; plots that share a tree are merged.

    Many plots are adjacent, and a tree across their border has a box in each: with plots as groups, its crown would be
    in two parts of the split.
    """
    plots, plot = np.unique(crowns.values["plot_id"], return_inverse=True)
    _, tree = np.unique(crowns.values["indvdID"], return_inverse=True)
    group = np.arange(len(plots))
    for number in range(int(tree.max()) + 1):
        shared = np.unique(plot[tree == number])
        group[np.isin(group, group[shared])] = group[shared].min()
    return group[plot].astype(np.int64)
