"""One sensor of the form: its rasters, and the properties derived from their headers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Optional

from .....engine.contract import Layout, RasterSource, SensorSpec
from .....engine.contract.naming import names_of_files
from .header import RasterHeader

_FORBIDDEN_IN_LISTS = set(",;\n")


@dataclass(frozen=True)
class SensorRow:
    """A sensor as composed by the user.

    ``bands`` are the chosen ones, none = all. ``dates``, ``nodata``, ``mask`` and ``mask_rasters`` as in
    :class:`SensorSpec`.
    """

    name: str
    rasters: tuple[RasterHeader, ...]
    layout: Layout = Layout.AUTO
    bands: tuple[str, ...] = ()
    dates: Optional[int] = None
    nodata: tuple[float, ...] = ()
    mask: str = ""
    mask_rasters: tuple[RasterHeader, ...] = ()

    def spec(self) -> SensorSpec:
        """The sensor for a job; its rasters are given by the keys of their layers."""
        return SensorSpec(
            self.name,
            _sources(self.rasters),
            self.layout,
            self.bands,
            self.dates,
            self.nodata,
            self.mask,
            _sources(self.mask_rasters),
        )

    def of_one_map(self) -> tuple[RasterHeader, ...]:
        """The rasters of the first place: files of bands or dates together, of scenes the first."""
        together = self.guessed_layout() in (Layout.BANDS, Layout.DATES)
        return self.rasters if together else self.rasters[:1]

    def with_rasters(self, rasters: Iterable[RasterHeader]) -> SensorRow:
        """The sensor with other rasters; bands that they lack are deselected."""
        changed = replace(self, rasters=tuple(rasters))
        kept = tuple(band for band in self.bands if band in changed.all_bands())
        return replace(changed, bands=kept)

    def guessed_layout(self) -> Layout:
        """The chosen layout, else the one the engine will derive from headers and names; AUTO if that is unclear."""
        if self.layout is not Layout.AUTO or not self.rasters:
            return self.layout
        return _guess(self.rasters)

    def all_bands(self) -> tuple[str, ...]:
        """The identifiers of bands: names if all bands have one, else numbers from 1."""
        if not self.rasters:
            return ()
        layout = self.guessed_layout()
        singles = len(self.rasters) > 1 and all(len(raster.bands) == 1 for raster in self.rasters)
        if layout is Layout.BANDS or (layout is Layout.AUTO and singles):
            return file_bands(self.rasters)
        if len(self.rasters) == 1 and self.rasters[0].only_band():
            return (self.rasters[0].only_band() or "",)
        first = self.rasters[0]
        if first.is_stack():
            return tuple(dict.fromkeys(name.stem for name in first.dated_bands() if name.date))
        names = tuple(name.stem or full for name, full in zip(first.dated_bands(), first.band_names()))
        return names if _are_names(names) else tuple(str(number + 1) for number in range(len(first.bands)))

    def all_dates(self) -> tuple[str, ...]:
        """The dates found in names, ascending."""
        found = {name.date for raster in self.rasters for name in raster.dated_bands()}
        return tuple(sorted(date for date in found | {raster.date() for raster in self.rasters} if date))

    def pixel_sizes_m(self) -> tuple[float, ...]:
        """The distinct pixel sizes on the ground, in metres, ascending."""
        return tuple(sorted({float(f"{raster.pixel_m:.3g}") for raster in self.rasters if raster.pixel_m > 0}))

    def crs_names(self) -> tuple[str, ...]:
        """The distinct CRSs."""
        return tuple(dict.fromkeys(raster.crs for raster in self.rasters if raster.crs))

    def dtypes(self) -> tuple[str, ...]:
        """The distinct data types."""
        return tuple(dict.fromkeys(raster.dtype for raster in self.rasters if raster.dtype))

    def covered(self) -> frozenset[int]:
        """Indices of the label locations that are covered by a raster."""
        return frozenset().union(*(raster.covered for raster in self.rasters))


def file_bands(rasters: Sequence[RasterHeader]) -> tuple[str, ...]:
    """The band name of each single-band file; numbers if the names are not unique."""
    names = tuple(raster.only_band() or "" for raster in rasters)
    if all(names) and len({name.casefold() for name in names}) == len(names):
        return names
    return names_of_files([raster.name for raster in rasters]) or tuple(str(at + 1) for at in range(len(rasters)))


def _are_names(names: Sequence[str]) -> bool:
    """Whether these words can be used as band names, each for one band."""
    clear = all(name and not _FORBIDDEN_IN_LISTS & set(name) and not name.isdecimal() for name in names)
    return clear and len(set(names)) == len(names)


def _guess(rasters: Sequence[RasterHeader]) -> Layout:
    first = rasters[0]
    if len(rasters) == 1:
        return Layout.STACK if first.is_stack() else Layout.SCENES
    dates = [raster.date() for raster in rasters]
    if all(raster.on_lattice_of(first) and raster.same_ground(first) for raster in rasters[1:]):
        return _of_one_place(rasters, dates)
    one_size = all(raster.pixel_m <= 1.2 * min(each.pixel_m for each in rasters) for raster in rasters)
    return Layout.SCENES if one_size and _alike(rasters) else Layout.AUTO


def _of_one_place(rasters: Sequence[RasterHeader], dates: Sequence[Optional[str]]) -> Layout:
    single = all(len(raster.bands) == 1 for raster in rasters)
    names = [raster.only_band() for raster in rasters]
    apart = single and (
        len(set(names)) == len(names) or names_of_files([raster.name for raster in rasters]) is not None
    )
    if single and len(set(dates)) == 1 and apart:
        return Layout.BANDS
    several_bands = single and len(set(names)) > 1
    if _alike(rasters) and None not in dates and len(set(dates)) == len(dates) and not several_bands:
        return Layout.DATES
    return Layout.AUTO


def _alike(rasters: Sequence[RasterHeader]) -> bool:
    """Whether all have the same bands, ignoring dates in their names."""
    return len({frozenset(name.stem for name in raster.dated_bands()) for raster in rasters}) == 1 and (
        len({len(raster.bands) for raster in rasters}) == 1
    )


def _sources(rasters: Iterable[RasterHeader]) -> tuple[RasterSource, ...]:
    return tuple(RasterSource(raster.key, raster.name) for raster in rasters)
