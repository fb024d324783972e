"""A product's files as one virtual raster: named bands, values as reflectance in ten-thousandths, quality bands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from ...contract import ErrorCode, InputError
from .. import close_dataset, gdal, gdal_failures

# Formats are recognized by content, never by name alone: a “.jp2” that is a list of URLs is not followed.
_DRIVERS = ["JP2OpenJPEG", "JP2KAK", "JP2ECW", "JP2MrSID", "JPEG2000", "GTiff", "COG", "ENVI"]
PER_UNIT = 10_000.0  # the value of reflectance 1, as stored by Sentinel-2 and EnMAP
SCALE = 1 / PER_UNIT


@dataclass(frozen=True)
class ProductBand:
    """A band of a product: its name, where it is stored, how stored numbers are converted to values.

    ``value = stored · ratio + offset``; ``nodata`` is the stored nodata value. A quality band is used as
    stored, whatever its pixel size. ``scale`` is the factor from values to physical units.
    """

    name: str
    path: str
    number: int = 1
    ratio: float = 1.0
    offset: float = 0.0
    nodata: float = 0.0
    scale: float = SCALE
    quality: bool = False


def virtual_product(bands: Sequence[ProductBand], subject: str) -> str:
    """The XML of a virtual raster of the bands, on the grid of the first; GDAL opens the text, no file is written.

    Raises:
        InputError: PRODUCT_UNUSABLE, a file that is damaged or not in a format of these products.
    """
    facts = {path: _facts_of(path, subject) for path in dict.fromkeys(band.path for band in bands)}
    base = facts[bands[0].path]
    return "".join(
        [
            f'<VRTDataset rasterXSize="{base.cols}" rasterYSize="{base.rows}">',
            f"<SRS>{_text(base.srs)}</SRS>",
            f"<GeoTransform>{', '.join(repr(value) for value in base.transform)}</GeoTransform>",
            *(_band_xml(number, band, facts[band.path], base) for number, band in enumerate(bands, 1)),
            "</VRTDataset>",
        ]
    )


@dataclass(frozen=True)
class _Facts:
    """The properties of a file needed to refer to it."""

    rows: int
    cols: int
    transform: tuple[float, ...]
    srs: str
    dtype: str
    block: tuple[int, int]  # cols, rows


def open_member(path: str, subject: str) -> Any:
    """Open a file of a product, only with the drivers of product formats.

    Raises:
        InputError: PRODUCT_UNUSABLE.
    """
    with gdal_failures(lambda words: unusable(subject, f"{path}, which cannot be read ({words})")):
        return gdal.OpenEx(path, gdal.OF_RASTER | gdal.OF_VERBOSE_ERROR, allowed_drivers=_DRIVERS)


def unusable(subject: str, found: str, expected: str = "a complete product, as delivered") -> InputError:
    """PRODUCT_UNUSABLE."""
    return InputError(
        ErrorCode.PRODUCT_UNUSABLE,
        subject=subject,
        found=found,
        expected=expected,
        remedy="Download or unpack the product again, or use its band files as rasters.",
    )


def _facts_of(path: str, subject: str) -> _Facts:
    dataset = open_member(path, subject)
    band = dataset.GetRasterBand(1)
    block = band.GetBlockSize()
    facts = _Facts(
        dataset.RasterYSize,
        dataset.RasterXSize,
        tuple(dataset.GetGeoTransform()),
        dataset.GetProjection() or "",
        gdal.GetDataTypeName(band.DataType),
        (int(block[0]), int(block[1])),
    )
    close_dataset(dataset)
    return facts


def _band_xml(number: int, band: ProductBand, facts: _Facts, base: _Facts) -> str:
    source = (
        f'<SourceFilename relativeToVRT="0">{_text(band.path)}</SourceFilename><SourceBand>{band.number}</SourceBand>'
        f'<SrcRect xOff="0" yOff="0" xSize="{facts.cols}" ySize="{facts.rows}"/>'
        f'<DstRect xOff="0" yOff="0" xSize="{base.cols}" ySize="{base.rows}"/>'
    )
    start = (
        f'<VRTRasterBand dataType="{facts.dtype if band.quality else "Float32"}" band="{number}" '
        f'blockXSize="{facts.block[0]}" blockYSize="{facts.block[1]}"><Description>{_text(band.name)}</Description>'
    )
    if band.quality:
        return f"{start}<SimpleSource>{source}</SimpleSource></VRTRasterBand>"
    return (
        f"{start}<NoDataValue>nan</NoDataValue><Scale>{band.scale!r}</Scale><ComplexSource>{source}"
        f"<ScaleOffset>{band.offset!r}</ScaleOffset><ScaleRatio>{band.ratio!r}</ScaleRatio>"
        f"<NODATA>{band.nodata!r}</NODATA></ComplexSource></VRTRasterBand>"
    )


def _text(value: str) -> str:
    return escape(value, quote=False)
