"""Evaluate: accuracy assessment of one sensor's map with independent labels."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from .arrays import Floats
from .contract import (
    ErrorCode,
    EvaluateJob,
    Finished,
    InputError,
    Level,
    Manifest,
    Optimize,
    RasterLabels,
    SensorManifest,
    VectorLabels,
    thousands,
)
from .evaluation import area_numbers, map_accuracy, require_classes, require_map_of
from .inference import SessionOptions, choose_quality, open_session
from .input_checks import declared_scaling, log_fill_around, log_resolution, log_strange_values, open_input
from .learning.metrics import AreaAccuracy
from .learning.tasks import Population, named_scores
from .mapping import score_samples
from .model_file import ModelFile
from .outputs import OutputSet
from .process import Reporter, counted
from .raster.sensors import SensorRasters
from .report.content import EvaluationEvidence, Target
from .report.pages import evaluation_report
from .samples import SampleSet
from .samples.extract import gather, seen_by_any
from .samples.labels import LabelSpace
from .samples.points import DrawOptions, LabelPoints, draw_label_points
from .samples.split import join_shared_pixels, pixel_middles, recognized

MOST_PER_FEATURE = 1000


def evaluate(job: EvaluateJob, reporter: Reporter) -> Finished:
    """Score the job's sensor on the job's labels, and the map they sample; write a report if requested.

    Raises:
        CoLearnError: any input, model, device or output that cannot be used.
    """
    model = ModelFile.open(job.model)
    if job.map:
        require_classes(model.manifest)
    sensor, opened = _open_input(job, model.manifest, reporter)
    if job.map:
        require_map_of(job.map, model.manifest, sensor, reporter)
    quality = choose_quality(sensor, job.quality, job.precision, reporter)
    options = SessionOptions(job.device, job.precision, quality)
    session = open_session(model, sensor, options, threads=0, reporter=reporter)
    with OutputSet(job.run_id, inputs=_inputs(job), warn=reporter.warning) as outputs:
        report_path = outputs.stage(job.output_report) if job.output_report else None
        draw_options = _draw_options(job, model.manifest)
        points, samples = _samples(job, draw_options, sensor, opened, reporter.within(0.0, 0.5))
        log_strange_values(sensor, _pixels(samples), declared_scaling(opened.scenes[0]), reporter)
        log_fill_around(samples, (sensor.band_names(),), "NODATA", reporter)
        reporter.progress(0.5, "Scoring")
        prediction = score_samples(session, sensor, samples.sensors[0].values)
        known = _log_known(sensor, samples, reporter)
        area = map_accuracy(job, job.map, draw_options, reporter.within(0.7, 0.9)) if job.map else None
        evidence = replace(
            _evidence(job, sensor, points, samples, prediction, reporter), area=area, known_locations=known
        )
        if report_path:
            outputs.write_text(report_path, evaluation_report(model.manifest, evidence))
        outputs.commit()
    reporter.progress(1.0, "Finished")
    return replace(_finished(job, model.manifest, samples, prediction, area), sensor=sensor.name)


def _inputs(job: EvaluateJob) -> tuple[str, ...]:
    rasters = (*job.input, *job.input_mask_rasters, *([job.map] if job.map else []))
    return (job.model, *job.labels.paths(), *(raster.path for raster in rasters))


def _open_input(job: EvaluateJob, manifest: Manifest, reporter: Reporter) -> tuple[SensorManifest, SensorRasters]:
    sensor, opened = open_input(job, manifest, reporter)
    log_resolution(sensor, [scene.grid for scene in opened.scenes], reporter)
    scenes = counted(opened.scenes, "scene")
    reporter.info("sensor", f"Evaluating {sensor.name} on {scenes}.{opened.dates_text()}{opened.facts_text()}")
    return sensor, opened


def _draw_options(job: EvaluateJob, manifest: Manifest) -> DrawOptions:
    space = _label_space(job, manifest)
    return DrawOptions(manifest.task, job.max_samples, job.seed, MOST_PER_FEATURE, space, as_they_are=True)


def _samples(
    job: EvaluateJob, draw_options: DrawOptions, sensor: SensorManifest, opened: SensorRasters, reporter: Reporter
) -> tuple[LabelPoints, SampleSet]:
    points = draw_label_points(job.labels, (opened,), draw_options, reporter)
    samples = seen_by_any(gather((opened,), (sensor.context_px,), points, reporter), points.subject)
    samples = join_shared_pixels(samples, reporter)
    opened.require_unchanged()
    reporter.info("samples", f"{thousands(len(samples))} samples to evaluate.")
    return points, samples


def _pixels(samples: SampleSet) -> Floats:
    """Valid pixels (pixel, band) at the samples: an image's centres, a series' dates."""
    sensor = samples.sensors[0]
    pixels = sensor.values[sensor.shape.at_centre].reshape(-1, sensor.shape.bands)
    found: Floats = pixels[np.isfinite(pixels).all(axis=1)]
    return found


def _label_space(job: EvaluateJob, manifest: Manifest) -> LabelSpace:
    """The model's own classes or targets, read from the fields this job names.

    Raises:
        InputError: another number of fields than the model has labels or targets.
    """
    names = job.labels.fields if isinstance(job.labels, VectorLabels) else (_raster_label(job.labels),)
    expected = manifest.answers
    if len(names) != len(expected):
        raise InputError(
            ErrorCode.LABEL_FIELD_UNSUITABLE,
            subject="LABEL_FIELD",
            found=f"{counted(names, 'field')}: {', '.join(names)}",
            expected=f"the same number of fields as in training, in this order: {', '.join(expected)}",
            remedy="Choose the fields that correspond to those of the training.",
        )
    return LabelSpace(manifest.task, names, manifest.classes, manifest.nodata)


def _raster_label(labels: RasterLabels) -> str:
    return labels.rasters[0].label()


def _evidence(
    job: EvaluateJob,
    sensor: SensorManifest,
    points: LabelPoints,
    samples: SampleSet,
    prediction: Floats,
    reporter: Reporter,
) -> EvaluationEvidence:
    return EvaluationEvidence(
        target=samples.target,
        groups=samples.groups,
        longitude=samples.longitude,
        latitude=samples.latitude,
        prediction=prediction,
        notes=reporter.texts(Level.INFO),
        warnings=reporter.texts(Level.WARNING),
        sensor=sensor.name,
        sources=tuple(raster.label() for raster in job.input),
        model=Path(job.model).name,
        labels=points.subject,
        grouped_by=points.grouped_by,
        seed=job.seed,
    )


def _log_known(sensor: SensorManifest, samples: SampleSet, reporter: Reporter) -> int:
    """Log how many of the samples were used to train or select the model: scores on them are optimistic."""
    if sensor.places is None:
        reporter.info(
            "places_unknown",
            "The model file does not record its training locations: make sure that it was not trained on these labels.",
        )
        return 0
    degrees, footprints = (samples.longitude, samples.latitude), samples.sensors[0].footprints
    known = recognized(sensor.places, *(pixel_middles(footprints, *degrees) if footprints else degrees))
    if known:
        reporter.warning(
            "labels_known",
            f"At least {thousands(known)} of {thousands(len(samples))} labels are at locations used in training or "
            f"model selection: the scores are optimistic. Other pixels of the same polygons are not counted. Use "
            f"labels from other locations.",
        )
    return known


def _finished(
    job: EvaluateJob, manifest: Manifest, samples: SampleSet, prediction: Floats, area: AreaAccuracy | None
) -> Finished:
    files = {"OUTPUT_REPORT": job.output_report} if job.output_report else {}
    numbers = numbers_of(manifest, samples.target, prediction)
    return Finished(files, numbers | (area_numbers(manifest.classes, area) if area else {}))


def numbers_of(manifest: Manifest, target: Target, prediction: Floats) -> dict[str, float]:
    """The scores that apply to the task, by the names of the algorithm's outputs; the optimized one first."""
    population = Population.deciding(manifest)
    found = named_scores(manifest.task, target, prediction, Optimize(manifest.optimize), population)
    return {_output_name(name): value for name, value in found.items()} | {"N": float(len(target))}


def _output_name(score: str) -> str:
    """``balanced accuracy`` as Processing calls it: ``BALANCED_ACCURACY``."""
    return score.upper().replace(" ", "_").replace("²", "2")
