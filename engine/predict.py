"""Predict: a map from one sensor's raster, on exactly its grid, block by block in bounded memory."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .bundle.model_file import ModelFile
from .bundle.session import Session
from .contract.errors import ErrorCode, InputError
from .contract.events import Finished
from .contract.job import PredictJob
from .contract.manifest import Manifest, SensorManifest, Verdict
from .inputs.first_look import declared_scaling, look_at_values, tell_strange_values
from .inputs.resolution import require_resolution, tell_resolution
from .mapping.area import MaskArea, extent_window
from .mapping.block_map import BlockMap, empty_block, map_block
from .mapping.files import MapFiles, layers_of
from .mapping.form import MapForm, form_of
from .mapping.pipeline import in_order
from .process.cores import usable_cores
from .process.outputs import OutputSet
from .process.reporting import Reporter
from .raster.grid import Window
from .raster.reading import plan_reading
from .raster.scene import Scene
from .raster.sensor import open_as, recognize
from .raster.sensor_errors import listed


def predict(job: PredictJob, reporter: Reporter) -> Finished:
    """Map the job's raster; every output lies on the raster's grid and appears whole or not at all.

    Raises:
        CoLearnError: any input, model, device or output that cannot be used.
    """
    model = ModelFile.open(job.model)
    form = form_of(job, model.manifest)
    sensor, scene = open_input(job, model.manifest, reporter)
    require_resolution(sensor, [scene.grid], job.any_resolution)
    tell_resolution(sensor, [scene.grid], reporter)
    window = extent_window(scene.grid, job.extent)
    mask = MaskArea(job.mask, scene.grid, window) if job.mask else None
    tell_strange_values(sensor, look_at_values(scene, window, mask), declared_scaling(scene), reporter)
    session = Session(model.graph(sensor.name), job.device, threads=1)
    reporter.info("device", f"Computing on {session.device}.")
    _tell_gain(sensor, reporter)
    layers = layers_of(job, model.manifest, form)
    inputs = (job.model, *scene.sources, *([job.mask.path] if job.mask else []))
    with OutputSet(job.run_id, inputs=inputs) as outputs:
        files = MapFiles(outputs, layers, scene.grid.of_window(window))
        mapper = _BlockMapper(session, sensor, model.manifest, scene, mask, form)
        _map(job, mapper, window, files, reporter.within(0.0, 0.9) if job.overviews else reporter)
        if job.overviews:
            reporter.progress(0.9, "Overviews")
        files.close()
        outputs.commit()
    return Finished({layer.name: layer.path for layer in layers})


def open_input(job: PredictJob, manifest: Manifest, reporter: Reporter) -> tuple[SensorManifest, Scene]:
    """The sensor the input belongs to and its one scene."""
    sensor = manifest.sensor(job.sensor) if job.sensor else recognize(manifest, job.input, job.input_layout)
    opened = open_as(sensor, job.input, job.input_layout)
    for note in opened.notes:
        reporter.warning("input", note)
    if len(opened.scenes) > 1:
        raise InputError(
            ErrorCode.SEVERAL_SCENES,
            subject="INPUT",
            found=f"{len(opened.scenes)} scenes of {sensor.name}",
            expected="one scene, whose grid the map shall have",
            remedy="Run the algorithm as a batch process, one scene a row; or build a virtual raster of the scenes.",
        )
    reporter.info("sensor", f"Mapping from {sensor.name}: bands {listed(sensor.band_names())}.")
    return sensor, opened.scenes[0]


@dataclass(frozen=True)
class _Read:
    """A block's window, its pixels inside the mask (row, col; None without a mask), its values if any is inside."""

    window: Window
    inside: NDArray[np.bool_] | None
    values: NDArray[np.float32] | None


class _BlockMapper:
    """Reads, maps and masks one block; called from several threads."""

    def __init__(
        self,
        session: Session,
        sensor: SensorManifest,
        manifest: Manifest,
        scene: Scene,
        mask: MaskArea | None,
        form: MapForm,
    ) -> None:
        self._session = session
        self._sensor = sensor
        self._manifest = manifest
        self._form = form
        self.scene = scene
        self.mask = mask

    def read(self, window: Window) -> _Read:
        """The block's pixels, if any of them is asked for."""
        inside = None if self.mask is None else self.mask.inside(window)
        if inside is not None and not inside.any():
            return _Read(window, inside, None)
        return _Read(window, inside, self.scene.read(window, self._sensor.halo_px))

    def map(self, read: _Read) -> tuple[BlockMap, bool]:
        """The block's map, and whether any of its pixels is asked for."""
        if read.values is None:
            return empty_block(self._manifest, read.window.shape, self._form), False
        block = map_block(self._session, self._sensor, self._manifest, read.values, self._form)
        return block if read.inside is None else block.masked(read.inside, self._manifest.nodata), True

    @property
    def halo_px(self) -> int:
        """Pixels read around every block."""
        return self._sensor.halo_px

    def nodata(self) -> float:
        """Nodata of the main map."""
        return self._manifest.nodata


def _map(job: PredictJob, mapper: _BlockMapper, window: Window, files: MapFiles, reporter: Reporter) -> None:
    plan = plan_reading(mapper.scene, window, job.block_px, mapper.halo_px)
    plan.size_cache()
    blocks = plan.blocks
    threads = job.threads or usable_cores()
    touched = filled = False
    for done, (block, (block_map, inside)) in enumerate(in_order(blocks, mapper.read, mapper.map, threads), start=1):
        files.write(replace(block, row=block.row - window.row, col=block.col - window.col), block_map)
        touched |= inside
        filled |= bool((block_map.main != mapper.nodata()).any())
        reporter.progress(done / len(blocks), f"Block {done} of {len(blocks)}")
    if mapper.mask is not None:
        mapper.mask.require_touched(touched)
    if not filled:
        reporter.warning("map_empty", "Every pixel of the map is nodata: the input holds no valid pixel here.")


def _tell_gain(sensor: SensorManifest, reporter: Reporter) -> None:
    """A map that co-learning did not improve is said to be so, every time one is made."""
    score = sensor.score
    if score.colearned is None or score.gain is None or score.verdict is Verdict.HELPED:
        return
    told = "made it worse" if score.verdict is Verdict.HARMED else "made no difference that could be shown"
    interval = ""
    if score.gain.low is not None and score.gain.high is not None:
        interval = f", 95 % interval {score.gain.low:+.3f} to {score.gain.high:+.3f}"
    reporter.warning(
        "not_improved",
        f"For {sensor.name}, training with the other sensors {told}: {score.metric} {score.colearned.value:.3f} "
        f"together, {score.alone.value:.3f} alone (difference {score.gain.value:+.3f}{interval}).",
    )
