"""Raster layers with settings in QGIS that are not in their file: CRS, nodata values, open options.

They are passed on as a virtual raster (VRT): a few lines of XML that refer to the file and add the user's settings.
The settings are taken from QGIS; the file's own band metadata is repeated (:mod:`.band_metadata`).
"""

from __future__ import annotations

import os
import re
from html import escape
from typing import Optional

from qgis.core import QgsPoint, QgsRasterDataProvider, QgsRasterLayer

from ...engine.contract import ErrorCode, InputError, number_text
from ..messages import tr
from .band_metadata import BandMetadata, metadata_of
from .sources import crs_text, gdal_source, open_options

MOST_NODATA_VALUES = 2  # one declared by the virtual raster, and one that it replaces with the first
TOLERANCE_PX = 1e-3


def says_more_than_its_file(layer: QgsRasterLayer) -> bool:
    """Whether settings made in QGIS change what the layer's pixels mean or where they lie."""
    provider = layer.dataProvider()
    return (
        layer.crs() != provider.crs()
        or bool(open_options(layer.source()))
        or any(_nodata_differs(provider, band) for band in range(1, provider.bandCount() + 1))
    )


def virtual_raster(layer: QgsRasterLayer) -> str:
    """The XML of a virtual raster that GDAL reads as QGIS reads the layer.

    Raises:
        InputError: RASTER_SETTINGS, for settings it cannot hold.
    """
    source = _source_xml(layer)
    metadata = metadata_of(gdal_source(layer.source()), open_options(layer.source()))
    if metadata is None:
        raise _unreadable(layer)
    crs = layer.crs()
    return "\n".join(
        [
            f'<VRTDataset rasterXSize="{layer.width()}" rasterYSize="{layer.height()}">',
            f"<SRS>{escape(crs_text(crs))}</SRS>" if crs.isValid() else "",
            _geotransform_xml(layer),
            metadata.xml,
            *(_band_xml(layer, source, number, band) for number, band in enumerate(metadata.bands, start=1)),
            _mask_xml(source, 1) if metadata.masked else "",
            "</VRTDataset>\n",
        ]
    )


def _unreadable(layer: QgsRasterLayer) -> InputError:
    return InputError(
        ErrorCode.RASTER_UNREADABLE,
        subject=layer.name(),
        found=tr("a raster that GDAL cannot open, with layer settings made in QGIS"),
        expected=tr("a raster that GDAL can open"),
        remedy=tr(
            "Export the layer as a GeoTIFF with raw data (right-click > Export > Save As…) and choose that file."
        ),
    )


def file_name(layer: QgsRasterLayer) -> str:
    """A file name for the virtual raster that contains the same dates and bands as the original's."""
    stem = os.path.splitext(os.path.basename(gdal_source(layer.source())))[0]
    return (re.sub(r'[<>:"|?*\\/\s]+', "_", stem)[:100] or "raster") + ".vrt"


def _nodata_differs(provider: QgsRasterDataProvider, band: int) -> bool:
    own = [provider.sourceNoDataValue(band)] if provider.sourceHasNoDataValue(band) else []
    return [repr(value) for value in own] != [repr(value) for value in _nodata_values(provider, band, *own)]


def _nodata_values(provider: QgsRasterDataProvider, band: int, own: Optional[float] = None) -> list[float]:
    """The band's nodata values: the file's ``own`` first, if it is in use. Of ranges, the lower end."""
    values = [own] if own is not None and provider.useSourceNoDataValue(band) else []
    return values + [each.min() for each in provider.userNoDataValues(band) if each.min() not in values]


def _require_simple_nodata(layer: QgsRasterLayer, band: int, values: list[float]) -> None:
    provider = layer.dataProvider()
    own = provider.userNoDataValues(band)
    ranges = [f"{number_text(each.min())} … {number_text(each.max())}" for each in own if each.min() != each.max()]
    if ranges:
        raise _refused(layer, tr("a range of nodata values, {values}, in band {band}"), ", ".join(ranges), band)
    if len(values) > MOST_NODATA_VALUES:
        listed = ", ".join(map(number_text, values))
        raise _refused(layer, tr("the nodata values {values} in band {band}"), listed, band)
    if own and (provider.bandScale(band), provider.bandOffset(band)) != (1.0, 0.0):
        listed = ", ".join(number_text(each.min()) for each in own)
        raise _refused(layer, tr("the additional nodata value {values} in the scaled band {band}"), listed, band)


