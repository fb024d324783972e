"""The outcome of a training: log messages, and numbers for the caller."""

from __future__ import annotations

from ...contract import Finished, Manifest, TrainJob, Variant, estimate_text, metric_text, score_text
from ...process import Reporter
from ...report.content import uncertainty_remark
from .. import AVERAGE, TrainingResults

_SHIPPED = {Variant.COLEARNED: "with the others", Variant.ALONE: "alone"}


def log_choices(manifest: Manifest, results: TrainingResults, reporter: Reporter) -> None:
    """Log which method was kept, and which predictor of each sensor is shipped."""
    if manifest.method == AVERAGE:
        for sensor in manifest.sensors:
            held = results.first.shipped(sensor.name).describe()
            reporter.info("method", f"{sensor.name}: the model file contains the {held}.")
    elif len(manifest.candidates) > 1:
        metric = manifest.sensors[0].score.metric
        scores = ", ".join(f"{each.method} {score_text(each.mean, metric)}" for each in manifest.candidates)
        reporter.info(
            "method",
            f"Selected {manifest.method} by the validation {metric_text(metric)}, mean over sensors: {scores}.",
        )
    _log_scores(manifest, reporter)
    for sensor in manifest.sensors:
        choice = sensor.score.choice
        if choice:
            metric = sensor.score.metric
            tied = "; a tie, so the first is used" if choice.colearned == choice.alone else ""
            reporter.info(
                "shipped",
                f"{sensor.name}: the model file contains the {results.first.shipped(sensor.name).describe()} trained "
                f"{_SHIPPED[sensor.score.shipped]} (validation {metric_text(metric)}: co-learned "
                f"{score_text(choice.colearned, metric)}, alone {score_text(choice.alone, metric)}{tied}).",
            )


def _log_scores(manifest: Manifest, reporter: Reporter) -> None:
    """Log the test score of the shipped predictors, and the meaning of its interval."""
    metric = manifest.sensors[0].score.metric
    scores = [f"{each.name} {estimate_text(each.score.of_shipped, metric)}" for each in manifest.sensors]
    reporter.info("scores", f"Test {metric_text(metric)}: {', '.join(scores)}. {uncertainty_remark(manifest)}")


def finished(job: TrainJob, manifest: Manifest) -> Finished:
    """The outputs and the numbers of a training, for the caller."""
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
            "GAIN": score.gain,  # nothing is reported that was not measured
            "GAIN_OVER_NETWORK": score.network_gap,
        }
        numbers |= {f"{name}:{sensor.name}": estimate.value for name, estimate in estimates.items() if estimate}
    if manifest.fused:
        numbers["SCORE_FUSED"] = manifest.fused.network.value
    return Finished(outputs, numbers)
