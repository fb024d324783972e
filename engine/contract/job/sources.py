"""The inputs of jobs: rasters of a sensor, labels, vector layers, extents."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Optional, Union

from ..wire import CodecError, require_color


class Layout(str, Enum):
    """The layout of the rasters of one sensor."""

    AUTO = "auto"
    SCENES = "scenes"  # rasters of different areas
    BANDS = "bands"  # one file per band on one grid
    DATES = "dates"  # one raster per date of the same area
    STACK = "stack"  # one raster with its bands ordered by date


@dataclass(frozen=True)
class RasterSource:
    """A raster: ``path`` is what GDAL opens, ``name`` the layer's name for messages, bands and dates.

    ``shows`` is the source opened in QGIS if ``path`` is a virtual raster that adds the layer's settings to it.
    """

    path: str
    name: str = ""
    shows: str = ""

    def label(self) -> str:
        """The display name: the layer's name, else the file's."""
        return self.name or Path(self.path).name or self.path


@dataclass(frozen=True)
class SensorSpec:
    """One sensor as specified by the user; ``bands`` are names or 1-based numbers, none = all.

    ``dates`` is the number of dates in an unnamed stack, None if given by names. ``nodata`` are nodata values
    of all bands, in addition to those declared in the files. ``mask`` defines the values or bits of a band that mark
    pixels as nodata (:mod:`.quality`); ``mask_rasters`` contain that band if ``rasters`` do not.
    """

    name: str
    rasters: tuple[RasterSource, ...]
    layout: Layout = Layout.AUTO
    bands: tuple[str, ...] = ()
    dates: Optional[int] = None
    nodata: tuple[float, ...] = ()
    mask: str = ""
    mask_rasters: tuple[RasterSource, ...] = ()

    def __post_init__(self) -> None:
        require_finite("nodata", self.nodata)
        if not self.name.strip():
            raise CodecError("name", "an empty name", "a name for the sensor")
        if not self.rasters:
            raise CodecError("rasters", "no raster", "at least one raster")
        if self.dates is not None and self.dates < 1:
            raise CodecError("dates", str(self.dates), "a number of dates from 1")
        require_mask("mask", self.mask, self.mask_rasters)


@dataclass(frozen=True)
class ClassColor:
    """The symbology of a class in the label layer: its value as text, its colour ``#rrggbb``, its legend entry."""

    value: str
    color: str
    name: str = ""

    def __post_init__(self) -> None:
        require_color(self.color)


@dataclass(frozen=True)
class VectorSource:
    """A vector layer: the OGR data source, the layer in it, the name for messages."""

    path: str
    layer: str = ""
    name: str = ""

    def label(self) -> str:
        """The display name."""
        return self.name or self.layer or Path(self.path).name


@dataclass(frozen=True)
class VectorLabels:
    """Points or polygons with the labels in one field, or in several (multi-label, multi-target).

    ``nodata`` are values or class names that mean "no class"; None = the usual names in common languages. An empty
    tuple: none.
    """

    source: VectorSource
    fields: tuple[str, ...]
    group_field: Optional[str] = None
    colors: tuple[ClassColor, ...] = ()
    nodata: Optional[tuple[str, ...]] = None

    def __post_init__(self) -> None:
        require("fields", bool(self.fields), "no field", "at least one label field")
        twice = sorted({name for name in self.fields if self.fields.count(name) > 1})
        require("fields", not twice, f"{', '.join(twice)} more than once", "each label field once")

    def paths(self) -> tuple[str, ...]:
        """The files of the labels."""
        return (self.source.path,)


@dataclass(frozen=True)
class RasterLabels:
    """Label rasters, whose nodata means no class: one, or one per scene.

    ``band`` is the name or number of the label band, empty if there is only one. ``nodata`` as in
    :class:`VectorLabels`.
    """

    rasters: tuple[RasterSource, ...]
    colors: tuple[ClassColor, ...] = ()
    band: str = ""
    nodata: Optional[tuple[str, ...]] = None

    def paths(self) -> tuple[str, ...]:
        """The files of the labels."""
        return tuple(raster.path for raster in self.rasters)


Labels = Union[VectorLabels, RasterLabels]


@dataclass(frozen=True)
class Extent:
    """A rectangle in a CRS (WKT or ``EPSG:n``); in degrees, x_min > x_max crosses 180°."""

    x_min: float
    y_min: float
    x_max: float
    y_max: float
    crs: str


def require(name: str, holds: bool, found: object, expected: str) -> None:
    """Raise a CodecError for the field unless the condition holds."""
    if not holds:
        raise CodecError(name, str(found), expected)


def require_finite(name: str, numbers: tuple[float, ...]) -> None:
    """Raise a CodecError unless all numbers are finite."""
    for number in numbers:
        require(name, math.isfinite(number), number, "finite numbers (NaN and infinity are nodata anyway)")


def require_mask(name: str, text: str, rasters: tuple[RasterSource, ...]) -> None:
    """Require the meaning of mask values along with a training's mask rasters; a model contains it."""
    from .quality import GRAMMAR, mask_rules  # needed only for jobs, while QGIS loads the defaults at its start

    if not mask_rules(text, name) and rasters:
        raise CodecError(name, "mask rasters without a quality mask", GRAMMAR)
