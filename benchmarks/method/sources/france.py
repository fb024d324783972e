"""Crop groups of parcels in south-western France, 2022 to 2024 (WorldCereal, RPG): long series with cloud gaps."""

from __future__ import annotations

from datetime import date

import numpy as np

from ....engine.arrays import Floats
from ....engine.contract import SensorKind, Task
from ....engine.samples import SampleSet, SensorSamples
from ....engine.samples.split import spatial_blocks
from ..dataset import Dataset
from ..folders import real_data
from .tables import covered, pixels

CROPS = ("grasslands", "maize", "wheat")  # the groups with more than 30 parcels; all others are one class
OTHERS = "other"


def build() -> Dataset:
    """51 ten-day steps of radar, optical and weather, elevation and slope; grouped by square spatial blocks."""
    with np.load(real_data("france_southwest_2023", "france_southwest_2023.npz"), allow_pickle=False) as table:
        days = tuple(float(date.fromisoformat(str(day)).toordinal()) for day in table["dates"])
        sensors = (
            *(_series(name, table[name], days) for name in ("S1", "S2", "METEO")),
            pixels("DEM", table["DEM"]),
        )
        crop, longitude, latitude = table["crop_group"], table["lon"], table["lat"]
    labels = (*CROPS, OTHERS)
    target = np.array([labels.index(name) if name in CROPS else len(CROPS) for name in crop.tolist()], np.int64)
    groups, _ = spatial_blocks(longitude, latitude)
    samples = SampleSet(
        Task.CLASSIFICATION, sensors, covered(sensors), target, groups, longitude.astype(float), latitude.astype(float)
    )
    return Dataset("france", samples, labels, "france_southwest_2023.npz")


def _series(name: str, values: Floats, days: tuple[float, ...]) -> SensorSamples:
    return SensorSamples(name, SensorKind.SERIES, np.ascontiguousarray(values, np.float32), days)
