"""Raster layers for which QGIS knows more than their file says: the CRS, no data values, options of opening.

They are passed on as a virtual raster (VRT): a few lines of XML that refer to the file and add what the person set.
Everything is taken from QGIS and written by hand, because GDAL's own bindings are the engine's and not the plugin's.
"""

from __future__ import annotations

import os
import re
from html import escape
from typing import Any, Optional

from qgis.core import Qgis, QgsPoint, QgsRaster, QgsRasterDataProvider, QgsRasterLayer, QgsRectangle

from ..engine.contract.errors import ErrorCode, InputError
from .messages import tr
from .sources import crs_text, gdal_source, open_options

MOST_NODATA_VALUES = 2  # one the virtual raster declares, one more it replaces by that
TOLERANCE_PX = 1e-3
_TYPES = "Byte Int8 UInt16 Int16 UInt32 Int32 Float32 Float64 CInt16 CInt32 CFloat32 CFloat64"
_COLORS = {
    "GrayIndex": "Gray",
    "PaletteIndex": "Palette",
    "RedBand": "Red",
    "GreenBand": "Green",
    "BlueBand": "Blue",
    "AlphaBand": "Alpha",
}


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
    provider = layer.dataProvider()
    source = _source_xml(layer)
    count = provider.bandCount()
    masked = _color_of(provider, count) == "Alpha" and not _is_stored(layer, source, count)
    bands = [_band_xml(layer, source, band) for band in range(1, count + (not masked))]
    crs = layer.crs()
    return "\n".join(
        [
            f'<VRTDataset rasterXSize="{layer.width()}" rasterYSize="{layer.height()}">',
            f"<SRS>{escape(crs_text(crs))}</SRS>" if crs.isValid() else "",
            _geotransform_xml(layer),
            *bands,
            _mask_xml(source) if masked else "",
            "</VRTDataset>\n",
        ]
    )


def file_name(layer: QgsRasterLayer) -> str:
    """A name for the virtual raster that tells dates and bands as the file's own does."""
    stem = os.path.splitext(os.path.basename(gdal_source(layer.source())))[0]
    return (re.sub(r'[<>:"|?*\\/\s]+', "_", stem)[:100] or "raster") + ".vrt"


def _nodata_differs(provider: QgsRasterDataProvider, band: int) -> bool:
    own = [provider.sourceNoDataValue(band)] if provider.sourceHasNoDataValue(band) else []
    return [repr(value) for value in own] != [repr(value) for value in _nodata_values(provider, band)]


def _nodata_values(provider: QgsRasterDataProvider, band: int) -> list[float]:
    """The band's no data values: the file's first, where it is in use. The lower ends of ranges."""
    used = provider.sourceHasNoDataValue(band) and provider.useSourceNoDataValue(band)
    values = [provider.sourceNoDataValue(band)] if used else []
    return values + [each.min() for each in provider.userNoDataValues(band) if each.min() not in values]


def _require_simple_nodata(layer: QgsRasterLayer, band: int) -> None:
    provider = layer.dataProvider()
    own = provider.userNoDataValues(band)
    ranges = [f"{each.min():g} … {each.max():g}" for each in own if each.min() != each.max()]
    values = _nodata_values(provider, band)
    if ranges:
        raise _refused(layer, tr("a range of no data values, {told}, in band {band}"), ", ".join(ranges), band)
    if len(values) > MOST_NODATA_VALUES:
        told = ", ".join(f"{value:g}" for value in values)
        raise _refused(layer, tr("the no data values {told} in band {band}"), told, band)
    if own and (provider.bandScale(band), provider.bandOffset(band)) != (1.0, 0.0):
        told = ", ".join(f"{each.min():g}" for each in own)
        raise _refused(layer, tr("the additional no data value {told} in band {band}, which is scaled"), told, band)


def _refused(layer: QgsRasterLayer, found: str, told: str, band: int) -> InputError:
    return InputError(
        ErrorCode.RASTER_SETTINGS,
        subject=layer.name(),
        found=found.format(told=told, band=band),
        expected=tr("at most two no data values for a band that is not scaled, the file's own included, and no range"),
        remedy=tr(
            "Remove them in the layer's properties (Transparency), or save the layer as a GeoTIFF of raw data with one "
            "no data value (right click > Export > Save As…) and choose that."
        ),
    )


