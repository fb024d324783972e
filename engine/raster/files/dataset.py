"""One raster as opened by GDAL: its grid, its bands and how they mark valid pixels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Optional, Union

import numpy as np
from numpy.typing import NDArray

from ...contract import ErrorCode, InputError, RasterSource, number_text
from ...contract.naming import says_only_its_number, wavelength_name
from ...contract.wire import decoded
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

# GDAL opens these without network access; whether pixels are available shows only on reading.
_SERVICE_DRIVERS = ("WMS", "WMTS", "WCS", "OGCAPI", "PLMosaic", "EEDAI", "DAAS", "NGW", "PostGISRaster")
_WAVELENGTH_ITEMS = (  # metadata domain, item, unit if no other item states it
    ("IMAGERY", "CENTRAL_WAVELENGTH_UM", "um"),
    ("", "central_wavelength_um", "um"),
    ("", "wavelength", ""),
    ("", "WAVELENGTH", ""),
)


@dataclass(frozen=True)
class RasterBand:
    """One band of a file.

    ``number`` counts from 1. ``name`` is empty if the file has none. ``nodata`` is in the band's own type.
    ``masked``: a mask band of the file, other than nodata and alpha, marks the valid pixels. ``scale``
    and ``offset`` are what the file declares; values are read as stored, without them. ``added_nodata`` are values that
    the user declares as nodata, too. ``bad``: the band is in the file's bad band list (ENVI's ``bbl``).
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
    """A raster's properties, read once; pixels are read through a :class:`~.scene.Scene`.

    ``bands`` are those with values; ``alpha`` is the number of the band that only marks valid pixels.
    ``tagged`` is the file's last band if it is tagged as alpha, whether it is used as such or as values.
    ``block_shape`` is (rows, cols) of the blocks the file is stored in. ``paths`` are the files it consists of: itself,
    its sidecars, the sources of a virtual raster; ``stamps`` are the state of those on disk when it was opened.
    ``part`` is the used part, of which ``grid`` is then the grid; None if all of it is used, unflipped.
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
        """The name shown to the user."""
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
        """Notes for the user on how the file is read."""
        notes = []
        if self.alpha is not None:
            notes.append(f"Band {self.alpha} is treated as an alpha band (0 is nodata).")
        elif self.tagged:
            notes.append(f"Band {self.tagged.number} is tagged as alpha but used as a data band.")
        return (*notes, *self._notes_on_nodata())

    def _notes_on_nodata(self) -> tuple[str, ...]:
        """Notes on added nodata values that no band can hold: mistyped, or meant for another raster."""
        given = self.bands[0].added_nodata if self.bands else ()
        dtypes = sorted({band.dtype for band in self.bands})
        never = [number_text(value) for value in given if not any(can_hold(dtype, value) for dtype in dtypes)]
        if not never:
            return ()
        return (f"Nodata values that cannot occur in the data type {', '.join(dtypes)}: {', '.join(never)}.",)

    def with_alpha_as_values(self) -> RasterFile:
        """The same file with its last band as values although it is tagged as alpha."""
        if self.tagged is None or self.alpha is None:
            return self
        return replace(self, bands=(*self.bands, self.tagged), alpha=None)

    def with_nodata(self, values: tuple[float, ...]) -> RasterFile:
        """The same file with these values as nodata in every band, in addition to those it declares."""
        bands = tuple(replace(band, added_nodata=values) for band in self.bands)
        return replace(self, bands=bands, tagged=self.tagged and replace(self.tagged, added_nodata=values))

    def cut(self, part: Part, grid: Grid) -> RasterFile:
        """The file restricted to a part of its pixels, with the grid ``grid``."""
        if part == Part(self.grid.window()):
            return self
        return replace(self, grid=grid, part=self.part.part(part) if self.part else part)

    def stored(self, window: Window) -> Window:
        """The window in the file of a window of ``grid``."""
        return self.part.stored(window) if self.part else window

    def turned(self, pixels: NDArray[Number]) -> NDArray[Number]:
        """Pixels (…, row, col) in file order, converted to the order of ``grid``."""
        return self.part.turned(pixels) if self.part else pixels

    def require_unchanged(self) -> None:
        """Raise unless the files on disk are unchanged since they were opened.

        Raises:
            InputError: INPUT_CHANGED.
        """
        require_same(self.stamps, self.label)


def can_hold(dtype: str, value: Union[int, float]) -> bool:
    """Whether a band of this type can hold a value: integers within its limits; any value in a float band."""
    if np.dtype(dtype).kind == "f":
        return True
    limits = np.iinfo(dtype)
    return bool(np.isfinite(value)) and value == int(value) and bool(limits.min <= value <= limits.max)


def open_dataset(source: RasterSource) -> Dataset:
    """Open a raster for reading.

    Raises:
        InputError: GDAL cannot open it: RASTER_IS_SERVICE if it looks like a web service or a database layer,
            INPUT_UNTRUSTED if it refers to anything but files, else RASTER_UNREADABLE.
    """
    with gdal_failures(lambda words: unreadable(source, words)):
        return open_raster(source.path, source.label(), source.shows)


def look_at(source: RasterSource) -> RasterFile:
    """Read a raster's properties.

    Raises:
        InputError: it cannot be opened, is a web service without pixels, has no bands, has complex numbers, has
            no CRS or no geotransform.
    """
    stamps = stamps_of([source.path])  # before anything is read from it
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
    """Read one pixel from a web service, to fail before hours of work and not during them."""
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
    if band.GetMetadataItem("PIXELTYPE", "IMAGE_STRUCTURE") == "SIGNEDBYTE":  # how GDAL before 3.7 marks int8
        dtype = np.int8
    scale, offset = band.GetScale(), band.GetOffset()  # None if the file declares none
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
    description = decoded(band.GetDescription()).strip()
    if description and not says_only_its_number(description, number):
        return description
    for domain, item, unit in _WAVELENGTH_ITEMS:
        value = band.GetMetadataItem(item, domain)
        if value:
            name = wavelength_name(decoded(value), unit or decoded(band.GetMetadataItem("wavelength_units") or ""))
            if name:
                return name
    return ""
