"""Names and colours of classes inside a raster file, as GDAL and QGIS read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...contract import LabelClass, RasterSource
from ...contract.wire import decoded
from .. import gdal
from ..files import open_dataset

GdalBand = Any


@dataclass(frozen=True)
class ClassCount:
    """A class's share of a map: number of pixels, and ground area in square metres."""

    pixels: int
    area_m2: float


def add_colors(band: GdalBand, classes: Sequence[LabelClass], dtype: np.dtype[Any]) -> None:
    """Give an 8-bit band category names and a colour table, before any pixel is written.

    Category names are a list over all codes from 0, feasible only for 8 bits. They are stored in the ``.aux.xml``
    next to the file.
    """
    if dtype.itemsize == 1:
        band.SetColorTable(_color_table(classes))
        band.SetCategoryNames(_category_names(classes))


def add_table(band: GdalBand, classes: Sequence[LabelClass], counts: Sequence[ClassCount] = ()) -> None:
    """Give a band an attribute table: names, colours, and numbers of pixels and areas if counted.

    It is stored in the ``.aux.xml`` next to the file.

    Args:
        counts: the counts of each class, in the order of the classes; empty if not counted.
    """
    table = _attribute_table(classes)
    if counts:
        _add_counts(table, counts)
    band.SetDefaultRAT(table)


def category_names(source: RasterSource, number: int = 1) -> dict[int, str]:
    """The category names of a raster's band, by code; empty if it has none.

    Raises:
        InputError: it cannot be opened.
    """
    dataset = open_dataset(source)  # keep the reference: a band without its dataset crashes GDAL
    dataset.GetGeoTransform()  # GDAL 3.6 reads the sidecar only when asked for more than names
    band = dataset.GetRasterBand(number)
    table = band.GetDefaultRAT()
    columns = [-1, -1] if table is None else [table.GetColOfUsage(use) for use in (gdal.GFU_MinMax, gdal.GFU_Name)]
    if min(columns) < 0:
        return {code: decoded(name) for code, name in enumerate(band.GetCategoryNames() or ()) if name}
    rows = range(table.GetRowCount())
    return {table.GetValueAsInt(row, columns[0]): decoded(table.GetValueAsString(row, columns[1])) for row in rows}


def _color_table(classes: Sequence[LabelClass]) -> Any:
    table = gdal.ColorTable()
    for label in classes:
        table.SetColorEntry(label.code, (*rgb(label.color), 255))
    return table


def _category_names(classes: Sequence[LabelClass]) -> list[str]:
    names = [""] * (max(label.code for label in classes) + 1)
    for label in classes:
        names[label.code] = label.name
    return names


def _attribute_table(classes: Sequence[LabelClass]) -> Any:
    table = gdal.RasterAttributeTable()
    table.SetTableType(gdal.GRTT_THEMATIC)
    table.CreateColumn("Value", gdal.GFT_Integer, gdal.GFU_MinMax)
    table.CreateColumn("Class", gdal.GFT_String, gdal.GFU_Name)
    for name, usage in (("Red", gdal.GFU_Red), ("Green", gdal.GFU_Green), ("Blue", gdal.GFU_Blue)):
        table.CreateColumn(name, gdal.GFT_Integer, usage)
    table.SetRowCount(len(classes))
    for row, label in enumerate(classes):
        table.SetValueAsInt(row, 0, label.code)
        table.SetValueAsString(row, 1, label.name)
        for column, part in enumerate(rgb(label.color), start=2):
            table.SetValueAsInt(row, column, part)
    return table


def _add_counts(table: Any, counts: Sequence[ClassCount]) -> None:
    """Add the counts as real numbers, because GDAL's integers end at 2^31."""
    first = table.GetColumnCount()
    table.CreateColumn("Count", gdal.GFT_Real, gdal.GFU_PixelCount)
    table.CreateColumn("Area_m2", gdal.GFT_Real, gdal.GFU_Generic)
    for row, found in enumerate(counts):
        table.SetValueAsDouble(row, first, found.pixels)
        table.SetValueAsDouble(row, first + 1, found.area_m2)


def rgb(color: str) -> tuple[int, int, int]:
    """Red, green and blue (0 to 255) of ``#rrggbb``."""
    red, green, blue = bytes.fromhex(color.removeprefix("#"))
    return red, green, blue
