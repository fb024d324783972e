"""Crop types at field points of Canada, 2017 (annual crop inventory): the most labels, for learning curves."""

from __future__ import annotations

import numpy as np

from ....engine.arrays import Indices
from ....engine.contract import Task
from ....engine.samples import SampleSet
from ..dataset import Dataset
from ..folders import real_data
from .tables import covered, monthly, pixels

CROPS = {
    9120: "permanent grass",
    1120: "spring wheat",
    4100: "soya beans",
    1200: "maize",
    1110: "winter wheat",
    7920: "other legumes, permanent",
}
SUBSET_SEED = 0  # of the random cells of the smaller sets


def build() -> Dataset:
    """The six most frequent crops; a year of radar, optical and weather, elevation and slope; grouped by 8 km cells."""
    return _dataset("canada", None)


def build_1000() -> Dataset:
    """Random whole cells with 1,000 of the points, or a few more."""
    return _dataset("canada_1000", 1000)


def build_300() -> Dataset:
    """Random whole cells, the first of those of ``canada_1000``, with 300 of the points or a few more."""
    return _dataset("canada_300", 300)


def _dataset(name: str, least: int | None) -> Dataset:
    with np.load(real_data("canada_crops_2017", "canada_crops_2017.npz"), allow_pickle=False) as table:
        arrays = {key: table[key] for key in ("S1", "S2", "METEO", "DEM", "croptype", "lon", "lat", "h3_l5")}
    codes = np.array(list(CROPS))
    rows = np.flatnonzero(np.isin(arrays["croptype"], codes)).astype(np.int64)
    _, cells = np.unique(arrays["h3_l5"][rows], return_inverse=True)
    chosen = _whole_cells(cells.astype(np.int64), least)
    rows, cells = rows[chosen], cells[chosen].astype(np.int64)
    sensors = (*(monthly(key, arrays[key][rows]) for key in ("S1", "S2", "METEO")), pixels("DEM", arrays["DEM"][rows]))
    target = (arrays["croptype"][rows, None] == codes).argmax(axis=1).astype(np.int64)
    samples = SampleSet(
        Task.CLASSIFICATION, sensors, covered(sensors), target, cells, arrays["lon"][rows], arrays["lat"][rows]
    )
    return Dataset(name, samples, tuple(CROPS.values()), "canada_crops_2017.npz")


def _whole_cells(cells: Indices, least: int | None) -> Indices:
    """Indices of the points in the first whole cells, in a random order, with at least this many points."""
    if least is None:
        return np.arange(len(cells))
    order = np.random.default_rng(SUBSET_SEED).permutation(int(cells.max()) + 1)
    held = np.cumsum(np.bincount(cells)[order])
    return np.flatnonzero(np.isin(cells, order[: int(np.searchsorted(held, least)) + 1]))