def _refused(layer: QgsRasterLayer, found: str, values: str, band: int) -> InputError:
    return InputError(
        ErrorCode.RASTER_SETTINGS,
        subject=layer.name(),
        found=found.format(values=values, band=band),
        expected=tr("at most two nodata values for an unscaled band, including the one of the file, and no range"),
        remedy=tr(
            "Remove them in the layer properties (Transparency), or export the layer as a GeoTIFF with raw data and "
            "a single nodata value (right-click > Export > Save As…) and choose that file."
        ),
    )


def _geotransform_xml(layer: QgsRasterLayer) -> str:
    """The geotransform; empty if the file has none (QGIS then uses pixel coordinates).

    Raises:
        InputError: RASTER_SETTINGS; QGIS resamples a rotated or upside-down raster and does not expose its size.
    """
    extent = layer.extent()
    cols, rows = layer.width(), layer.height()
    pixel_x, pixel_y = extent.width() / cols, extent.height() / rows
    expected = {
        (0, 0): (extent.xMinimum(), extent.yMaximum()),
        (cols, 0): (extent.xMaximum(), extent.yMaximum()),
        (0, rows): (extent.xMinimum(), extent.yMinimum()),
    }
    for (col, row), (x, y) in expected.items():
        place = layer.dataProvider().transformCoordinates(
            QgsPoint(col, row), QgsRasterDataProvider.TransformType.TransformImageToLayer
        )
        if place.isEmpty():
            return ""
        if abs(place.x() - x) > TOLERANCE_PX * pixel_x or abs(place.y() - y) > TOLERANCE_PX * pixel_y:
            raise InputError(
                ErrorCode.RASTER_SETTINGS,
                subject=layer.name(),
                found=tr("a rotated or south-up raster, with layer settings made in QGIS"),
                expected=tr("a north-up raster"),
                remedy=tr("Warp it (Raster > Projections > Warp) and use the result."),
            )
    values = (extent.xMinimum(), pixel_x, 0.0, extent.yMaximum(), 0.0, -pixel_y)
    return f"<GeoTransform>{', '.join(repr(value) for value in values)}</GeoTransform>"


def _source_xml(layer: QgsRasterLayer) -> str:
    """The file that the pixels come from, with its open options."""
    options = [option.partition("=") for option in open_options(layer.source())]
    options_xml = "".join(f'<OOI key="{escape(key)}">{escape(value)}</OOI>' for key, _equals, value in options)
    return f'<SourceFilename relativeToVRT="0">{escape(gdal_source(layer.source()))}</SourceFilename>' + (
        f"<OpenOptions>{options_xml}</OpenOptions>" if options_xml else ""
    )


def _band_xml(layer: QgsRasterLayer, source: str, number: int, band: BandMetadata) -> str:
    """One band; a second nodata value is replaced by the first on reading."""
    provider = layer.dataProvider()
    values = _nodata_values(provider, number, band.nodata)
    _require_simple_nodata(layer, number, values)
    kind = "ComplexSource" if len(values) > 1 else "SimpleSource"
    return "".join(
        [
            f'<VRTRasterBand dataType="{band.dtype}" band="{number}" '
            f'blockXSize="{provider.xBlockSize()}" blockYSize="{provider.yBlockSize()}">',
            band.xml,
            f"<NoDataValue>{values[0]!r}</NoDataValue>" if values else "",
            f"<{kind}>{source}<SourceBand>{number}</SourceBand>",
            f"<NODATA>{values[1]!r}</NODATA>" if len(values) > 1 else "",
            f"</{kind}>",
            _mask_xml(source, number) if band.masked else "",
            "</VRTRasterBand>",
        ]
    )


def _mask_xml(source: str, number: int) -> str:
    return (
        '<MaskBand><VRTRasterBand dataType="Byte"><SimpleSource>'
        f"{source}<SourceBand>mask,{number}</SourceBand></SimpleSource></VRTRasterBand></MaskBand>"
    )
