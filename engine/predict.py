"""Predict: a map from one sensor's raster, on exactly its grid, block by block in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack

from .contract import (
    Finished,
    PredictJob,
    SensorManifest,
    Task,
    Verdict,
    difference_text,
    metric_text,
    score_text,
)
from .inference import ModelStore
from .input_checks import (
    declared_scaling,
    log_beyond_values,
    log_fill,
    log_resolution,
    log_strange_values,
    sample_values,
)
from .mapping import Arrays, MapFiles, Mapper, finishing_share, in_order, set_up
from .outputs import OutputSet
from .parts.compute import ASSEMBLING_SHARE, blocks_of_parts, complete, compute_shard
from .parts.plan import ALL_HERE, Execution
from .parts.store import prepare, presence, remove_others, store_of
from .process import Reporter
from .raster.geo import Window


def predict(
    job: PredictJob, reporter: Reporter, execution: Execution = ALL_HERE, models: ModelStore | None = None
) -> Finished:
    """Map the job's raster; every output lies on the raster's grid and is written atomically.

    Args:
        execution: the share of the map this process computes, and its cluster; a shard leaves parts for another run to
            finish.
        models: opens or caches the model; by default it is opened only for this map.

    Raises:
        CoLearnError: any input, model, device or output that cannot be used.
    """
    mapper = set_up(job, reporter, models)
    mapper.reading.size_cache()  # before the first check, which reads all over the raster
    _log_inputs(mapper, reporter)
    if execution.shard is not None:
        return compute_shard(mapper, execution.shard, execution, reporter)
    with (
        OutputSet(job.run_id, inputs=mapper.inputs, warn=reporter.warning) as outputs,
        MapFiles(outputs, mapper.layers, mapper.grid) as files,
        ExitStack() as parts,
    ):
        store = store_of(mapper, execution.part_px)
        written = 1 - finishing_share(job)
        if prepare(store, job, reporter, shall=job.keep_parts or execution.in_parts):
            parts.enter_context(presence(store))
            computed = written * (1 - ASSEMBLING_SHARE)
            complete(mapper, store, store.plan.parts, execution, outputs, reporter.within(0.0, computed))
            blocks = blocks_of_parts(mapper, store)
            _write(mapper, blocks, files, reporter.within(computed, written), "Assembling the map: block")
        else:
            blocks = in_order(mapper.blocks, mapper.read, mapper.map, mapper.threads, mapper.readers)
            _write(mapper, blocks, files, reporter.within(0.0, written), "Mapping: block")
        mapper.scene.require_unchanged()
        files.close(reporter.within(written, 1.0))
        outputs.commit()
    store.remove()
    remove_others(store, reporter)
    return Finished(files.outputs(), sensor=mapper.sensor.name)


def _write(
    mapper: Mapper, blocks: Iterable[tuple[Window, Arrays]], files: MapFiles, reporter: Reporter, stage: str
) -> None:
    filled = False
    for done, (window, arrays) in enumerate(blocks, start=1):
        files.write(window.relative_to(mapper.window), arrays)
        filled = filled or mapper.holds_anything(arrays)
        reporter.progress(done / len(mapper.blocks), f"{stage} {done} of {len(mapper.blocks)}")
    if not filled:
        mapper.require_mask_touched()
        reporter.warning("map_empty", "All pixels of the map are nodata: the input has no valid pixel here.")


def _log_inputs(mapper: Mapper, reporter: Reporter) -> None:
    """Log what the user should know about the input, the model and their compatibility."""
    log_resolution(mapper.sensor, [mapper.scene.grid], reporter)
    look = sample_values(mapper.scene, mapper.window, mapper.mask)
    log_strange_values(mapper.sensor, look.pixels, declared_scaling(mapper.scene), reporter)
    where = "the pixels sampled over the area to map"
    log_beyond_values(mapper.sensor.name, look.share_beyond, where, reporter)
    log_fill(mapper.sensor.name, mapper.sensor.band_names(), look.pixels, where, "NODATA", reporter)
    _log_gain(mapper.sensor, reporter)
    _log_areas(mapper, reporter)
    _log_worth(mapper.manifest.task, mapper.sensor, reporter)


def _log_areas(mapper: Mapper, reporter: Reporter) -> None:
    """Warn that areas counted from a map are biased if its classes were decided for balanced accuracy."""
    if mapper.job.statistics and mapper.manifest.decision:
        reporter.warning(
            "areas_balanced",
            "The model was optimized for balanced accuracy, so rare classes are over-mapped. Do not use pixel counts "
            "of this map as area estimates: get error-adjusted areas from “Evaluate on labels” with MAP, or train "
            "with OPTIMIZE=accuracy.",
        )


def _log_gain(sensor: SensorManifest, reporter: Reporter) -> None:
    """Report, for every map, if co-learning did not improve the sensor's predictions."""
    score = sensor.score
    if score.colearned is None or score.gain is None or score.verdict is Verdict.HELPED:
        return
    effect = "reduced the score" if score.verdict is Verdict.HARMED else "made no significant difference"
    metric = score.metric
    reporter.warning(
        "not_improved",
        f"For {sensor.name}, training with the other sensors {effect}: {metric_text(metric)} "
        f"{score_text(score.colearned.value, metric)} with the others, {score_text(score.alone.value, metric)} alone "
        f"(difference {difference_text(score.gain, metric)}).",
    )


def _log_worth(task: Task, sensor: SensorManifest, reporter: Reporter) -> None:
    """Report, for every map, if a regression was not shown to be better than the mean of the labels."""
    score = sensor.score.of_shipped
    lowest = score.value if score.low is None else score.low
    if not task.has_probabilities and lowest <= 0:
        metric = sensor.score.metric
        reached = f"{metric} {score_text(score.value, metric)}, lower limit {score_text(lowest, metric)}"
        reporter.warning(
            "not_better_than_mean",
            f"{sensor.name}: on the test samples ({reached}) it is not shown to be better than predicting "
            "the mean everywhere: do not rely on this map.",
        )
