"""Crop types at points of Uganda and South Sudan, 2017 (WorldCereal test resources): few, uneven, with gaps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ....engine.contract import Task
from ....engine.samples import SampleSet, SensorSamples
from ....engine.samples.split import spatial_blocks
from ..dataset import Dataset
from ..folders import real_data
from .tables import Row, columns, covered, monthly, pixels, rows_of

MONTHS = 12
BANDS = {
    "S1": ("VV", "VH"),
    "S2": ("B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B11", "B12"),
    "METEO": ("temperature_mean", "precipitation_flux"),
}


def build() -> Dataset:
    """Twelve months of radar, optical and weather, elevation and slope; grouped by square spatial blocks.

    The table's own ``crop4`` is the class: sorghum, maize, other oilseeds, trees, and all others in one.
    """
    with real_data("worldcereal_eastafrica", "crops_shared.csv").open(newline="") as table:
        rows = rows_of(table)
    sensors = (*(_series(rows, name) for name in BANDS), pixels("DEM", columns(rows, ["DEM_elevation", "DEM_slope"])))
    classes, target = np.unique([row["crop4"] for row in rows], return_inverse=True)
    longitude, latitude = (np.array([float(row[name]) for row in rows]) for name in ("lon", "lat"))
    groups, _ = spatial_blocks(longitude, latitude)
    samples = SampleSet(
        Task.CLASSIFICATION, sensors, covered(sensors), target.astype(np.int64), groups, longitude, latitude
    )
    return Dataset("eastafrica", samples, tuple(classes.tolist()), "crops_shared.csv")


def _series(rows: Sequence[Row], name: str) -> SensorSamples:
    names = [f"{name}_{band}_t{month:02d}" for month in range(MONTHS) for band in BANDS[name]]
    return monthly(name, columns(rows, names).reshape(len(rows), MONTHS, len(BANDS[name])))
