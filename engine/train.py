"""Train: one model file from several sensors and labels, with the measured effect of training them together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .contract import Finished, TrainJob
from .experiment import TrainingResults, describe_training, sample_columns, split_columns
from .experiment.graphs import model_graphs
from .experiment.steps import (
    TrainingInputs,
    TrainingSetup,
    finished,
    log_choices,
    split_samples,
    train_on_splits,
    with_all_labels,
    with_copies,
    with_unlabelled,
)
from .learning.fit import choose_device
from .model_file import write_model
from .outputs import OutputSet
from .process import Reporter
from .raster.geo import LONGITUDE_LATITUDE
from .raster.vector_output import Column, require_feature_format, write_points
from .report.pages import training_report
from .samples import SampleSet

LEAST_BYTES_PER_SENSOR = 500_000  # of a model file: checked before hours of training, not after


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
        inputs = _training_inputs(job, reporter)
        setup = TrainingSetup.of(job, inputs, device)
        results = _results(setup, reporter)
        reporter.progress(0.9, "Scoring on the test part")
        record = inputs.record(job, results)
        manifest = describe_training(record)
        log_choices(manifest, results, reporter)
        reporter.progress(0.93, "Exporting")
        graphs = model_graphs(record, manifest, reporter.within(0.93, 0.98))
        reporter.progress(0.98, "Writing the model and its report")
        report = training_report(graphs.manifest, record.evidence(reporter))
        write_model(model_path, graphs.manifest, graphs.entries, report)
        if report_path:
            outputs.write_text(report_path, report)
        if samples_path:
            _write_samples(samples_path, inputs.samples, sample_columns(record))
        outputs.commit()
    setup.checkpoints.remove()
    reporter.progress(1.0, "Finished")
    return finished(job, manifest)


def _split_only(job: TrainJob, reporter: Reporter) -> Finished:
    """Draw and split the samples as the training would, and write them as points."""
    with OutputSet(job.run_id, inputs=_inputs(job), warn=reporter.warning) as outputs:
        samples_path = _stage_samples(job, outputs)
        inputs = split_samples(job, reporter)
        if samples_path:
            columns = split_columns(inputs.points.space, inputs.samples, inputs.plan)
            _write_samples(samples_path, inputs.samples, columns)
        outputs.commit()
    reporter.progress(1.0, "Finished")
    return Finished({"OUTPUT_SAMPLES": job.output_samples or ""}, {"TEST_SAMPLES": float(len(inputs.plan.first.test))})


def _inputs(job: TrainJob) -> tuple[str, ...]:
    rasters = [raster.path for sensor in job.sensors for raster in (*sensor.rasters, *sensor.mask_rasters)]
    return (*rasters, *job.labels.paths())


def _stage_samples(job: TrainJob, outputs: OutputSet) -> Path | None:
    if job.output_samples is None:
        return None
    require_feature_format(job.output_samples, "OUTPUT_SAMPLES")
    return outputs.stage(job.output_samples)


def _write_samples(path: Path, samples: SampleSet, columns: Sequence[Column]) -> None:
    write_points(path, LONGITUDE_LATITUDE, samples.longitude, samples.latitude, columns)


def _training_inputs(job: TrainJob, reporter: Reporter) -> TrainingInputs:
    inputs = with_unlabelled(job, split_samples(job, reporter, until=0.12), reporter.within(0.12, 0.15))
    for sensor in inputs.sensors:
        sensor.require_unchanged()
    return inputs


def _results(setup: TrainingSetup, reporter: Reporter) -> TrainingResults:
    """All results of training: the comparison, averages trained on all labels, copies of averages."""
    reporter.progress(0.15, "Training")
    results = train_on_splits(setup, reporter.within(0.15, 0.65))
    reporter.progress(0.65, "Training on the labels of all parts")
    results = with_all_labels(setup, results, reporter.within(0.65, 0.8))
    return with_copies(setup, results, reporter.within(0.8, 0.9))
