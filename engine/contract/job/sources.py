"""What jobs are about: rasters of a sensor, labels, vector layers, extents."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Optional, Union

from ..wire import CodecError, require_color


class Layout(str, Enum):
    """How the rasters of one sensor belong together."""

    AUTO = "auto"
    SCENES = "scenes"  # rasters of different places
    BANDS = "bands"  # one file per band on one grid
    DATES = "dates"  # one raster per date of one place
    STACK = "stack"  # one raster whose bands run date by date


@dataclass(frozen=True)
class RasterSource:
    """A raster: ``path`` is what GDAL opens, ``name`` the layer's name for messages, bands and dates.

    ``shows`` is what the person opened in QGIS where ``path`` is a virtual raster that adds the layer's settings to it.
    """

    path: str
    name: str = ""
    shows: str = ""

    def label(self) -> str:
        """The display name: the layer's name, else the file's."""
        return self.name or Path(self.path).name or self.path


@dataclass(frozen=True)
class SensorSpec:
    """One sensor as the person gave it; ``bands`` are names or numbers from 1, none = all.

    ``dates`` is the number of dates in an unnamed stack, None where names tell. ``nodata`` are values that mean nodata
    in every band, beside those that the files declare. ``mask`` says which values or bits of which band make a pixel
    nodata (:mod:`.quality`); ``mask_rasters`` hold that band where ``rasters`` do not.
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
    """How the label layer shows a class: its value as text, its colour ``#rrggbb``, its name in the legend."""

    value: str
    color: str
    name: str = ""

    def __post_init__(self) -> None:
        require_color(self.color)


@dataclass(frozen=True)
class VectorSource:
    """A vector layer: what OGR opens, the layer inside it, the name for messages."""

    path: str
    layer: str = ""
    name: str = ""

    def label(self) -> str:
        """The display name."""
        return self.name or self.layer or Path(self.path).name


@dataclass(frozen=True)
class VectorLabels:
    """Points or polygons with the labels in one field, or in several (multi-label, multi-target).

    ``nodata`` are values or class names that mean "no class"; None = names that mean it in common languages. An empty
    tuple: nothing does.
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
        """The files the labels come from."""
        return (self.source.path,)


@dataclass(frozen=True)
class RasterLabels:
    """Rasters of labels; their nodata is no class. One, or one per scene.

    ``band`` is the name or number of the band that holds them, empty where there is one. ``nodata`` as in
    :class:`VectorLabels`.
    """

    rasters: tuple[RasterSource, ...]
    colors: tuple[ClassColor, ...] = ()
    band: str = ""
    nodata: Optional[tuple[str, ...]] = None

    def paths(self) -> tuple[str, ...]:
        """The files the labels come from."""
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
    """Raise a CodecError for the field where it does not hold."""
    if not holds:
        raise CodecError(name, str(found), expected)


def require_finite(name: str, numbers: tuple[float, ...]) -> None:
    """Raise a CodecError unless all numbers are finite."""
    for number in numbers:
        require(name, math.isfinite(number), number, "finite numbers (NaN and infinity are nodata anyway)")


def require_mask(name: str, text: str, rasters: tuple[RasterSource, ...]) -> None:
    """Rasters of a training's mask say nothing without what their values mean; a model knows it."""
    from .quality import GRAMMAR, mask_rules  # only who has a job needs its grammar, and QGIS starts with the defaults

    if not mask_rules(text, name) and rasters:
        raise CodecError(name, "mask rasters without a quality mask", GRAMMAR)
