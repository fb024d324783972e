"""Maps written as GeoTIFF, block by block, and checked by opening them again."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..contract.errors import ErrorCode, OutputError
from ..contract.manifest import LabelClass
from .crs import reference
from .gdal_seam import close_dataset, gdal, gdal_array, gdal_failures
from .grid import Grid, Window
from .legend import add_legend
from .overviews import Resampling, build_overviews

Dataset = Any

# As large as the blocks that a map is computed in, so that each is compressed once. Larger ones are stored half full
# where a row of them exceeds GDAL's cache, and again when full: the file keeps the room of both.
STORED_BLOCK_PX = 256
# What the system says when it takes no more bytes: disk, quota, or limit of a file's size.
_FULL_WORDS = ("no space left", "disk full", "not enough space", "quota exceeded", "file too large")
_ALMOST_NOTHING_BYTES = 1 << 20


class RasterWriter:
    """One GeoTIFF in the making: in blocks, DEFLATE, nodata declared on every band."""

    def __init__(
        self,
        path: Path,
        dataset: Dataset,
        grid: Grid,
        dtype: np.dtype[Any],
        nodata: float,
        overviews: Resampling | None = None,
    ) -> None:
        """Use :meth:`create`."""
        self._path = path
        self._dataset = dataset
        self._grid = grid
        self._dtype = dtype
        self._nodata = nodata
        self._overviews = overviews
        self._bands = int(dataset.RasterCount)

    @classmethod
    def create(
        cls,
        path: str | os.PathLike[str],
        grid: Grid,
        *,
        bands: int,
        dtype: str,
        nodata: float,
        descriptions: Sequence[str] = (),
        classes: Sequence[LabelClass] = (),
        scale: float | None = None,
        metadata: Sequence[tuple[str, str]] = (),
        overviews: Resampling | None = None,
    ) -> RasterWriter:
        """Create the file; what is never written in it is nodata.

        Args:
            dtype: ``uint8``, ``uint16``, ``float32``, …
            descriptions: the bands' names.
            classes: give the one band category names and an attribute table, and 8-bit bands a colour table.
            scale: what stored values are to be multiplied by, declared on every band.
            metadata: names and values for the file.
            overviews: how to make smaller copies when the file is closed; None for none.

        Raises:
            OutputError: OUTPUT_UNWRITABLE or DISK_FULL.
        """
        kind = np.dtype(dtype)
        place = Path(path)
        with gdal_failures(lambda words: _failed(place, words)):
            driver = gdal.GetDriverByName("GTiff")
            code = gdal_array.NumericTypeCodeToGDALTypeCode(kind.type)
            dataset = driver.Create(str(place), grid.cols, grid.rows, bands, code, _options(kind))
            dataset.SetGeoTransform(grid.transform)
            dataset.SetSpatialRef(reference(grid.crs_wkt))
            for number in range(1, bands + 1):
                band = dataset.GetRasterBand(number)
                band.SetNoDataValue(nodata)
                band.SetDescription(descriptions[number - 1] if descriptions else "")
                if scale is not None:
                    band.SetScale(scale)
                    band.SetOffset(0.0)
            for name, value in metadata:
                dataset.SetMetadataItem(name, value)
            if classes:
                add_legend(dataset.GetRasterBand(1), classes, kind)
        return cls(place, dataset, grid, kind, nodata, overviews)

    def write(self, window: Window, array: NDArray[Any]) -> None:
        """Write a block.

        Args:
            window: relative to the file's own grid.
            array: (band, row, col), or (row, col) for one band; of the file's type. NaN becomes nodata.

        Raises:
            OutputError: DISK_FULL or OUTPUT_UNWRITABLE.
            ValueError: the array does not fit the window, the bands or the type.
        """
        block = array if array.ndim == 3 else array[np.newaxis]
        if block.shape != (self._bands, *window.shape) or block.dtype != self._dtype:
            raise ValueError(f"a block {block.dtype}{block.shape} for {self._bands} band(s) {self._dtype} in {window}")
        if block.dtype.kind == "f":
            block = np.where(np.isnan(block), block.dtype.type(self._nodata), block)
        with self._telling():
            self._dataset.WriteArray(np.ascontiguousarray(block), window.col, window.row)

    def close(self) -> None:
        """Write what is still in memory, close the file, open it again and check that it is whole.

        Raises:
            OutputError: DISK_FULL or OUTPUT_UNWRITABLE.
        """
        with self._telling():
            self._dataset.FlushCache()
            dataset, self._dataset = self._dataset, None
            close_dataset(dataset)
            if self._overviews is not None:
                build_overviews(self._path, self._grid, self._overviews)
            self._require_whole(gdal.Open(str(self._path)))

    def discard(self) -> None:
        """Close the file as it is, whole or not; for a run that has failed anyway."""
        dataset, self._dataset = self._dataset, None
        if dataset is not None:
            with suppress(RuntimeError):
                close_dataset(dataset)

    # A file that nobody closed is closed by GDAL; what fails then would be told to nobody but standard error.
    __del__ = discard

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            with gdal_failures(lambda words: _failed(self._path, words), strict=True):
                yield
        except OutputError:
            self.discard()
            raise

    def _require_whole(self, dataset: Dataset) -> None:
        found = (dataset.RasterYSize, dataset.RasterXSize, dataset.RasterCount)
        if found != (*self._grid.shape, self._bands):
            raise RuntimeError(f"{found} rows, columns and bands instead of {(*self._grid.shape, self._bands)}")
        size = os.path.getsize(self._path)
        for number in range(1, self._bands + 1):
            band = dataset.GetRasterBand(number)
            if band.GetNoDataValue() != self._nodata:
                raise RuntimeError(f"nodata {band.GetNoDataValue()} instead of {self._nodata}")
            for row in range(-(-self._grid.rows // STORED_BLOCK_PX)):
                for col in range(-(-self._grid.cols // STORED_BLOCK_PX)):
                    _require_stored(band, row, col, size)


def _require_stored(band: Any, row: int, col: int, size: int) -> None:
    """A block that ends beyond the file, or is not there, was never stored."""
    start = int(band.GetMetadataItem(f"BLOCK_OFFSET_{col}_{row}", "TIFF") or 0)
    length = int(band.GetMetadataItem(f"BLOCK_SIZE_{col}_{row}", "TIFF") or 0)
    if start == 0 or length == 0 or start + length > size:
        raise RuntimeError(f"block {row}, {col} is missing in the file")


def _options(kind: np.dtype[Any]) -> list[str]:
    predictor = ["PREDICTOR=2"] if kind.kind in "iu" and kind.itemsize > 1 else []
    blocks = ["TILED=YES", f"BLOCKXSIZE={STORED_BLOCK_PX}", f"BLOCKYSIZE={STORED_BLOCK_PX}"]
    # MINISBLACK and no alpha: three or four bands of probabilities are no colours.
    plain = ["PHOTOMETRIC=MINISBLACK", "ALPHA=NO"]
    return [*blocks, *predictor, *plain, "COMPRESS=DEFLATE", "ZLEVEL=1", "BIGTIFF=IF_SAFER"]


def _failed(path: Path, words: str) -> OutputError:
    if _is_full(path, words):
        return OutputError(
            ErrorCode.DISK_FULL,
            subject=str(path.name),
            found=f"no space left while writing ({words})",
            expected="free space for the whole output",
            remedy="Free some space, or write to another drive.",
            details=words,
        )
    return OutputError(
        ErrorCode.OUTPUT_UNWRITABLE,
        subject=str(path.name),
        found=f"a file that could not be written ({words})",
        expected="a folder that can be written to",
        remedy="Choose another folder, or check its permissions and its drive.",
        details=words,
    )


def _is_full(path: Path, words: str) -> bool:
    if any(full in words.lower() for full in _FULL_WORDS):
        return True
    try:
        return shutil.disk_usage(path.parent).free < _ALMOST_NOTHING_BYTES
    except OSError:
        return False
