"""The properties in a raster's header that a form needs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from pathlib import PurePath
from typing import Optional

from .....engine.contract.naming import DatedName, band_in_name, says_only_its_number, take_apart, without_ending

LATTICE_TOLERANCE_PX = 0.01  # as in the engine
_NAMES_KNOWN = 1000  # size of the cache of parsed names: forms ask at every change
SAME_GROUND = 0.5  # two rasters show the same area if they share this part of the smaller one


class Unusable(str, Enum):
    """Why a raster cannot be used at all."""

    GONE = "gone"
    UNREADABLE = "unreadable"
    SERVICE = "service"
    FAILED = "failed"  # reading it failed; the header has the reason
    REMOTE = "remote"  # named by a project or a job, and not on this computer: not opened


@dataclass(frozen=True)
class Bounds:
    """A rectangle, in the CRS of the object it belongs to."""

    west: float
    south: float
    east: float
    north: float

    def common_share(self, other: Bounds) -> float:
        """The common area as a share of the smaller rectangle; 0 if they do not overlap."""
        width = min(self.east, other.east) - max(self.west, other.west)
        height = min(self.north, other.north) - max(self.south, other.south)
        least = min(self.area, other.area)
        return width * height / least if width > 0 and height > 0 and least > 0 else 0.0

    @property
    def area(self) -> float:
        """Its area, in square units of the CRS."""
        return (self.east - self.west) * (self.north - self.south)


@dataclass(frozen=True)
class RasterHeader:
    """One raster.

    ``key`` identifies its layer, ``source`` is what GDAL opens, ``name`` is the layer's. ``pixel`` is
    (width, height) in units of the CRS, ``pixel_m`` the pixel size on the ground in metres, ``bands`` the descriptions
    (empty if missing), ``degrees`` the bounds in EPSG:4326. ``covered`` are the indices, in the list of label
    locations, of those within the bounds. ``origin``: the identity of the model and the sensor it was mapped with.
    """

    key: str
    name: str
    source: str
    crs: str = ""
    pixel: tuple[float, float] = (0.0, 0.0)
    pixel_m: float = 0.0
    bounds: Optional[Bounds] = None
    degrees: Optional[Bounds] = None
    bands: tuple[str, ...] = ()
    dtype: str = ""
    covered: frozenset[int] = frozenset()
    unusable: Optional[Unusable] = None
    reason: str = ""
    origin: Optional[tuple[str, str]] = None

    @property
    def is_map(self) -> bool:
        """Whether CoLearn made it with a model."""
        return self.origin is not None

    @property
    def is_placed(self) -> bool:
        """Whether it is georeferenced: has a CRS and bounds in it."""
        return bool(self.crs) and self.bounds is not None

    def band_names(self) -> tuple[str, ...]:
        """The band names; empty for bands named only by their number or the file name."""
        return _band_names(self.bands, self.source)

    def dated_bands(self) -> tuple[DatedName, ...]:
        """The band names, parsed into date and name."""
        return _dated_bands(self.bands, self.source)

    def is_stack(self) -> bool:
        """Whether the bands cover several dates."""
        return len({name.date for name in self.dated_bands()} - {None}) > 1

    def date(self) -> Optional[str]:
        """The raster's single date: of its bands, else of the layer's name, else of the file name."""
        of_bands = {name.date for name in self.dated_bands()}
        if len(of_bands) == 1 and None not in of_bands:
            return of_bands.pop()
        return take_apart(self.name).date or take_apart(without_ending(PurePath(self.source).name)).date

    def only_band(self) -> Optional[str]:
        """The band name of a single-band raster, from its description, layer or file name; None if unknown."""
        if len(self.bands) != 1:
            return None
        described = self.dated_bands()[0].stem
        return described or band_in_name(self.name) or band_in_name(PurePath(self.source).name)

    def on_lattice_of(self, other: RasterHeader) -> bool:
        """Whether the pixels of both rasters are aligned."""
        if not (self.bounds and other.bounds) or self.crs != other.crs or not self.same_pixel(other):
            return False
        shifts = (
            (self.bounds.west - other.bounds.west) / self.pixel[0],
            (self.bounds.north - other.bounds.north) / self.pixel[1],
        )
        return all(abs(shift - round(shift)) <= LATTICE_TOLERANCE_PX for shift in shifts)

    def same_pixel(self, other: RasterHeader) -> bool:
        """Whether both have the same pixel size."""
        pairs = zip(self.pixel, other.pixel)
        return all(one > 0 and math.isclose(one, two, rel_tol=1e-6) for one, two in pairs)

    def same_ground(self, other: RasterHeader) -> bool:
        """Whether the rasters show the same area."""
        ours, theirs = (self.bounds, other.bounds) if self.crs == other.crs else (self.degrees, other.degrees)
        return ours is not None and theirs is not None and ours.common_share(theirs) >= SAME_GROUND


@lru_cache(maxsize=_NAMES_KNOWN)
def _band_names(bands: tuple[str, ...], source: str) -> tuple[str, ...]:
    own = without_ending(PurePath(source).name)
    alone = len(bands) == 1
    return tuple(
        "" if says_only_its_number(name, number) or (alone and name == own) else name
        for number, name in enumerate(bands, 1)
    )


@lru_cache(maxsize=_NAMES_KNOWN)
def _dated_bands(bands: tuple[str, ...], source: str) -> tuple[DatedName, ...]:
    return tuple(take_apart(name) for name in _band_names(bands, source))