def _geotransform_xml(layer: QgsRasterLayer) -> str:
    """Where the pixels lie; nothing where the file does not say it (QGIS then counts pixels).

    Raises:
        InputError: RASTER_SETTINGS; QGIS shows a rotated or upside-down raster resampled and does not tell its size.
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
                found=tr("a raster that is rotated or upside down, with settings made in QGIS"),
                expected=tr("rows that run from west to east and from north to south"),
                remedy=tr("Warp it (Raster > Projections > Warp) and use the result."),
            )
    values = (extent.xMinimum(), pixel_x, 0.0, extent.yMaximum(), 0.0, -pixel_y)
    return f"<GeoTransform>{', '.join(repr(value) for value in values)}</GeoTransform>"


def _source_xml(layer: QgsRasterLayer) -> str:
    """Which file the pixels come from, and how it is opened."""
    options = [option.partition("=") for option in open_options(layer.source())]
    told = "".join(f'<OOI key="{escape(key)}">{escape(value)}</OOI>' for key, _equals, value in options)
    return f'<SourceFilename relativeToVRT="0">{escape(gdal_source(layer.source()))}</SourceFilename>' + (
        f"<OpenOptions>{told}</OpenOptions>" if told else ""
    )


def _band_xml(layer: QgsRasterLayer, source: str, band: int) -> str:
    """One band; a second no data value is replaced by the first while reading."""
    _require_simple_nodata(layer, band)
    provider = layer.dataProvider()
    values = _nodata_values(provider, band)
    description = _description(provider, band)
    color = _color_of(provider, band)
    kind = "ComplexSource" if len(values) > 1 else "SimpleSource"
    return "".join(
        [
            f'<VRTRasterBand dataType="{_type_of(provider, band)}" band="{band}" '
            f'blockXSize="{provider.xBlockSize()}" blockYSize="{provider.yBlockSize()}">',
            f"<Description>{escape(description)}</Description>" if description else "",
            f"<NoDataValue>{values[0]!r}</NoDataValue>" if values else "",
            f"<ColorInterp>{color}</ColorInterp>" if color else "",
            f"<{kind}>{source}<SourceBand>{band}</SourceBand>",
            f"<NODATA>{values[1]!r}</NODATA>" if len(values) > 1 else "",
            f"</{kind}></VRTRasterBand>",
        ]
    )


def _mask_xml(source: str) -> str:
    return (
        '<MaskBand><VRTRasterBand dataType="Byte"><SimpleSource>'
        f"{source}<SourceBand>mask,1</SourceBand></SimpleSource></VRTRasterBand></MaskBand>"
    )


def _is_stored(layer: QgsRasterLayer, source: str, band: int) -> bool:
    """Whether a pixel of this band can be read: QGIS shows a file's mask as one more band, of the colour alpha."""
    probe = QgsRasterLayer(
        f'<VRTDataset rasterXSize="{layer.width()}" rasterYSize="{layer.height()}">'
        f'<GeoTransform>0, 1, 0, 0, 0, -1</GeoTransform><VRTRasterBand dataType="Byte" band="1"><SimpleSource>{source}'
        f"<SourceBand>{band}</SourceBand></SimpleSource></VRTRasterBand></VRTDataset>",
        "probe",
        "gdal",
    )
    return probe.isValid() and probe.dataProvider().block(1, QgsRectangle(0, -1, 1, 0), 1, 1).isValid()


def _description(provider: QgsRasterDataProvider, band: int) -> str:
    """What the file calls the band; QGIS tells it as “Band 01: red”, in the user's language."""
    match = re.match(rf"\D*0*{band}: (?P<description>.*)", provider.generateBandName(band), re.DOTALL)
    return match["description"] if match else ""


def _type_of(provider: QgsRasterDataProvider, band: int) -> str:
    """GDAL's name of the band's type; Float32 where QGIS applies a scale (raw values are read all the same)."""
    return _named(Qgis.DataType, _TYPES.split(), provider.dataType(band)) or "Float64"


def _color_of(provider: QgsRasterDataProvider, band: int) -> str:
    return _COLORS.get(_named(QgsRaster.ColorInterpretation, _COLORS, provider.colorInterpretation(band)) or "", "")


def _named(kind: Any, names: Any, value: object) -> Optional[str]:
    """The name of an enumeration's member, among ``names`` (not every QGIS has them all)."""
    return next((name for name in names if getattr(kind, name, None) == value), None)
