"""The rasters of one sensor, opened: as the person describes them, or as a trained sensor expects them."""

from __future__ import annotations

from collections.abc import Sequence

from ..contract.errors import ErrorCode, InputError
from ..contract.job import Layout, SensorSpec
from .assembly import SensorRasters, arrange, assemble, files_of_bands, look_at_each
from .layout import tell_layout
from .raster_file import RasterFile
from .sensor_errors import listed
from .trained import open_as, recognize
from .view import View

__all__ = ["SensorRasters", "open_as", "open_sensor", "recognize"]


def open_sensor(spec: SensorSpec) -> SensorRasters:
    """Open a sensor's rasters as the person described them.

    Raises:
        InputError: a raster that cannot be used; bands that are not there; rasters that do not belong together, or
            that could belong together in several ways.
    """
    files = tuple(_with_bands(file, spec.bands) for file in look_at_each(spec.name, spec.rasters, spec.nodata))
    # A number may be the end of a scene's name (plot_1.tif): only where files are bands does it choose among them.
    numbers = any(band.isdecimal() for band in spec.bands)
    if spec.layout is Layout.BANDS or (spec.layout is Layout.AUTO and not numbers):
        files = files_of_bands(files, spec.bands)
    layout = spec.layout
    if layout is Layout.AUTO:
        layout = tell_layout(spec.name, files, spec.dates, bool(spec.bands))
    views = arrange(spec.name, files, layout, spec.dates, bool(spec.bands))
    if not spec.bands:
        return assemble(spec.name, layout, views)
    by_number = all(band not in view.bands for view in views for band in spec.bands)
    return assemble(spec.name, layout, [view.take(_chosen(view, spec.bands)) for view in views], by_number)


def _with_bands(file: RasterFile, wanted: Sequence[str]) -> RasterFile:
    """The file; its alpha band is one of values where the person asks for it by its number."""
    asked = file.tagged is not None and str(file.tagged.number) in wanted
    return file.with_alpha_as_values() if asked else file


def _chosen(view: View, wanted: Sequence[str]) -> list[int]:
    """Positions of the bands asked for; a name wins over a number."""
    positions = []
    for band in wanted:
        number = int(band) if band.isdecimal() else 0
        if band in view.bands:
            positions.append(view.bands.index(band))
        elif 1 <= number <= len(view.bands):
            positions.append(number - 1)
        else:
            raise _no_band(view, band)
    if len(set(positions)) < len(positions):
        raise _no_band(view, listed(wanted) + " (one of them twice)")
    return positions


def _no_band(view: View, band: str) -> InputError:
    return InputError(
        ErrorCode.BANDS_UNKNOWN,
        subject=view.name,
        found=f"the band {band} in SENSOR_X_BANDS",
        expected=f"bands of {listed(view.bands)}, by name or by number from 1 to {len(view.bands)}, each once",
        remedy="Correct the list of bands, or leave it empty to use all.",
    )
