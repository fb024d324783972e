"""Rasters stored by an earlier run: checked before they are trusted, and read again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...contract import ErrorCode, InputError, RasterSource
from .. import close_dataset, gdal, gdal_array, gdal_failures
from ..files import OpenDatasets
from ..geo import Grid, Window

_SAME = 1e-9  # relative tolerance of geotransforms, which GeoTIFF stores in another form

_open = OpenDatasets()


@dataclass(frozen=True)
class StoredForm:
    """The expected form of a stored raster; ``mark`` is a metadata name and value that no other run's raster has."""

    grid: Grid
    bands: int
    dtype: str
    nodata: float
    mark: tuple[str, str]


def why_unfit(path: Path, form: StoredForm) -> str:
    """Why a file is not the expected complete raster, in a few words; empty if it is.

    The values of its pixels are not checked.
    """
    try:
        with gdal_failures(_damaged):
            dataset = gdal.OpenEx(str(path), gdal.OF_RASTER | gdal.OF_VERBOSE_ERROR, allowed_drivers=["GTiff"])
            reason = _why_other(dataset, form) or _why_incomplete(dataset, path.stat().st_size)
            close_dataset(dataset)
    except InputError as error:
        return error.found
    return reason


def read_stored(path: Path, window: Window) -> NDArray[Any]:
    """Read pixels as they are stored.

    Args:
        window: relative to the file's own grid.

    Returns:
        (band, row, col) of the file's type, nodata as it is.

    Raises:
        InputError: the file cannot be read.
    """
    with _open.lent(RasterSource(str(path))) as dataset, gdal_failures(lambda words: _unreadable(path, words)):
        array: NDArray[Any] = dataset.ReadAsArray(window.col, window.row, window.cols, window.rows)
    return array.reshape(dataset.RasterCount, *window.shape)


def close_stored() -> None:
    """Close idle datasets, because on Windows an open file cannot be deleted."""
    _open.close()


def _why_other(dataset: Any, form: StoredForm) -> str:
    name, value = form.mark
    if dataset.GetMetadataItem(name) != value:
        return "a raster of another run"
    found = (dataset.RasterYSize, dataset.RasterXSize, dataset.RasterCount)
    if found != (*form.grid.shape, form.bands):
        return f"{found} rows, columns and bands instead of {(*form.grid.shape, form.bands)}"
    if not np.allclose(dataset.GetGeoTransform(), form.grid.transform, rtol=_SAME, atol=0):
        return "a raster of another extent"
    bands = [dataset.GetRasterBand(number + 1) for number in range(form.bands)]
    types = {np.dtype(gdal_array.GDALTypeCodeToNumericTypeCode(band.DataType)).name for band in bands}
    if types != {form.dtype} or {band.GetNoDataValue() for band in bands} != {form.nodata}:
        return f"values of another data type ({', '.join(sorted(types))})"
    return ""


def _why_incomplete(dataset: Any, size: int) -> str:
    cols, rows = dataset.GetRasterBand(1).GetBlockSize()
    for number in range(1, dataset.RasterCount + 1):
        band = dataset.GetRasterBand(number)
        for row in range(-(-dataset.RasterYSize // rows)):
            for col in range(-(-dataset.RasterXSize // cols)):
                start = int(band.GetMetadataItem(f"BLOCK_OFFSET_{col}_{row}", "TIFF") or 0)
                length = int(band.GetMetadataItem(f"BLOCK_SIZE_{col}_{row}", "TIFF") or 0)
                if start == 0 or length == 0 or start + length > size:
                    return f"block {row}, {col} is missing"
    return ""


def _damaged(words: str) -> InputError:
    return _unreadable(Path(), words)


def _unreadable(path: Path, words: str) -> InputError:
    return InputError(
        ErrorCode.RASTER_READ_FAILED,
        subject=path.name,
        found=words.split("; ", maxsplit=1)[0],
        expected="a part of the map, unchanged since it was stored",
        remedy="Run the same job again: damaged parts are computed again.",
        details=words,
    )
