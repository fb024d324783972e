"""One raster as GDAL opens it: its grid, its bands and how they say which pixels are valid."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Optional, Union

import numpy as np
from numpy.typing import NDArray

from ...contract import ErrorCode, InputError, RasterSource
from ...contract.naming import says_only_its_number, wavelength_name
from .. import gdal, gdal_array, gdal_failures
from ..geo import Grid, Window, wkt_of
from ..opening import open_raster
from .bad_bands import bad_bands
from .changes import FileStamp, require_same, stamps_of
from .crop import Number, Part
from .dataset_errors import no_service, unreadable, without_geotransform
from .transparency import alpha_of, is_tagged

Dataset = Any
GdalBand = Any

# GDAL opens these without asking the network; whether there are pixels shows only when some are asked for.
_SERVICE_DRIVERS = ("WMS", "WMTS", "WCS", "OGCAPI", "PLMosaic", "EEDAI", "DAAS", "NGW", "PostGISRaster")
_WAVELENGTH_ITEMS = (  # metadata domain, item, unit where no other item names it
    ("IMAGERY", "CENTRAL_WAVELENGTH_UM", "um"),
    ("", "central_wavelength_um", "um"),
    ("", "wavelength", ""),
    ("", "WAVELENGTH", ""),
)


@dataclass(frozen=True)
class RasterBand:
    """One band of a file.

    ``number`` counts from 1. ``name`` is empty where the file gives none. ``nodata`` is in the band's own type.
    ``masked`` says that a mask band of the file, other than nodata and alpha, holds which pixels are valid. ``scale``
    and ``offset`` are what the file declares; values are read as stored, without them. ``added_nodata`` are values that
    a person says are nodata, too. ``bad`` says that the file's list of bad bands (ENVI's ``bbl``) names it.
    """

    number: int
    name: str
    dtype: str
    nodata: Optional[Union[int, float]]
    masked: bool
    scale: float = 1.0
    offset: float = 0.0
    added_nodata: tuple[float, ...] = ()
    bad: bool = False


@dataclass(frozen=True)
class RasterFile:
    """A raster's facts, read once; pixels are read through a :class:`~.scene.Scene`.

    ``bands`` are those with values; ``alpha`` is the number of the band that only says which pixels are valid.
    ``tagged`` is the file's last band where it is tagged as alpha, whether it is taken as that or as values.
    ``block_shape`` is (rows, cols) of the blocks the file is stored in. ``paths`` are the files it consists of: itself,
    its sidecars, what a virtual raster refers to; ``stamps`` what those on the disk were like when it was opened.
    ``part`` is what is used of it, whose grid then is ``grid``; None where all of it is, as it lies.
    """

    source: RasterSource
    grid: Grid
    bands: tuple[RasterBand, ...]
    alpha: Optional[int]
    block_shape: tuple[int, int]
    paths: tuple[str, ...] = ()
    tagged: Optional[RasterBand] = None
    stamps: tuple[FileStamp, ...] = ()
    part: Optional[Part] = None

    @property
    def label(self) -> str:
        """How a person calls it."""
        return self.source.label()

    def band(self, number: int) -> RasterBand:
        """The band of that number in the file."""
        before = self.alpha is not None and self.alpha < number
        at = number - 1 - before
        if at < len(self.bands) and self.bands[at].number == number:
            return self.bands[at]
        return next(band for band in self.bands if band.number == number)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know about how it is read."""
        notes = []
        if self.alpha is not None:
            notes.append(f"Band {self.alpha} is treated as an alpha band (0 is nodata).")
        elif self.tagged:
            notes.append(f"Band {self.tagged.number} is tagged as alpha but used as a data band.")
        return (*notes, *self._notes_on_nodata())

    def _notes_on_nodata(self) -> tuple[str, ...]:
        """Added nodata values that no band can hold: mistyped, or meant for another raster."""
        given = self.bands[0].added_nodata if self.bands else ()
        dtypes = sorted({band.dtype for band in self.bands})
        never = [f"{value:g}" for value in given if not any(can_hold(dtype, value) for dtype in dtypes)]
        if not never:
            return ()
        return (f"The nodata value(s) {', '.join(never)} cannot occur in the data type {', '.join(dtypes)}.",)

    def with_alpha_as_values(self) -> RasterFile:
        """The same file, its last band a band of values though it is tagged as alpha."""
        if self.tagged is None or self.alpha is None:
            return self
        return replace(self, bands=(*self.bands, self.tagged), alpha=None)

    def with_nodata(self, values: tuple[float, ...]) -> RasterFile:
        """The same file, these values nodata in every band beside what it declares itself."""
        bands = tuple(replace(band, added_nodata=values) for band in self.bands)
        return replace(self, bands=bands, tagged=self.tagged and replace(self.tagged, added_nodata=values))

    def cut(self, part: Part, grid: Grid) -> RasterFile:
        """A part of the file's pixels, which lies on ``grid``."""
        if part == Part(self.grid.window()):
            return self
        return replace(self, grid=grid, part=self.part.part(part) if self.part else part)

    def stored(self, window: Window) -> Window:
        """Where in the file the pixels of a window of ``grid`` are."""
        return self.part.stored(window) if self.part else window

    def turned(self, pixels: NDArray[Number]) -> NDArray[Number]:
        """Pixels (…, row, col) in the order in which they are stored, in the order of ``grid``."""
        return self.part.turned(pixels) if self.part else pixels

    def require_unchanged(self) -> None:
        """Raise unless the files on the disk are still those that were opened.

        Raises:
            InputError: INPUT_CHANGED.
        """
        require_same(self.stamps, self.label)


