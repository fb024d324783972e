"""Rasters opened as a trained sensor expects them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ...contract import (
    NO_MASK,
    ErrorCode,
    InputError,
    Layout,
    RasterSource,
    SensorManifest,
    mask_text,
)
from ...contract.naming import wavelength_nm
from ...process import counted, listed
from ..alignment import GIVEN_BY_HAND, bands_differ
from ..files import RasterFile, dated_names, dates_of_files
from ..layout import (
    SensorRasters,
    arrange,
    assemble,
    files_of_bands,
    is_stack,
    look_at_each,
    require_one_band_a_place,
    require_one_date,
    require_scenes,
)
from ..products import Unpacked, unpack
from ..scenes import (
    NO_MASK_GIVEN,
    GivenMask,
    View,
    described,
    mask_files,
    masked_views,
    notes_on_idle,
    rules_for,
    split_masks,
)
from .chosen_bands import chosen_positions
from .trained_dates import on_trained_dates, require_dates

# Recalibration of an instrument shifts its wavelengths by less, neighbouring bands differ by more.
_SAME_WAVELENGTH_NM = 1.0


def open_as(
    sensor: SensorManifest,
    rasters: Sequence[RasterSource],
    layout: Layout = Layout.AUTO,
    nodata: tuple[float, ...] | None = None,
    mask: GivenMask = NO_MASK_GIVEN,
    bands: tuple[str, ...] = (),
) -> SensorRasters:
    """Open rasters as a trained sensor: its bands in its order, on the dates it was trained on.

    Bands are matched by name (or wavelength) if the model has names; by order, with a note, only if it has
    none. Other dates are interpolated to the trained ones (:mod:`.trained_dates`), with a note; if days are not
    known, dates are used in order. ``layout`` ``auto`` means as in training, as do ``nodata`` None and an empty
    ``mask``. ``bands`` are the rasters' bands, by names or numbers, in the order of the sensor's; empty:
    matched as above.

    Raises:
        InputError: BANDS_DIFFER naming both lists, DATES_DIFFER if the dates do not cover the trained season or,
            if unknown, differ in number; QUALITY_MASK_MISSING or QUALITY_MASK_UNCLEAR; or a raster that cannot be used.
    """
    values = sensor.nodata if nodata is None else nodata
    _require_a_band_each(sensor, bands)
    unpacked = unpacked_for(sensor, rasters, mask, bands)
    opened = open_files_as(sensor, look_at_each(sensor.name, unpacked.rasters, values), layout, mask, bands)
    return replace(opened, notes=(*opened.notes, *unpacked.notes), facts=unpacked.facts)


def _require_a_band_each(sensor: SensorManifest, bands: Sequence[str]) -> None:
    if bands and len(bands) != len(sensor.bands):
        raise InputError(
            ErrorCode.BANDS_DIFFER,
            subject="INPUT_BANDS",
            found=f"{counted(bands, 'band')}: {listed(bands)}",
            expected=f"one for each of the {len(sensor.bands)} bands of {sensor.name}: {listed(sensor.band_names())}",
            remedy="List one band for each, in this order, or leave it empty to match bands by name.",
        )


def unpacked_for(
    sensor: SensorManifest, rasters: Sequence[RasterSource], mask: GivenMask, bands: tuple[str, ...] = ()
) -> Unpacked:
    """The rasters, with products replaced by the sensor's bands and those of its quality mask."""
    return unpack(rasters, bands or _bands_by_name(sensor), mask.text or sensor.mask or NO_MASK, trained=True)


def _bands_by_name(sensor: SensorManifest) -> tuple[str, ...]:
    """The band names to request from a product; none for wavelengths, which are matched among all its bands."""
    names = sensor.band_names() if sensor.bands_named else ()
    return () if any(re.match(r"[\d.]+ nm$", name) for name in names) else names


def open_files_as(
    sensor: SensorManifest,
    files: tuple[RasterFile, ...],
    layout: Layout,
    mask: GivenMask,
    bands: tuple[str, ...] = (),
) -> SensorRasters:
    rules = rules_for(sensor.name, sensor.mask, mask)
    files, own_masks = split_masks(files, rules)
    given = mask_files(mask.rasters)
    chosen = layout is not Layout.AUTO
    layout = _layout_of(sensor, files, layout)
    if layout is Layout.BANDS:
        files = files_of_bands(files, bands or (sensor.band_names() if sensor.bands_named else ()))
        if not chosen:
            require_one_date(sensor.name, files)
    files = tuple(_with_alpha(sensor, file, layout) for file in files)
    views = arrange(sensor.name, files, layout, _dates_to_count(sensor, files, layout), any_extent=chosen)
    if layout in (Layout.SCENES, Layout.STACK):
        (require_one_band_a_place if chosen else require_scenes)(sensor.name, views)
    for view in views:
        require_dates(sensor, view)
    masked, lacking = masked_views(views, rules, (*given, *own_masks), required=bool(mask.text or mask.rasters))
    views = on_trained_dates(sensor, [_with_note_on_bad(view.take(_matched(sensor, view, bands))) for view in masked])
    opened = assemble(sensor.name, layout, views, by_order=True)
    notes = (*opened.notes, *lacking, *notes_on_idle(given, masked))
    if bands:
        pairs = listed(f"{band} from {found}" for band, found in zip(sensor.band_names(), bands, strict=True))
        notes = (*notes, f"The bands were assigned manually (INPUT_BANDS): {pairs}.")
    elif opened.bands_named and not sensor.bands_named:
        notes = (*notes, f"{sensor.name} was trained on bands without names: bands are matched by their order.")
    if opened.dtype != sensor.dtype:
        note = (
            f"The data type is {opened.dtype}, but was {sensor.dtype} in training: check that the units are the same."
        )
        notes = (*notes, note)
    return replace(opened, bands=sensor.band_names(), notes=notes, mask="" if lacking else mask_text(rules))


