"""Real pixels to measure on: a series of twelve months and twelve bands, an image of four bands; uint16 as stored."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from osgeo import gdal

from ...engine.contract import SensorKind
from .folders import real_data
from .stored import NODATA, Stored

MONTHS = tuple(f"{year}-{month:02d}" for year, month in [(2020, 11), (2020, 12), *((2021, at) for at in range(1, 11))])
RADAR = ("VV", "VH")
OPTICAL = ("B02", "B03", "B04", "B05", "B06", "B07", "B08", "B11", "B12")
FINE_BANDS = ("B02", "B03", "B04", "B08")
ALL_BANDS = ("B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B11", "B12")
DAYS = tuple(round(month * 30.4375) for month in range(len(MONTHS)))
NO_LABEL = 255


@dataclass(frozen=True)
class Land:
    """An area: ``values`` as stored, (date, band, row, col) or (band, row, col), and their description.

    ``bands`` and ``classes`` are names; ``labels`` (row, col) are class indices, 255 = unknown.
    """

    values: Stored
    bands: tuple[str, ...]
    labels: NDArray[np.uint8]
    classes: tuple[str, ...]

    @property
    def kind(self) -> SensorKind:
        """Image or series."""
        return SensorKind.SERIES if self.values.ndim == 4 else SensorKind.IMAGE


@cache
def hesbaye() -> Land:
    """Hesbaye, Belgium: two radar and nine optical bands and elevation, monthly; two months lack optical data.

    The labels are a map (WorldCereal's cropland), not field data.

    Raises:
        DataMissingError: the real data are missing.
    """
    radar = _read("worldcereal_hesbaye", "S1_monthly.tif").reshape(len(MONTHS), len(RADAR), 100, 100)
    optical = _read("worldcereal_hesbaye", "S2_monthly.tif").reshape(len(MONTHS), len(OPTICAL), 100, 100)
    height = np.broadcast_to(_read("worldcereal_hesbaye", "DEM.tif")[:1], (len(MONTHS), 1, 100, 100))
    labels = _read("worldcereal_hesbaye", "worldcereal_cropland_model_output.tif")[0]
    values = np.concatenate([radar, optical, height], axis=1).astype(np.uint16)
    return Land(values, (*RADAR, *OPTICAL, "elevation"), labels.astype(np.uint8), ("other", "cropland"))


@cache
def coast(bands: tuple[str, ...] = FINE_BANDS) -> Land:
    """A coast of Brazil, Sentinel-2: the four 10 m bands, or those named; the labels are a land-cover map.

    Raises:
        DataMissingError: the real data are missing.
    """
    names = _band_names("terramesh", "brazil_coast", "S2_L2A.tif")
    places = [names.index(band) for band in bands]
    values = _read("terramesh", "brazil_coast", "S2_L2A.tif")[places].clip(0, NODATA - 1).astype(np.uint16)
    cover = _read("terramesh", "brazil_coast", "LULC.tif")[0]
    codes = {1: "water", 2: "trees", 6: "bare", 9: "rangeland"}
    labels = np.full(cover.shape, NO_LABEL, np.uint8)
    for index, code in enumerate(codes):
        labels[cover == code] = index
    return Land(values, bands, labels, tuple(codes.values()))


def _read(*parts: str) -> NDArray[Any]:
    array: NDArray[Any] = gdal.Open(str(real_data(*parts))).ReadAsArray()
    return array if array.ndim == 3 else array[np.newaxis]


def _band_names(*parts: str) -> list[str]:
    dataset = gdal.Open(str(real_data(*parts)))
    return [dataset.GetRasterBand(number + 1).GetDescription() for number in range(dataset.RasterCount)]
