"""Recognizing the sensor of a model to which rasters belong."""

from __future__ import annotations

from collections.abc import Sequence

from ...contract import NO_MASK, ErrorCode, InputError, Layout, Manifest, ModelError, RasterSource, SensorManifest
from ...contract.naming import delivery_at
from ...process import listed
from ..files import RasterFile, band_names_of_files, dated_names
from ..layout import SensorRasters, look_at_each
from ..products import unpack
from ..scenes import NO_MASK_GIVEN, GivenMask, Scene
from .match import open_files_as, unpacked_for

_NOT_THIS_SENSOR = (
    ErrorCode.BANDS_DIFFER,
    ErrorCode.DATES_DIFFER,
    ErrorCode.SENSOR_GRIDS_DIFFER,
    ErrorCode.SENSOR_LAYOUT_UNCLEAR,
    ErrorCode.QUALITY_MASK_MISSING,
)


def recognize(
    manifest: Manifest,
    rasters: Sequence[RasterSource],
    layout: Layout = Layout.AUTO,
    mask: GivenMask = NO_MASK_GIVEN,
) -> SensorManifest:
    """The model's only sensor that the rasters fit: by band names and number, kind, and data type.

    Raises:
        ModelError: MODEL_OTHER_SENSOR, none fits or several do; names each.
        InputError: a raster that cannot be used; the reason, if there is only one candidate sensor.
    """
    products = any(delivery_at(raster.path) for raster in rasters)
    files = () if products else look_at_each("INPUT", rasters)
    fits: list[tuple[SensorManifest, SensorRasters]] = []
    misfits: list[tuple[SensorManifest, InputError]] = []
    for sensor in manifest.sensors:
        try:
            if products:  # which of its bands are read depends on the sensor
                files = look_at_each("INPUT", unpacked_for(sensor, rasters, mask).rasters)
            fits.append((sensor, open_files_as(sensor, files, layout, mask)))
        except InputError as error:
            if error.code not in _NOT_THIS_SENSOR:
                raise
            misfits.append((sensor, error))
    # Dates can be interpolated to many seasons: that counts only if nothing fits without it.
    as_they_are = [fit for fit in fits if all(scene.interpolation is None for scene in fit[1].scenes)]
    likeliest = _likeliest(as_they_are or fits, files)
    if len(likeliest) == 1:
        return likeliest[0]
    reason = None if fits else _reason(misfits, files)
    if reason:
        raise reason
    raise _not_one(manifest, files or look_at_each("INPUT", unpack(rasters, mask=NO_MASK).rasters), likeliest)


def _likeliest(fits: list[tuple[SensorManifest, SensorRasters]], files: tuple[RasterFile, ...]) -> list[SensorManifest]:
    """Of the sensors that fit, those that use every given band, and of these those with the same data type."""
    offered = sum(len(file.bands) for file in files)
    whole = [fit for fit in fits if sum(_bands_read(scene) for scene in fit[1].scenes) == offered] or fits
    typed = [fit for fit in whole if fit[0].dtype == fit[1].dtype] or whole
    return [sensor for sensor, _ in typed]


def _bands_read(scene: Scene) -> int:
    """The number of bands that a scene reads from its files, including its quality mask."""
    masks = {(mask.file.source.path, mask.number) for masks in scene.masks for mask in masks}
    return len(scene.planes) + len(masks)


def _reason(misfits: list[tuple[SensorManifest, InputError]], files: tuple[RasterFile, ...]) -> InputError | None:
    """Why the rasters do not fit the only candidate sensor; None if there are none or several candidates."""
    offered = set(_band_names(files))
    likely = [
        error
        for sensor, error in misfits
        if len(misfits) == 1 or (sensor.bands_named and offered.intersection(sensor.band_names()))
    ]
    return likely[0] if len(likely) == 1 else None


def _band_names(files: tuple[RasterFile, ...]) -> tuple[str, ...]:
    """The band names of rasters, without dates: of the first one, or of single-band files."""
    if len(files) > 1 and all(len(file.bands) == 1 for file in files):
        return band_names_of_files(files) or ()
    return tuple(name.stem for name in dated_names(files[0])) if files else ()


def _not_one(manifest: Manifest, files: tuple[RasterFile, ...], likeliest: list[SensorManifest]) -> ModelError:
    bands = listed(_band_names(files) or [band.name for band in files[0].bands])
    candidates = likeliest or manifest.sensors
    each = "; ".join(f"{sensor.name}: {listed(sensor.band_names())}{_of_dates(sensor)}" for sensor in candidates)
    return ModelError(
        ErrorCode.MODEL_OTHER_SENSOR,
        subject="INPUT",
        found=f"the bands {bands} in {files[0].label}, which match {'several sensors' if likeliest else 'no sensor'}",
        expected=f"bands that match exactly one sensor of the model ({each})",
        remedy="Choose the sensor (SENSOR)." if likeliest else "Choose a raster of one of these sensors.",
    )


def _of_dates(sensor: SensorManifest) -> str:
    return f" on {len(sensor.dates)} dates" if sensor.dates else ""