def can_hold(dtype: str, value: Union[int, float]) -> bool:
    """Whether a value can stand in a band of the type: an integer within its limits, any in one of reals."""
    if np.dtype(dtype).kind == "f":
        return True
    limits = np.iinfo(dtype)
    return bool(np.isfinite(value)) and value == int(value) and bool(limits.min <= value <= limits.max)


def open_dataset(source: RasterSource) -> Dataset:
    """Open a raster for reading.

    Raises:
        InputError: GDAL cannot open it: RASTER_IS_SERVICE where it looks like a web service or a database layer,
            INPUT_UNTRUSTED where it leads to what is no file, else RASTER_UNREADABLE.
    """
    with gdal_failures(lambda words: unreadable(source, words)):
        return open_raster(source.path, source.label(), source.shows)


def look_at(source: RasterSource) -> RasterFile:
    """Read a raster's facts.

    Raises:
        InputError: it cannot be opened, is a web service without pixels, holds no bands or complex numbers, has
            no CRS or does not say where its pixels lie.
    """
    stamps = stamps_of([source.path])  # before anything is read of it
    dataset = open_dataset(source)
    if dataset.RasterCount == 0:
        raise unreadable(source, f"no bands, but {len(dataset.GetSubDatasets())} subdatasets")
    service = dataset.GetDriver().ShortName in _SERVICE_DRIVERS
    if service:
        _require_answer(dataset, source)
    with gdal_failures(lambda words: unreadable(source, words)):
        grid = _grid_of(dataset, source)
        bands = [dataset.GetRasterBand(number + 1) for number in range(dataset.RasterCount)]
        alpha = alpha_of(bands, ask_pixels=not service)
        bad = bad_bands(dataset)
        described = [replace(_describe(band, source), bad=number in bad) for number, band in enumerate(bands, 1)]
        tagged = described[-1] if len(bands) > 1 and is_tagged(bands[-1]) else None
        cols, rows = bands[0].GetBlockSize()
        paths = tuple(dataset.GetFileList() or ())
    values = tuple(band for band in described if band.number != alpha)
    stamps += tuple(stamp for stamp in stamps_of(paths) if stamp not in stamps)
    return RasterFile(source, grid, values, alpha, (int(rows), int(cols)), paths, tagged, stamps)


def _require_answer(dataset: Dataset, source: RasterSource) -> None:
    """Ask a web service for one pixel: before hours of work, not in the middle of them."""
    with gdal_failures(lambda words: no_service(source, "a web service that returned no pixels", words)):
        dataset.GetRasterBand(1).ReadRaster(0, 0, dataset.RasterXSize, dataset.RasterYSize, 1, 1)


def _grid_of(dataset: Dataset, source: RasterSource) -> Grid:
    crs_wkt = wkt_of(dataset.GetSpatialRef())
    if crs_wkt is None:
        raise InputError(
            ErrorCode.RASTER_WITHOUT_CRS,
            subject=source.label(),
            found="a raster without a coordinate reference system",
            expected="a raster with a coordinate reference system",
            remedy="Set the CRS of the layer in QGIS, or assign it to the file (Raster ▸ Projections ▸ Assign "
            "Projection).",
        )
    transform = dataset.GetGeoTransform(can_return_null=True)
    if transform is None:
        points = ", only ground control points" if dataset.GetGCPCount() else ""
        raise without_geotransform(source, f"no geotransform{points}")
    try:
        return Grid(crs_wkt, tuple(transform), dataset.RasterYSize, dataset.RasterXSize)
    except ValueError as error:
        raise without_geotransform(source, str(error)) from error


def _describe(band: GdalBand, source: RasterSource) -> RasterBand:
    number = int(band.GetBand())
    dtype = gdal_array.GDALTypeCodeToNumericTypeCode(band.DataType)
    if dtype is None or np.issubdtype(dtype, np.complexfloating):
        raise unreadable(source, f"band {number} has the data type {gdal.GetDataTypeName(band.DataType)}")
    flags = band.GetMaskFlags()
    plain = bool(flags & (gdal.GMF_ALL_VALID | gdal.GMF_ALPHA)) or flags == gdal.GMF_NODATA
    if band.GetMetadataItem("PIXELTYPE", "IMAGE_STRUCTURE") == "SIGNEDBYTE":  # how GDAL before 3.7 says int8
        dtype = np.int8
    scale, offset = band.GetScale(), band.GetOffset()  # None where the file declares none
    return RasterBand(
        number,
        _name_of(band, number),
        np.dtype(dtype).name,
        band.GetNoDataValue(),
        not plain,
        1.0 if scale is None else float(scale),
        0.0 if offset is None else float(offset),
    )


def _name_of(band: GdalBand, number: int) -> str:
    description = str(band.GetDescription()).strip()
    if description and not says_only_its_number(description, number):
        return description
    for domain, item, unit in _WAVELENGTH_ITEMS:
        value = band.GetMetadataItem(item, domain)
        if value:
            name = wavelength_name(value, unit or band.GetMetadataItem("wavelength_units") or "")
            if name:
                return name
    return ""
