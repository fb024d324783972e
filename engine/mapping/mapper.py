"""A mapper: everything needed to map any window of one raster, set up from a job alone, and used for many windows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..contract import Device, ErrorCode, InputError, Manifest, PredictJob, Quality, SensorManifest
from ..inference import FreshModels, MapSession, ModelStore, SessionOptions, choose_quality
from ..input_checks import open_input, require_resolution
from ..process import Reporter, listed, usable_cores
from ..raster.geo import BlockPlan, Grid, Window
from ..raster.output import origin_tags
from ..raster.scenes import ReadingPlan, Scene, plan_reading
from ..raster.vector_output import require_feature_format
from ..raster.vectors import MaskArea, extent_window
from .block_map import map_block
from .layers import MapLayer, layers_of
from .options import MapOptions, options_of

Arrays = tuple[NDArray[Any], ...]  # a block (band, row, col) of each layer, in their order


@dataclass(frozen=True)
class Pixels:
    """A block's window, its pixels inside the mask (row, col; None without a mask), and its values if any is inside."""

    window: Window
    inside: NDArray[np.bool_] | None
    values: NDArray[np.float32] | None


@dataclass(frozen=True, eq=False)
class Mapper:
    """Reads, maps and masks blocks; thread-safe.

    ``window`` is the mapped part of the scene, ``layers`` are the requested rasters, ``quality`` is the one
    actually used.
    """

    job: PredictJob
    manifest: Manifest
    sensor: SensorManifest
    scene: Scene
    window: Window
    mask: MaskArea | None
    session: MapSession
    options: MapOptions
    layers: tuple[MapLayer, ...]
    reading: ReadingPlan
    quality: Quality

    @property
    def grid(self) -> Grid:
        """The grid of the map."""
        return self.scene.grid.of_window(self.window)

    @property
    def blocks(self) -> BlockPlan:
        """All blocks, in the order in which they are written."""
        return self.reading.blocks

    @property
    def inputs(self) -> tuple[str, ...]:
        """Every input file of the map."""
        return (self.job.model, *self.scene.sources, *([self.job.mask.path] if self.job.mask else []))

    @property
    def threads(self) -> int:
        """The number of blocks mapped in parallel."""
        return self.job.threads or max(usable_cores(), self.session.capacity.runs_at_once)

    @property
    def readers(self) -> int:
        """The number of blocks read in parallel: one is enough for a CPU, a GPU consumes what all cores can read."""
        return usable_cores() if self.session.device is Device.CUDA else 1

    def read(self, window: Window) -> Pixels:
        """The block's pixels, if any of them is to be mapped."""
        inside = None if self.mask is None else self.mask.inside(window)
        if inside is not None and not inside.any():
            return Pixels(window, inside, None)
        return Pixels(window, inside, self.scene.read(window, self.sensor.halo_px))

    def map(self, pixels: Pixels) -> Arrays:
        """The block of each layer; nodata outside the mask. Blocks without a valid value skip the network."""
        if pixels.values is None or np.isnan(pixels.values).all():
            return tuple(layer.empty(pixels.window.shape) for layer in self.layers)
        scores = any(layer.of_scores for layer in self.layers)
        block = map_block(self.session, self.sensor, self.manifest, pixels.values, self.options, scores)
        arrays = tuple(layer.pick(block) for layer in self.layers)
        if pixels.inside is None:
            return arrays
        return tuple(layer.masked(array, pixels.inside) for layer, array in zip(self.layers, arrays, strict=True))

    def holds_anything(self, arrays: Arrays) -> bool:
        """Whether any pixel of a block of the map is not nodata."""
        return bool((arrays[0] != self.manifest.nodata).any())

    def require_mask_touched(self) -> None:
        """Raise unless some pixel of the map is inside the mask.

        Raises:
            InputError: MASK_EMPTY.
        """
        if self.mask is not None:
            mask = self.mask
            mask.require_touched(any(mask.inside(block).any() for block in self.blocks))


def set_up(job: PredictJob, reporter: Reporter, models: ModelStore | None = None) -> Mapper:
    """Open everything a job names and check that it fits together; ``models`` may already have its model open.

    Raises:
        CoLearnError: any input, model or device that cannot be used.
    """
    models = models or FreshModels()
    model = models.open(job.model)
    options = options_of(job, model.manifest)
    if job.output_polygons:
        require_feature_format(job.output_polygons, "OUTPUT_POLYGONS")
    sensor, scene = _open_input(job, model.manifest, reporter)
    require_resolution(sensor, [scene.grid], job.any_resolution)
    window = extent_window(scene.grid, job.extent)
    mask = MaskArea(job.mask, scene.grid, window) if job.mask else None
    quality = choose_quality(sensor, job.quality, job.precision, reporter)
    session = models.session(model, sensor, SessionOptions(job.device, job.precision, quality), reporter)
    origin = origin_tags(model.manifest, sensor)
    layers = tuple(
        replace(layer, metadata=(*layer.metadata, *origin)) for layer in layers_of(job, model.manifest, options)
    )
    written_bytes = sum(layer.pixel_bytes for layer in layers)
    return Mapper(
        job,
        model.manifest,
        sensor,
        scene,
        window,
        mask,
        session,
        options,
        layers,
        plan_reading(scene, window, job.block_px, sensor.halo_px, written_bytes),
        quality,
    )


def _open_input(job: PredictJob, manifest: Manifest, reporter: Reporter) -> tuple[SensorManifest, Scene]:
    """The sensor that the input belongs to, and its single scene."""
    sensor, opened = open_input(job, manifest, reporter)
    if len(opened.scenes) > 1:
        raise InputError(
            ErrorCode.SEVERAL_SCENES,
            subject="INPUT",
            found=f"{len(opened.scenes)} scenes of {sensor.name}",
            expected="one scene, which defines the grid of the map",
            remedy="Run the algorithm as a batch process with one scene per row, or build a virtual raster of the "
            "scenes.",
        )
    bands = listed(sensor.band_names())
    reporter.info("sensor", f"Mapping from {sensor.name}: bands {bands}.{opened.dates_text()}{opened.facts_text()}")
    return sensor, opened.scenes[0]
