"""Pixel values of one file as float32, NaN where invalid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Optional, Union

import numpy as np
from numpy.typing import NDArray

from ...arrays import Flags, Floats
from ...contract import ErrorCode, InputError
from .. import gdal_failures
from ..geo import Window
from .changes import Watch
from .dataset import Dataset, RasterBand, RasterFile, can_hold
from .dataset_errors import no_file_left, too_many_open
from .dataset_pool import OpenDatasets

MOST_VALUE = 1e30  # larger magnitudes are never valid values
_EXACT_BYTES = 2  # integers of up to this size are exact in float32
_EXACT_IN_FLOAT64 = 2**53  # from here on the comparison itself would be rounded

_open = OpenDatasets()
_watch = Watch()


def close_datasets() -> None:
    """Close every idle dataset: one of a replaced file would still show the old content."""
    _open.close()


def read_values(file: RasterFile, numbers: Sequence[int], window: Window, *, keep_infinite: bool = False) -> Floats:
    """Read bands of a file, as stored (no scale, no offset).

    Args:
        numbers: bands by their number in the file.
        window: pixels inside the file's grid.
        keep_infinite: keep values that are :func:`beyond_values`, for callers that count them.

    Returns:
        float32 (band, row, col); NaN at nodata (declared or added), where the mask band or alpha is 0, and for NaN and
        values out of range.

    Raises:
        InputError: RASTER_READ_FAILED, a part of the file cannot be read; INPUT_CHANGED, it is no longer the file
            that was opened (checked every few seconds, and if reading fails); or what :func:`open_dataset` raises.
    """
    _watch.look(file.stamps, file.label)
    return file.turned(_read_stored(file, numbers, file.stored(window), keep_infinite))


def _read_stored(file: RasterFile, numbers: Sequence[int], window: Window, keep_infinite: bool) -> Floats:
    """As :func:`read_values`, for a window in the file's own rows and cols, in file order."""
    bands = [file.band(number) for number in numbers]
    dtypes = tuple(dict.fromkeys(band.dtype for band in bands))
    with _lent(file, window) as dataset:
        if len(dtypes) == 1:  # nearly always, and then without a copy
            values = _read_alike(dataset, bands, window, keep_infinite)
        else:
            values = np.empty((len(bands), *window.shape), np.float32)
            for dtype in dtypes:
                places = [place for place, band in enumerate(bands) if band.dtype == dtype]
                values[places] = _read_alike(dataset, [bands[place] for place in places], window, keep_infinite)
        if file.alpha is not None:
            values[:, _read(dataset.GetRasterBand(file.alpha), window) == 0] = np.nan
    return values


def read_stored_band(file: RasterFile, number: int, window: Window) -> NDArray[Any]:
    """Read one band as stored, including nodata, in its own data type: for values that are codes or bits.

    Returns:
        (row, col).

    Raises:
        InputError: as :func:`read_values`.
    """
    _watch.look(file.stamps, file.label)
    window = file.stored(window)
    with _lent(file, window) as dataset:
        stored = _read(dataset.GetRasterBand(number), window)
    return file.turned(stored.view(np.int8) if file.band(number).dtype == "int8" else stored)


@contextmanager
def _lent(file: RasterFile, window: Window) -> Iterator[Dataset]:
    """The open file, to read a window from; if reading fails because the file has changed, that is reported."""
    try:
        with _open.lent(file.source, file.stamps) as dataset, gdal_failures(lambda words: _failed(file, window, words)):
            yield dataset
    except InputError:
        file.require_unchanged()
        raise


def inexact_value(file: RasterFile, number: int, window: Window) -> Optional[int]:
    """A valid integer of a band that float32 cannot represent, so that :func:`read_values` rounds it.

    None if there is none, and for float bands, whose values are rounded anyway.
    """
    band = file.band(number)
    dtype = np.dtype(band.dtype)
    if dtype.kind == "f" or dtype.itemsize <= _EXACT_BYTES:
        return None
    _watch.look(file.stamps, file.label)
    window = file.stored(window)
    values = _read_stored(file, [number], window, keep_infinite=False)[0]
    with _lent(file, window) as dataset:
        raw = _read(dataset.GetRasterBand(number), window)
    precise = raw.astype(np.float64)
    inexact = raw[~np.isnan(values) & ((values != precise) | (np.abs(precise) >= _EXACT_IN_FLOAT64))]
    return int(inexact[0]) if inexact.size else None


def _read_alike(dataset: Dataset, bands: list[RasterBand], window: Window, keep_infinite: bool) -> Floats:
    """Read bands of the same data type in one call."""
    numbers = [band.number for band in bands]
    raw = _read(dataset, window, band_list=numbers).reshape(len(bands), *window.shape)
    if bands[0].dtype == "int8":
        raw = raw.view(np.int8)
    with np.errstate(over="ignore"):  # a float64 out of the range of float32 becomes infinite, and so nodata
        values = raw.astype(np.float32)
    for plane, band in enumerate(bands):
        for declared in (band.nodata, *band.added_nodata):
            nodata = value_in_type(raw, declared)
            if nodata is not None:
                np.copyto(values[plane], np.float32(np.nan), where=raw[plane] == nodata)
        if band.masked:
            mask = _read(dataset.GetRasterBand(band.number).GetMaskBand(), window)
            np.copyto(values[plane], np.float32(np.nan), where=mask == 0)
    if raw.dtype.kind == "f" and not keep_infinite:
        values[beyond_values(values)] = np.nan
    return values


def beyond_values(values: Floats) -> Flags:
    """Where values are infinite or implausibly large: an undeclared fill value (±3.4e38)."""
    found: Flags = (values > MOST_VALUE) | (values < -MOST_VALUE)
    return found


def _read(readable: Any, window: Window, **options: Any) -> NDArray[Any]:
    array: Optional[NDArray[Any]] = readable.ReadAsArray(window.col, window.row, window.cols, window.rows, **options)
    if array is None:
        raise RuntimeError("GDAL returned no pixels and no error message")
    return array


def value_in_type(raw: NDArray[Any], nodata: Optional[Union[int, float]]) -> Any:
    """The nodata value in the band's type (a float32 never equals 0.1 in float64); None if it cannot hold it."""
    if nodata is None or np.isnan(nodata):
        return None
    if raw.dtype.kind == "f":
        with np.errstate(over="ignore"):
            return np.asarray(nodata).astype(raw.dtype)[()]
    return np.asarray(int(nodata), raw.dtype)[()] if can_hold(raw.dtype.name, nodata) else None


def _failed(file: RasterFile, window: Window, words: str) -> InputError:
    if too_many_open(words):
        return no_file_left(file.source, words)
    rows, cols = f"{window.row + 1} to {window.row_stop}", f"{window.col + 1} to {window.col_stop}"
    reason = words.split("; ", maxsplit=1)[0]
    return InputError(
        ErrorCode.RASTER_READ_FAILED,
        subject=file.label,
        found=f"pixels that cannot be read, in rows {rows}, columns {cols} of {file.source.path} ({reason})",
        expected="a complete raster file",
        remedy="The file, or one that a virtual raster refers to, is damaged or missing: copy or download it again.",
        details=words,
    )