def _with_alpha(sensor: SensorManifest, file: RasterFile, layout: Layout) -> RasterFile:
    """The file, with its alpha band as values if the sensor was trained on as many bands including that one."""
    if file.tagged is None or layout is Layout.BANDS:
        return file
    known = not sensor.bands_named or str(file.tagged.number) in sensor.band_names()
    each = len(sensor.bands) * (len(sensor.dates) if layout is Layout.STACK else 1)
    return file.with_alpha_as_values() if known and len(file.bands) + 1 == each else file


def _dates_to_count(sensor: SensorManifest, files: tuple[RasterFile, ...], layout: Layout) -> int | None:
    """The number of dates if names contain none; otherwise dates are compared once they are read."""
    dated = layout is Layout.DATES or any(name.date for file in files for name in dated_names(file))
    return None if dated or not sensor.shape.has_dates else len(sensor.dates)


def _layout_of(sensor: SensorManifest, files: tuple[RasterFile, ...], layout: Layout) -> Layout:
    if layout is not Layout.AUTO:
        return layout
    # One raster may contain what was many files in training.
    if len(files) == 1 and sensor.layout in (Layout.BANDS, Layout.DATES):
        return Layout.STACK if sensor.shape.has_dates else Layout.SCENES
    # Likewise, single-band files may replace what was one raster.
    several = len(files) > 1 and len(sensor.bands) > 1 and all(len(file.bands) == 1 for file in files)
    if several and sensor.layout is Layout.SCENES and not sensor.shape.has_dates:
        return Layout.BANDS
    # And files of one date each may replace what was one stack.
    if len(files) > 1 and sensor.layout is Layout.STACK and not any(is_stack(file, True) for file in files):
        return Layout.DATES if None not in dates_of_files(files) else sensor.layout
    return sensor.layout


def _matched(sensor: SensorManifest, view: View, bands: Sequence[str]) -> list[int]:
    """Indices in the view of the sensor's bands: as given, else as matched."""
    if bands:
        return chosen_positions(view, bands, "INPUT_BANDS")
    wanted = sensor.band_names()
    if not sensor.bands_named:
        good = [at for at in range(len(view.bands)) if at not in view.bad_bands()]
        if len(view.bands) == len(wanted):
            return list(range(len(wanted)))
        if len(good) == len(wanted):  # as in training, where bad bands were excluded
            return good
        expected = f"{counted(wanted, 'band')}, as {sensor.name} was trained"
        raise bands_differ(view.name, described(view), expected, GIVEN_BY_HAND)
    found = [_position(band, view.bands) if view.named else None for band in wanted]
    positions = [position for position in found if position is not None]
    if len(set(positions)) < len(wanted):
        expected = f"the bands of {sensor.name}: {listed(wanted)}"
        raise bands_differ(view.name, described(view), expected, GIVEN_BY_HAND)
    return positions


def _with_note_on_bad(view: View) -> View:
    """The view of the used bands, with a note if the file marks any of them as bad."""
    bad = listed(view.bands[at] for at in view.bad_bands())
    note = (
        f"Some bands that the sensor was trained on are marked as bad in the file (bbl): {bad}. They are used anyway."
    )
    return replace(view, notes=(*view.notes, note)) if bad else view


def _position(band: str, bands: Sequence[str]) -> int | None:
    """The index of a band: by name, by name ignoring case, or by the wavelength in its name."""
    if band in bands:
        return bands.index(band)
    folded = [other.casefold() for other in bands]
    if folded.count(band.casefold()) == 1:
        return folded.index(band.casefold())
    wavelength = wavelength_nm(band)
    if wavelength is None:
        return None
    apart = [abs((wavelength_nm(other) or float("inf")) - wavelength) for other in bands]
    nearest = min(range(len(bands)), key=lambda position: apart[position])
    return nearest if apart[nearest] <= _SAME_WAVELENGTH_NM else None
