"""Evaluate: how good one sensor's map is on labels that training has not seen."""

from __future__ import annotations

from pathlib import Path

from .bundle.model_file import ModelFile
from .bundle.session import Session
from .contract.errors import ErrorCode, InputError
from .contract.events import Finished, Level
from .contract.job import EvaluateJob, RasterLabels, Task, VectorLabels
from .contract.manifest import Manifest, SensorManifest
from .learning.metrics import classification_scores, multilabel_scores, regression_scores
from .mapping import score_samples
from .outputs import OutputSet
from .raster.sensor import SensorRasters, open_as, recognize
from .report.evaluation import evaluation_report
from .report.evidence import EvaluationEvidence
from .reporting import Reporter
from .samples.coverage import seen_by_any
from .samples.gather import gather
from .samples.label_space import LabelSpace
from .samples.places import Placement, Places
from .samples.placing import place_labels
from .samples.sample_set import Floats, SampleSet

MOST_PER_FEATURE = 1000


def evaluate(job: EvaluateJob, reporter: Reporter) -> Finished:
    """Score the job's sensor on the job's labels; write a report where one is asked for.

    Raises:
        CoLearnError: any input, model, device or output that cannot be used.
    """
    model = ModelFile.open(job.model)
    sensor, opened = _open_input(job, model.manifest, reporter)
    session = Session(model.graph(sensor.name), job.device, threads=0)
    reporter.info("device", f"Computing on {session.device}.")
    inputs = (job.model, *job.labels.paths(), *(raster.path for raster in job.input))
    with OutputSet(job.run_id, inputs=inputs) as outputs:
        report_path = outputs.stage(job.output_report) if job.output_report else None
        places, samples = _samples(job, model.manifest, sensor, opened, reporter.within(0.0, 0.6))
        reporter.progress(0.6, "Scoring")
        prediction = score_samples(session, sensor, samples.sensors[0].values)
        evidence = _evidence(job, sensor, places, samples, prediction, reporter)
        if report_path:
            outputs.write_text(report_path, evaluation_report(model.manifest, evidence))
        outputs.commit()
    reporter.progress(1.0, "Finished")
    files = {"OUTPUT_REPORT": job.output_report} if job.output_report else {}
    return Finished(files, numbers_of(model.manifest.task, samples, prediction))


def _open_input(job: EvaluateJob, manifest: Manifest, reporter: Reporter) -> tuple[SensorManifest, SensorRasters]:
    sensor = manifest.sensor(job.sensor) if job.sensor else recognize(manifest, job.input, job.input_layout)
    opened = open_as(sensor, job.input, job.input_layout)
    for note in opened.notes:
        reporter.warning("input", note)
    reporter.info("sensor", f"Evaluating {sensor.name} on {len(opened.scenes)} scene(s).")
    return sensor, opened


def _samples(
    job: EvaluateJob, manifest: Manifest, sensor: SensorManifest, opened: SensorRasters, reporter: Reporter
) -> tuple[Places, SampleSet]:
    space = _label_space(job, manifest)
    placement = Placement(manifest.task, job.max_samples, job.seed, MOST_PER_FEATURE, space, as_they_are=True)
    places = place_labels(job.labels, (opened,), placement, reporter)
    samples = seen_by_any(gather((opened,), (sensor.context_px,), places, reporter), places.subject)
    reporter.info("samples", f"{len(samples)} samples to score.")
    return places, samples


def _label_space(job: EvaluateJob, manifest: Manifest) -> LabelSpace:
    """The model's own classes or targets, read from the fields this job names.

    Raises:
        InputError: another number of fields than the model has labels or targets.
    """
    names = job.labels.fields if isinstance(job.labels, VectorLabels) else (_raster_label(job.labels),)
    expected = {
        Task.MULTILABEL: tuple(label.name for label in manifest.classes),
        Task.REGRESSION: tuple(target.name for target in manifest.targets),
    }.get(manifest.task, manifest.label_fields)
    if len(names) != len(expected):
        raise InputError(
            ErrorCode.LABEL_FIELD_UNSUITABLE,
            subject="LABEL_FIELD",
            found=f"{len(names)} field(s): {', '.join(names)}",
            expected=f"as many as in training, in that order: {', '.join(expected)}",
            remedy="Choose the fields that say what the model was trained on.",
        )
    return LabelSpace(manifest.task, names, manifest.classes, manifest.nodata)


def _raster_label(labels: RasterLabels) -> str:
    return labels.rasters[0].label()


def _evidence(
    job: EvaluateJob,
    sensor: SensorManifest,
    places: Places,
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
        labels=places.subject,
        grouped_by=places.grouped_by,
        seed=job.seed,
    )


def numbers_of(task: Task, samples: SampleSet, prediction: Floats) -> dict[str, float]:
    """The scores that apply to the task, by the names of the algorithm's outputs."""
    numbers = {"N": float(len(samples))}
    if task is Task.CLASSIFICATION:
        scores = classification_scores(samples.target, prediction)
        return numbers | {
            "ACCURACY": scores.accuracy,
            "BALANCED_ACCURACY": scores.balanced_accuracy,
            "MACRO_F1": scores.macro_f1,
            "KAPPA": scores.kappa,
        }
    if task is Task.REGRESSION:
        mean = regression_scores(samples.target, prediction).mean
        return numbers | {"R2": mean.r2, "RMSE": mean.rmse, "MAE": mean.mae, "BIAS": mean.bias}
    return numbers | {"MACRO_F1": multilabel_scores(samples.target, prediction).macro_f1}
