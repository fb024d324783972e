"""From raster files to the scenes of one sensor: arranged by layout, compared, assembled."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...contract import Layout, RasterSource, SampleShape, SensorKind
from ...process import listed
from ..alignment import dates_differ, given_twice, unclear
from ..files import RasterFile, band_names_of_files, look_at
from ..scenes import Scene, View, image_view, named_by_files, same_bands, stack_view
from .layout import is_stack
from .place_files import bands_view, dates_view


@dataclass(frozen=True)
class SensorRasters:
    """A sensor's scenes, all with the same bands (and dates), ready to be read.

    ``layout`` is never ``auto``. ``dates`` is empty for images, else ascending ISO dates (``1``, ``2``, … where
    ``dates_known`` is false). ``dtype`` is a data type that holds all bands' values. ``notes`` are lines for the log.
    ``mask`` is the quality mask that is applied (:mod:`engine.contract`), empty if none is. ``facts`` are
    sentences about the values.
    """

    name: str
    layout: Layout
    scenes: tuple[Scene, ...]
    bands: tuple[str, ...]
    bands_named: bool
    dates: tuple[str, ...]
    dates_known: bool
    dtype: str
    notes: tuple[str, ...]
    mask: str = ""
    facts: tuple[str, ...] = ()

    @property
    def kind(self) -> SensorKind:
        """Image or series."""
        return self.shape().kind

    def shape(self, side_px: int = 1) -> SampleShape:
        """The shape of its samples with patches of ``side_px`` pixels a side."""
        return SampleShape(len(self.bands), len(self.dates), side_px)

    def facts_text(self) -> str:
        """Sentences about the quality mask and the values, to follow others; empty if there are none."""
        mask = (f"Quality mask: {self.mask}.",) if self.mask else ()
        return "".join(f" {fact}" for fact in (*mask, *self.facts))

    def dates_text(self) -> str:
        """A sentence about dates that are used unchanged; empty for images, and if notes already cover the dates."""
        if not self.dates or not self.dates_known or any(scene.interpolation for scene in self.scenes):
            return ""
        return f" Its dates are used as they are: {listed(self.dates)}."

    def require_unchanged(self) -> None:
        """Raise unless all files are unchanged since they were opened; to be called after reading.

        Raises:
            InputError: INPUT_CHANGED.
        """
        for scene in self.scenes:
            scene.require_unchanged()


def look_at_each(name: str, sources: Sequence[RasterSource], nodata: tuple[float, ...] = ()) -> tuple[RasterFile, ...]:
    """The properties of a sensor's rasters, with ``nodata`` added to the nodata values they declare.

    Raises:
        InputError: a raster that cannot be used, or is given twice.
    """
    seen: set[str] = set()
    for source in sources:
        real = os.path.realpath(source.path) if os.path.exists(source.path) else source.path
        if real in seen:
            raise given_twice(name, source.label())
        seen.add(real)
    files = tuple(look_at(source) for source in sources)
    return tuple(file.with_nodata(nodata) for file in files) if nodata else files


def arrange(
    name: str,
    files: tuple[RasterFile, ...],
    layout: Layout,
    dates: int | None,
    *,
    chosen: bool = False,
    any_extent: bool = False,
) -> list[View]:
    """The areas that the files show: a common one, or one per file.

    Args:
        chosen: bands are chosen by the user, so that undated bands may occur together with dated ones.
        any_extent: the files are declared to show the same area, however small their common extent.
    """
    if layout is Layout.BANDS:
        if dates is not None:
            raise unclear(name, f"{dates} dates for files that are single bands", "bands without dates")
        return [bands_view(name, files, any_extent)]
    if layout is Layout.DATES:
        if dates not in (None, len(files)):
            raise dates_differ(name, f"{len(files)} rasters, one per date", f"{dates} dates")
        return [dates_view(name, files, any_extent)]
    stacks = layout is Layout.STACK or dates is not None
    return named_by_files(
        [stack_view(file, dates) if stacks or is_stack(file, chosen) else image_view(file) for file in files]
    )


def assemble(name: str, layout: Layout, views: Sequence[View], by_order: bool = False) -> SensorRasters:
    """Scenes that share bands and dates, as one sensor.

    Args:
        by_order: the bands were chosen by number: their names need not agree.

    Raises:
        InputError: BANDS_DIFFER or DATES_DIFFER, naming both lists.
    """
    first = views[0]
    for view in views[1:]:
        if view.dates != first.dates:
            raise dates_differ(
                view.name, f"dates {listed(view.dates)}", f"those of {first.name}: {listed(first.dates)}"
            )
    alike = list(views) if by_order else [view.take(same_bands(first, view)) for view in views]
    dtypes = set().union(*(view.dtypes() for view in alike))
    return SensorRasters(
        name=name,
        layout=layout,
        scenes=tuple(view.scene() for view in alike),
        bands=first.bands,
        bands_named=first.named,
        dates=first.dates,
        dates_known=first.dates_known,
        dtype=np.result_type(*(np.dtype(dtype) for dtype in sorted(dtypes))).name,
        notes=_notes(alike),
    )


def _notes(views: Sequence[View]) -> tuple[str, ...]:
    """Notes on the files and on their assembly, without repetitions."""
    of_files = [note for view in views for file in view.files for note in file.notes]
    return tuple(dict.fromkeys([*of_files, *(note for view in views for note in view.notes)]))


def files_of_bands(files: tuple[RasterFile, ...], bands: Sequence[str]) -> tuple[RasterFile, ...]:
    """The single-band files of the requested bands; all files if names do not identify them.

    Selecting before comparing allows all files of a product to be given even if other bands lie on other grids.
    """
    names = band_names_of_files(files) if len(files) > 1 and all(len(file.bands) == 1 for file in files) else None
    if not names or not bands or not set(bands) <= set(names):
        return files
    return tuple(files[names.index(band)] for band in dict.fromkeys(bands))
