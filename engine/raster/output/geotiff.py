"""Maps written as GeoTIFF, block by block, and checked by opening them again."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...contract import LabelClass, OutputError, PredictJob
from .. import Progress, close_dataset, gdal, gdal_array, silent
from ..geo import STORED_BLOCK_PX, Grid, Window, reference
from .band_metadata import Contents
from .cog import make_cog
from .color_table import add_colors
from .incomplete_blocks import IncompleteBlocks
from .overviews import Resampling, build_overviews
from .write_errors import write_failures

Dataset = Any

# The size of the blocks that a map is computed in, so that each is compressed once. Larger ones are stored incomplete
# if a row of them exceeds GDAL's cache, and again when complete: the file keeps the space of both.


class Scaling(NamedTuple):
    """Real value = ``scale`` · stored value + ``offset``."""

    scale: float
    offset: float = 0.0


@dataclass(frozen=True)
class Finish:
    """What is added to a raster once all its pixels are written; ``resampling`` is that of its overviews.

    ``statistics`` stores minimum, maximum, mean and standard deviation of every band's stored values, and in the
    attribute table of classes their pixel counts and ground areas. ``cog`` includes its own overviews.
    """

    resampling: Resampling = Resampling.AVERAGE
    overviews: bool = PredictJob.overviews
    statistics: bool = PredictJob.statistics
    cog: bool = PredictJob.cog


class RasterWriter:
    """A GeoTIFF being written: in blocks, DEFLATE, nodata declared on every band."""

    def __init__(
        self,
        path: Path,
        dataset: Dataset,
        grid: Grid,
        dtype: np.dtype[Any],
        nodata: float,
        contents: Contents,
        finish: Finish,
    ) -> None:
        """Use :meth:`create`."""
        self._path = path
        self._dataset = dataset
        self._grid = grid
        self._dtype = dtype
        self._nodata = nodata
        self._contents = contents
        self._finish = finish
        self._bands = int(dataset.RasterCount)
        self._incomplete_blocks = IncompleteBlocks(grid.shape, STORED_BLOCK_PX)

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
        units: Sequence[str] = (),
        scalings: Sequence[Scaling] = (),
        classes: Sequence[LabelClass] = (),
        metadata: Sequence[tuple[str, str]] = (),
        finish: Finish = Finish(),
    ) -> RasterWriter:
        """Create the file; pixels that are never written are nodata.

        Args:
            dtype: ``uint8``, ``uint16``, ``int16`` or ``float32``.
            descriptions: the bands' names.
            units: the bands' units, of the scaled values.
            scalings: scale and offset of each band's stored values; none by default.
            classes: give the one band category names and an attribute table, and 8-bit bands a colour table.
            metadata: names and values to store in the file.
            finish: what to add when the file is closed.

        Raises:
            OutputError: OUTPUT_UNWRITABLE or DISK_FULL.
        """
        kind = np.dtype(dtype)
        place = Path(path)
        with write_failures(place):
            dataset = _new_dataset(_working_path(place, finish), grid, bands, kind)
            _describe_bands(dataset, nodata, descriptions, units, scalings)
            for name, value in metadata:
                dataset.SetMetadataItem(name, value)
            if classes:
                add_colors(dataset.GetRasterBand(1), classes, kind)
        contents = Contents(grid, kind, nodata, bands, classes, finish.statistics)
        return cls(place, dataset, grid, kind, nodata, contents, finish)

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
            raise ValueError(f"a block {block.dtype}{block.shape} for {self._bands} bands {self._dtype} in {window}")
        if block.dtype.kind == "f":
            block = np.where(np.isnan(block), block.dtype.type(self._nodata), block)
        with self._write_errors():
            self._dataset.WriteArray(np.ascontiguousarray(block), window.col, window.row)
            if self._incomplete_blocks.add(window):
                self._store()
        self._contents.add(window, block)

    def close(self, progress: Progress = silent) -> None:
        """Write pending data, finish the file, reopen it and check that it is complete.

        Args:
            progress: called with the progress of finishing, 0 to 1.

        Raises:
            OutputError: DISK_FULL or OUTPUT_UNWRITABLE.
        """
        with self._write_errors():
            self._contents.describe(self._dataset)
            self._dataset.FlushCache()
            dataset, self._dataset = self._dataset, None
            close_dataset(dataset)
            if self._finish.cog:
                plain = _plain_path(self._path)
                make_cog(plain, self._path, self._dtype, self._finish.resampling, progress)
                shutil.rmtree(plain.parent, ignore_errors=True)
            elif self._finish.overviews:
                build_overviews(self._path, self._grid, self._finish.resampling, progress)
            self._require_whole(gdal.Open(str(self._path)))

    def discard(self) -> None:
        """Close the file as it is, complete or not, for a run that has failed anyway."""
        dataset, self._dataset = self._dataset, None
        if dataset is not None:
            with suppress(RuntimeError):
                close_dataset(dataset)

    # A file left open is closed by GDAL; errors at that time would only go to standard error.
    __del__ = discard

    def _store(self) -> None:
        """Flush GDAL's cache to the file; blocks only, not the directory, which would be appended again."""
        for number in range(1, self._bands + 1):
            self._dataset.GetRasterBand(number).FlushCache()

    @contextmanager
    def _write_errors(self) -> Iterator[None]:
        try:
            with write_failures(self._path, strict=True):
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
            block_cols, block_rows = band.GetBlockSize()
            for row in range(-(-self._grid.rows // block_rows)):
                for col in range(-(-self._grid.cols // block_cols)):
                    _require_stored(band, row, col, size)


def _plain_path(path: Path) -> Path:
    """The path of the plain GeoTIFF from which a Cloud Optimized one is created: same name, in a sibling folder."""
    return path.with_name(f"{path.name}.plain") / path.name


def _describe_bands(
    dataset: Dataset, nodata: float, descriptions: Sequence[str], units: Sequence[str], scalings: Sequence[Scaling]
) -> None:
    for at in range(dataset.RasterCount):
        band = dataset.GetRasterBand(at + 1)
        band.SetNoDataValue(nodata)
        band.SetDescription(descriptions[at] if descriptions else "")
        band.SetUnitType(units[at] if units else "")
        if scalings:
            band.SetScale(scalings[at].scale)
            band.SetOffset(scalings[at].offset)


def _new_dataset(path: Path, grid: Grid, bands: int, kind: np.dtype[Any]) -> Dataset:
    """An empty GeoTIFF on a grid."""
    code = gdal_array.NumericTypeCodeToGDALTypeCode(kind.type)
    driver = gdal.GetDriverByName("GTiff")
    dataset = driver.Create(str(path), grid.cols, grid.rows, bands, code, _options(kind))
    dataset.SetGeoTransform(grid.transform)
    dataset.SetSpatialRef(reference(grid.crs_wkt))
    return dataset


def _working_path(path: Path, finish: Finish) -> Path:
    """The path where the pixels are written; its folder is created.

    Raises:
        RuntimeError: the folder cannot be created.
    """
    if not finish.cog:
        return path
    plain = _plain_path(path)
    try:
        plain.parent.mkdir()
    except OSError as error:
        raise RuntimeError(str(error)) from error
    return plain


def _require_stored(band: Any, row: int, col: int, size: int) -> None:
    """Raise if a block was never stored: it is missing, or ends beyond the file's end."""
    start = int(band.GetMetadataItem(f"BLOCK_OFFSET_{col}_{row}", "TIFF") or 0)
    length = int(band.GetMetadataItem(f"BLOCK_SIZE_{col}_{row}", "TIFF") or 0)
    if start == 0 or length == 0 or start + length > size:
        raise RuntimeError(f"block {row}, {col} is missing in the file")


def _options(kind: np.dtype[Any]) -> list[str]:
    predictor = ["PREDICTOR=2"] if kind.kind in "iu" and kind.itemsize > 1 else []
    blocks = ["TILED=YES", f"BLOCKXSIZE={STORED_BLOCK_PX}", f"BLOCKYSIZE={STORED_BLOCK_PX}"]
    # MINISBLACK and no alpha: three or four bands of probabilities are not colours.
    plain = ["PHOTOMETRIC=MINISBLACK", "ALPHA=NO"]
    return [*blocks, *predictor, *plain, "COMPRESS=DEFLATE", "ZLEVEL=1", "BIGTIFF=IF_SAFER"]
