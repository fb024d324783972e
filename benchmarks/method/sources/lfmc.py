"""Live fuel moisture content at sites of the western USA (Rao et al. 2020): the paper's regression benchmark."""

from __future__ import annotations

import numpy as np

from ....engine.arrays import Floats
from ....engine.contract import Task
from ....engine.samples import SampleSet, SensorSamples
from ..dataset import Dataset
from ..folders import real_data
from .tables import columns, covered, monthly, pixels, rows_of

NOW = 3  # the last of the four monthly dates


def build() -> Dataset:
    """Sentinel-1 and Landsat-8 series of four months; grouped by site."""
    return _dataset("lfmc", *_series())


def build_static() -> Dataset:
    """The same with a third sensor without dates: terrain, soil, canopy height and land cover."""
    return _dataset("lfmc_static", *_series(), _static())


def _series() -> tuple[SensorSamples, SensorSamples]:
    with np.load(real_data("lfmc", "lfmc_shared_mdico_views.npz")) as views:
        radar = np.concatenate([views["S1"], views["S1Ind"]], axis=2)
        optical = np.concatenate([views["optical"], views["opticalInd"]], axis=2)
    return monthly("S1", radar), monthly("optical", optical)


def _static() -> SensorSamples:
    """Slope, elevation, silt, sand, clay, canopy height in m, and one band per land-cover class (0 or 1)."""
    with np.load(real_data("lfmc", "lfmc_shared_mdico_views.npz")) as views:
        parts = [views[name][:, NOW] for name in ("DEM", "soil", "landcover")]
    return pixels("static", np.concatenate([*parts, _canopy_height()], axis=1).astype(np.float32))


def _canopy_height() -> Floats:
    with real_data("lfmc", "lfmc_shared.csv").open(newline="") as table:
        return columns(rows_of(table), ["canopy_height(t)"])


def _dataset(name: str, *sensors: SensorSamples) -> Dataset:
    with np.load(real_data("lfmc", "lfmc_shared_mdico_views.npz")) as views:
        _, groups = np.unique(views["site"], return_inverse=True)
        longitude, latitude = views["coords"].astype(np.float64).T
        target = views["target"].astype(np.float32)[:, None]
    samples = SampleSet(
        Task.REGRESSION, sensors, covered(sensors), target, groups.astype(np.int64), longitude, latitude
    )
    return Dataset(name, samples, ("LFMC %",), "lfmc_shared_mdico_views.npz")
