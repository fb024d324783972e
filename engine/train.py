"""Train: one model file from several sensors and labels, and the truth about what training together brought."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from .contract import Effort, Finished, Manifest, Method, Optimize, Task, TrainJob, Variant
from .experiment import (
    AVERAGE,
    EndedEarly,
    Pace,
    TrainingProgress,
    TrainingRecord,
    TrainingResults,
    describe_training,
    predict_test,
    refitted,
    sample_columns,
    split_columns,
    spread,
    target_units,
    train_all,
    unsaid,
    usual_draw,
)
from .experiment.graphs import Graphs, fast_copies, with_every_label, with_fast_copies, with_importance, with_int8
from .experiment.splits import SplitPlan, plan_splits
from .input_checks import log_fill_around, open_sensors
from .learning.fit import Checkpoints, Settings, TrainingData, checkpoints_of, choose_device, identity_of, with_recipe
from .model import NetworkDesign, averaged
from .model_file import write_model
from .outputs import OutputSet
from .process import Reporter, finish_asked
from .raster.geo import LONGITUDE_LATITUDE, about_m
from .raster.sensors import SensorRasters
from .raster.vector_output import require_feature_format, write_points
from .report.content import uncertainty_remark
from .report.pages import training_report
from .samples import SampleSet, Unlabelled
from .samples.extract import (
    draw_unlabelled,
    gather,
    log_constant_bands,
    log_coverage,
    patch_px,
    seen_by_any,
    without_empty_classes,
)
from .samples.labels import LabelSpace
from .samples.points import DrawOptions, LabelPoints, draw_label_points, log_contradictions
from .samples.positions import Positions, finest_first
from .samples.split import join_shared_pixels

DEFAULT_CONTEXT_PX = 15
UNEVEN_PIXELS = 1.1  # times as long as wide on the ground: worth a word
LEAST_BYTES_PER_SENSOR = 500_000  # of a model file: better said now than when hours of training are over
_SHIPPED = {Variant.COLEARNED: "with the others", Variant.ALONE: "alone"}


def train(job: TrainJob, reporter: Reporter) -> Finished:
    """Train on the job's sensors, score every sensor on the test part, write model and report.

    Raises:
        CoLearnError: any input, device or output that cannot be used.
    """
    if job.split_only:
        return _split_only(job, reporter)
    device, device_note = choose_device(job.device)
    reporter.info("device", device_note)
    with OutputSet(job.run_id, inputs=_inputs(job), warn=reporter.warning) as outputs:
        model_path = outputs.stage(job.output_model)
        outputs.require_free(job.output_model, LEAST_BYTES_PER_SENSOR * len(job.sensors))
        report_path = outputs.stage(job.output_report) if job.output_report else None
        samples_path = _stage_samples(job, outputs)
        sensors = open_sensors(job.sensors, job.labels, reporter)
        patch_sizes_px = _patch_sizes_px(job.context_m, sensors, reporter)
        points, samples = _samples(job, sensors, patch_sizes_px, reporter.within(0.0, 0.12))
        plan = plan_splits(job, points, samples, reporter)
        unlabelled = _unlabelled(job, sensors, patch_sizes_px, samples, plan, reporter.within(0.12, 0.15))
        for sensor in sensors:
            sensor.require_unchanged()
        settings = _settings(job, points.space, device)
        data = TrainingData(samples, unlabelled)
        checkpoints = checkpoints_of(identity_of(data, plan.splits, settings))
        results = _train_all(job, data, plan, settings, checkpoints, reporter.within(0.15, 0.8))
        results = _with_copies(job, results, data, plan, settings, checkpoints, reporter.within(0.8, 0.9))
        if job.use_all_labels:
            reporter.progress(0.88, "Growing forests on all labels")
            again = refitted(results.first, data, plan.first, settings, job.unlabelled_samples is None)
            results = replace(results, refitted=again)
        reporter.progress(0.9, "Scoring on the test part")
        record = TrainingRecord(job, sensors, patch_sizes_px, points, samples, unlabelled, plan, results)
        manifest = describe_training(record)
        _log_choices(manifest, results, reporter)
        reporter.progress(0.93, "Exporting")
        graphs = with_fast_copies(record, Graphs(manifest, _graphs(results, manifest)), reporter)
        graphs = with_int8(record, graphs, reporter)
        graphs = with_importance(record, graphs, reporter)
        graphs = with_every_label(record, graphs, reporter)  # last: nothing may be measured of what these hold
        evidence = results.evidence(record.scorer, len(manifest.classes), samples, plan.first, reporter)
        report = training_report(graphs.manifest, evidence)
        write_model(model_path, graphs.manifest, graphs.entries, report)
        if report_path:
            outputs.write_text(report_path, report)
        if samples_path:
            write_points(samples_path, LONGITUDE_LATITUDE, samples.longitude, samples.latitude, sample_columns(record))
        outputs.commit()
    checkpoints.remove()
    reporter.progress(1.0, "Finished")
    return _finished(job, manifest)


def _split_only(job: TrainJob, reporter: Reporter) -> Finished:
    """Draw and split the samples as the training would, and write them as points."""
    with OutputSet(job.run_id, inputs=_inputs(job), warn=reporter.warning) as outputs:
        samples_path = _stage_samples(job, outputs)
        sensors = open_sensors(job.sensors, job.labels, reporter)
        points, samples = _samples(job, sensors, _patch_sizes_px(job.context_m, sensors, reporter), reporter)
        plan = plan_splits(job, points, samples, reporter)
        if samples_path:
            columns = split_columns(points.space, samples, plan)
            write_points(samples_path, LONGITUDE_LATITUDE, samples.longitude, samples.latitude, columns)
        outputs.commit()
    reporter.progress(1.0, "Finished")
    return Finished({"OUTPUT_SAMPLES": job.output_samples or ""}, {"TEST_SAMPLES": float(len(plan.first.test))})


def _inputs(job: TrainJob) -> tuple[str, ...]:
    rasters = [raster.path for sensor in job.sensors for raster in (*sensor.rasters, *sensor.mask_rasters)]
    return (*rasters, *job.labels.paths())


def _stage_samples(job: TrainJob, outputs: OutputSet) -> Path | None:
    if job.output_samples is None:
        return None
    require_feature_format(job.output_samples, "OUTPUT_SAMPLES")
    return outputs.stage(job.output_samples)


def _patch_sizes_px(context_m: float | None, sensors: tuple[SensorRasters, ...], reporter: Reporter) -> tuple[int, ...]:
    """Side of the patch of every sensor in its own pixels; 1 for series."""
    images = tuple(sensor for sensor in sensors if sensor.shape().has_space)
    own_pixel = [sensor.name for sensor in sensors if not sensor.shape().has_space]
    if own_pixel:
        reporter.info(
            "context", f"{', '.join(own_pixel)}: time series are read at the sample's own pixel, without context."
        )
    if not images:
        return (1,) * len(sensors)
    if context_m is None:
        context_m = DEFAULT_CONTEXT_PX * finest_first(images)[0].scenes[0].grid.pixel_m()
    sides = tuple(patch_px(sensor, context_m) for sensor in sensors)
    seen = ", ".join(_seen(sensor, side) for sensor, side in zip(sensors, sides, strict=True))
    reporter.info(
        "context", f"Patch size: each pixel is classified from the square of {context_m:.4g} m around it: {seen}."
    )
    return sides


def _seen(sensor: SensorRasters, side_px: int) -> str:
    """The patch in words; on the ground as well, where pixels are far from square there."""
    words = f"{sensor.name} {side_px} × {side_px} px"
    width_m, height_m = sensor.scenes[0].grid.pixel_sides_m()
    if max(width_m, height_m) < UNEVEN_PIXELS * min(width_m, height_m):
        return words
    return f"{words} ({about_m(side_px * width_m)} × {about_m(side_px * height_m)} m)"


def _samples(
    job: TrainJob, sensors: tuple[SensorRasters, ...], patch_sizes_px: tuple[int, ...], reporter: Reporter
) -> tuple[LabelPoints, SampleSet]:
    reporter.progress(0.0, "Placing the labels")
    as_they_are = job.optimize is Optimize.ACCURACY  # which is only true of samples whose shares are the labels'
    draw_options = DrawOptions(
        job.task,
        job.max_samples,
        job.seed,
        as_they_are=as_they_are,
        split_by=job.split_by,
        patch_m=_largest_patch_m(sensors, patch_sizes_px),
    )
    points = draw_label_points(job.labels, sensors, draw_options, reporter)
    target_units(job.target_units, points.space)  # refused now, not when all is trained
    samples = seen_by_any(gather(sensors, patch_sizes_px, points, reporter.within(0.2, 1.0)), points.subject)
    space, samples = without_empty_classes(points.space, samples, reporter)
    log_contradictions(samples, space, reporter)
    samples = join_shared_pixels(samples, reporter)
    log_coverage(samples, space, reporter)
    bands = tuple(sensor.bands for sensor in sensors)
    log_constant_bands(samples, bands, reporter)
    log_fill_around(samples, bands, "SENSOR_X_NODATA", reporter)
    return replace(points, space=space), samples


def _largest_patch_m(sensors: tuple[SensorRasters, ...], patch_sizes_px: tuple[int, ...]) -> float:
    return max(
        side_px * sensor.scenes[0].grid.pixel_m() for sensor, side_px in zip(sensors, patch_sizes_px, strict=True)
    )


def _unlabelled(
    job: TrainJob,
    sensors: tuple[SensorRasters, ...],
    patch_sizes_px: tuple[int, ...],
    samples: SampleSet,
    plan: SplitPlan,
    reporter: Reporter,
) -> Unlabelled | None:
    """Positions without labels, away from all that any run validates or tests on."""
    count = job.unlabelled_samples
    if count is None:
        count = usual_draw(sensors, patch_sizes_px) if job.method is Method.AUTO else 0
    if not count:
        return None
    judged = samples.take(plan.judged())
    avoid = Positions(LONGITUDE_LATITUDE, judged.longitude, judged.latitude)
    asked = job.unlabelled_samples is not None
    found = draw_unlabelled(sensors, patch_sizes_px, avoid, count, job.seed, reporter, judged=judged, asked=asked)
    return found if asked else spread(found, job.seed)


def _settings(job: TrainJob, space: LabelSpace, device: str) -> Settings:
    design = NetworkDesign(job.series_encoder, job.image_encoder, job.spectral)
    settings = Settings(
        epochs=job.epochs,
        batch_size=job.batch_size,
        learning_rate=job.learning_rate,
        class_weight=job.class_weight,
        seed=job.seed,
        device=device,
        outputs=space.outputs,
        design=averaged(design) if job.method is Method.AUTO and job.effort is not Effort.THOROUGH else design,
        weights=job.loss,
        optimize=job.optimize,
        unlabelled_use=job.unlabelled_use,
        shares=space.shares,
    )
    return with_recipe(settings)


def _train_all(
    job: TrainJob,
    data: TrainingData,
    plan: SplitPlan,
    settings: Settings,
    checkpoints: Checkpoints,
    reporter: Reporter,
) -> TrainingResults:
    """Train everything that is compared, on every split; keep the first run's networks and every test's predictions."""
    names = data.sensor_names()
    progress = TrainingProgress(job.method, len(names), len(plan.splits), reporter, job.effort)
    pace = Pace(job.effort, job.time_budget_min, finish_asked)
    first, held_out = None, []
    if checkpoints.found():
        reporter.info(
            "resumed",
            "Resuming an interrupted training of the same job from its last checkpoint; its epochs are logged again.",
        )
    for number, (seed, split) in enumerate(plan.splits):
        if len(plan.splits) > 1:
            reporter.info("run", f"Run {number + 1} of {len(plan.splits)}, with the seed {seed}.")
        kept = checkpoints.within(str(number))
        say = progress.say if first is None else unsaid
        comparison = train_all(
            data,
            split,
            replace(settings, seed=seed),
            job.method,
            progress,
            kept,
            pace,
            say,
            job.unlabelled_samples is None,
        )
        if first and comparison.ended:
            told = f"Scores are of {number} of {len(plan.splits)} runs: the others were ended early."
            reporter.warning("runs_left_out", told)
            break
        first = first or comparison
        for method, error in comparison.failed.items():
            reporter.warning("method_failed", f"{method.value} could not be tried: found {error.found}. {error.remedy}")
        held_out.append(predict_test(comparison, data.samples, split, seed))
        if comparison.ended:
            break
    if first is None:
        raise ValueError("no split to train on")
    return TrainingResults(first, tuple(held_out))


def _with_copies(
    job: TrainJob,
    results: TrainingResults,
    data: TrainingData,
    plan: SplitPlan,
    settings: Settings,
    checkpoints: Checkpoints,
    reporter: Reporter,
) -> TrainingResults:
    """The results with a network for every average that is shipped, which maps in less time, where there is time."""
    if not results.first.averaged:
        return results
    why = _no_time_for_copies(job, results)
    if why:
        reporter.info("fast_copy", f"The model file holds no fast copy: {why}. Maps take the average's time.")
        return results
    if job.unlabelled_samples is None:  # a copy of full width would take its time over them
        data = replace(data, unlabelled=None)
    progress = TrainingProgress(Method.ALONE, 1, len(data.sensor_names()), reporter)
    on_epoch, split = Pace(finish_asked=finish_asked).checked(progress), plan.first
    try:
        copies = fast_copies(results.first, data, split, settings, on_epoch, checkpoints.within("fast copies"))
    except EndedEarly:
        reporter.warning("fast_copy", "It was asked to finish: the model file holds no fast copy of the averages.")
        return results
    return replace(results, copies=copies)


def _no_time_for_copies(job: TrainJob, results: TrainingResults) -> str:
    """Why no network learns from the averages that are shipped; empty where one does."""
    if job.effort is Effort.QUICK:
        return "EFFORT = quick trains no network"
    if results.first.ended:
        return "the training was ended early"
    return "TIME_BUDGET_MIN leaves no time for one" if job.time_budget_min is not None else ""


def _log_choices(manifest: Manifest, results: TrainingResults, reporter: Reporter) -> None:
    """Log which method was kept, and which predictor of each sensor is shipped."""
    if manifest.method == AVERAGE:
        for sensor in manifest.sensors:
            held = results.first.shipped(sensor.name).describe()
            reporter.info("method", f"{sensor.name}: the model file holds the {held}.")
    elif len(manifest.candidates) > 1:
        scores = ", ".join(f"{each.method} {each.mean:.3f}" for each in manifest.candidates)
        reporter.info("method", f"Kept {manifest.method}, by validation scores: {scores} (mean over sensors).")
    _log_scores(manifest, reporter)
    for sensor in manifest.sensors:
        choice = sensor.score.choice
        if choice:
            level = "; level, so the first is taken" if choice.colearned == choice.alone else ""
            reporter.info(
                "shipped",
                f"{sensor.name}: the model file holds the {results.first.shipped(sensor.name).describe()} trained "
                f"{_SHIPPED[sensor.score.shipped]} (validation {sensor.score.metric}: "
                f"co-learned {choice.colearned:.3f}, alone {choice.alone:.3f}{level}).",
            )


def _log_scores(manifest: Manifest, reporter: Reporter) -> None:
    """Log the test score of what is shipped, and what its interval holds."""
    scores = []
    for sensor in manifest.sensors:
        score = sensor.score.of_shipped
        interval = "" if score.low is None else f" [{score.low:.3f}, {score.high:.3f}]"
        scores.append(f"{sensor.name} {score.value:.3f}{interval}")
    metric = manifest.sensors[0].score.metric
    reporter.info("scores", f"Test {metric}: {', '.join(scores)}. {uncertainty_remark(manifest)}")


def _graphs(results: TrainingResults, manifest: Manifest) -> dict[str, bytes]:
    codes = [label.code for label in manifest.classes] if manifest.task is Task.CLASSIFICATION else []
    return {
        sensor.graph: results.first.shipped(sensor.name).to_onnx(codes, manifest.nodata) for sensor in manifest.sensors
    }


def _finished(job: TrainJob, manifest: Manifest) -> Finished:
    outputs = {"OUTPUT_MODEL": job.output_model}
    if job.output_report:
        outputs["OUTPUT_REPORT"] = job.output_report
    if job.output_samples:
        outputs["OUTPUT_SAMPLES"] = job.output_samples
    numbers = {"TEST_SAMPLES": float(manifest.samples.test)}
    for sensor in manifest.sensors:
        score = sensor.score
        estimates = {
            "SCORE": score.colearned or score.alone,
            "SCORE_ALONE": score.alone,
            "SCORE_SHIPPED": score.of_shipped,
            "SCORE_FOREST": score.forest,
            "SCORE_NETWORK": score.network,
            "GAIN": score.gain,  # nothing is claimed that was not measured
            "GAIN_OVER_NETWORK": score.network_gap,
        }
        numbers |= {f"{name}:{sensor.name}": estimate.value for name, estimate in estimates.items() if estimate}
    if manifest.fused:
        numbers["SCORE_FUSED"] = manifest.fused.network.value
    return Finished(outputs, numbers)
