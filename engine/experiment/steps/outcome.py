"""What a training says when it is over: in its log, and in numbers to whoever started it."""

from __future__ import annotations

from ...contract import Finished, Manifest, TrainJob, Variant
from ...process import Reporter
from ...report.content import uncertainty_remark
from .. import AVERAGE, TrainingResults

_SHIPPED = {Variant.COLEARNED: "with the others", Variant.ALONE: "alone"}


def log_choices(manifest: Manifest, results: TrainingResults, reporter: Reporter) -> None:
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


def finished(job: TrainJob, manifest: Manifest) -> Finished:
    """The outputs and the numbers of a training, as whoever started it gets them."""
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
