"""Rasters of any size, filled by repeating the real pixels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from osgeo import gdal, osr

from ...engine.contract import SensorKind
from .pixels import MONTHS, Land
from .stored import NODATA, Stored

gdal.UseExceptions()

STRIP_PX = 256
EPSG, WEST, NORTH, PIXEL_M = 32631, 600_000.0, 5_600_000.0, 10.0
_OPTIONS = ("TILED=YES", "COMPRESS=DEFLATE", "ZLEVEL=1", "PREDICTOR=2", "BIGTIFF=IF_SAFER", "NUM_THREADS=ALL_CPUS")


def write_land(path: Path, land: Land, side_px: int) -> Path:
    """A compressed GeoTIFF of ``side_px`` × ``side_px`` pixels in blocks of 256; a series is a stack of dates."""
    planes = land.values.reshape(-1, *land.values.shape[-2:])
    names: Sequence[str] = land.bands
    if land.kind is SensorKind.SERIES:
        names = [f"{band}_{month}" for month in MONTHS[: len(land.values)] for band in land.bands]
    return _write(path, planes, names, side_px)


def _write(path: Path, planes: Stored, names: Sequence[str], side_px: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    dataset = gdal.GetDriverByName("GTiff").Create(
        str(path), side_px, side_px, len(planes), gdal.GDT_UInt16, list(_OPTIONS)
    )
    dataset.SetGeoTransform((WEST, PIXEL_M, 0, NORTH, 0, -PIXEL_M))
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(EPSG)
    dataset.SetProjection(crs.ExportToWkt())
    for number, name in enumerate(names, start=1):
        dataset.GetRasterBand(number).SetDescription(name)
        dataset.GetRasterBand(number).SetNoDataValue(NODATA)
    wide = planes[:, :, np.arange(side_px) % planes.shape[2]]
    for row in range(0, side_px, STRIP_PX):
        rows = np.arange(row, min(row + STRIP_PX, side_px)) % planes.shape[1]
        dataset.WriteArray(np.ascontiguousarray(wide[:, rows]), 0, row)
    dataset.FlushCache()
    del dataset
    return path


def write_array(path: Path, values: Stored) -> Path:
    """An uncompressed GeoTIFF of an array, for other programs."""
    planes = values.reshape(-1, *values.shape[-2:])
    return _write(path, planes, [f"b{number}" for number in range(len(planes))], planes.shape[-1])
