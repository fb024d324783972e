"""Opening the rasters of one sensor as the user describes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...contract import ErrorCode, InputError, Layout, SensorSpec, mask_rules, mask_text
from ..files import RasterFile
from ..layout import (
    SensorRasters,
    arrange,
    assemble,
    files_of_bands,
    infer_layout,
    look_at_each,
    require_one_band_a_place,
)
from ..products import unpack
from ..scenes import (
    View,
    mask_files,
    notes_on_bad,
    notes_on_idle,
    notes_on_unused,
    split_masks,
    with_band_names,
    with_mask,
    without_bands,
)
from .chosen_bands import chosen_positions
from .match import open_as
from .recognition import recognize

__all__ = ["SensorRasters", "open_as", "open_sensor", "recognize"]


def open_sensor(spec: SensorSpec) -> SensorRasters:
    """Open a sensor's rasters as the user described them.

    Raises:
        InputError: a raster that cannot be used; bands that do not exist; rasters that do not belong together, or
            that could belong together in several ways.
    """
    unpacked = unpack(spec.rasters, spec.bands, spec.mask)
    spec = replace(spec, rasters=unpacked.rasters, bands=unpacked.bands, mask=spec.mask or unpacked.mask)
    rules = mask_rules(spec.mask)
    files = tuple(_with_bands(file, spec.bands) for file in look_at_each(spec.name, spec.rasters, spec.nodata))
    files, masks = split_masks(files, rules)
    if not files:
        raise _no_values(spec)
    given = mask_files(spec.mask_rasters)
    # A number may be the end of a scene's name (plot_1.tif): it selects among files only if files are bands.
    numbers = any(band.isdecimal() for band in spec.bands)
    if spec.layout is Layout.BANDS or (spec.layout is Layout.AUTO and not numbers):
        files = files_of_bands(files, spec.bands)
    layout = spec.layout
    if layout is Layout.AUTO:
        layout = infer_layout(spec.name, files, spec.dates, bool(spec.bands))
    chosen = spec.layout is not Layout.AUTO
    views = arrange(spec.name, files, layout, spec.dates, chosen=bool(spec.bands), any_extent=chosen)
    if chosen and not numbers and layout in (Layout.SCENES, Layout.STACK):
        require_one_band_a_place(spec.name, views)
    applied = with_band_names(views[0], rules)
    masked = [with_mask(view, rules, (*given, *masks)) for view in views]
    opened = _assembled(spec, layout, masked)
    notes = () if spec.mask else notes_on_unused(opened.bands, opened.bands_named)
    notes = (*opened.notes, *unpacked.notes, *notes, *notes_on_idle(given, [view for view, _ in masked]))
    return replace(opened, mask=mask_text(applied), notes=notes, facts=unpacked.facts)


def _assembled(spec: SensorSpec, layout: Layout, masked: Sequence[tuple[View, Sequence[int]]]) -> SensorRasters:
    """The sensor with the requested bands; if none are requested, with all except the quality mask."""
    views = [view for view, _ in masked]
    if spec.bands:
        by_number = all(band not in view.bands for view in views for band in spec.bands)
        return assemble(
            spec.name,
            layout,
            [view.take(chosen_positions(view, spec.bands, "SENSOR_X_BANDS")) for view in views],
            by_number,
        )
    # A band marked as bad in one scene is excluded from all, because they must have the same bands.
    bad = {view.bands[at] for view in views for at in view.bad_bands()}
    kept = []
    for view, used in masked:
        out = {*used, *(at for at, band in enumerate(view.bands) if band in bad)}
        if len(out) == len(view.bands):
            raise _no_values(spec)
        kept.append(replace(without_bands(view, out), notes=(*view.notes, *notes_on_bad(view))))
    return assemble(spec.name, layout, kept)


def _no_values(spec: SensorSpec) -> InputError:
    mask = f"those of the quality mask ({spec.mask})" if spec.mask else "those marked as bad in the file (bbl)"
    return InputError(
        ErrorCode.BANDS_UNKNOWN,
        subject=spec.name,
        found=f"no band other than {mask}",
        expected="rasters with data bands",
        remedy="Add the rasters of the image, correct the quality mask (SENSOR_X_MASK), or list the bands to use "
        "(SENSOR_X_BANDS).",
    )


def _with_bands(file: RasterFile, wanted: Sequence[str]) -> RasterFile:
    """The file, with its alpha band as values if the user requests it by number."""
    asked = file.tagged is not None and str(file.tagged.number) in wanted
    return file.with_alpha_as_values() if asked else file
