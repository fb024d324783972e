"""The step of a training that learns from all labels: what it tells, and what its results are then."""

from __future__ import annotations

from dataclasses import replace

from ...contract import Epoch, Method, TrainJob
from ...learning.fit import Checkpoints, Settings
from ...process import Reporter
from .. import FOREST_SHARE, GROWING, Chosen, Comparison, Pace, TrainingResults
from ..forests import FOLDS
from ..refit import Refit, calibrated_out_of_fold, refitted
from .samples import TrainingInputs


def with_all_labels(
    job: TrainJob,
    results: TrainingResults,
    inputs: TrainingInputs,
    settings: Settings,
    pace: Pace,
    checkpoints: Checkpoints,
    reporter: Reporter,
) -> TrainingResults:
    """The results with averages that learned from all samples, calibrated by folds where there are any.

    Networks of a training that was ended early, or has no time left, stay those that were scored.
    """
    first, data = results.first, inputs.data
    if not first.averaged or not job.use_all_labels:
        return results
    chosen = None if first.ended or not first.network else results.chosen
    trainings = _trainings(first) if chosen else 0
    progress = _Progress(trainings, len(data.sensor_names()), _forests(first, bool(data.unlabelled)), reporter)
    found = refitted(
        first,
        data,
        inputs.plan.first,
        settings,
        job.unlabelled_samples is None,
        chosen,
        pace.checked(progress),
        checkpoints.within(_identity(chosen)),
        progress.forest,
    )
    _log_refit(found, pace, reporter)
    predictors = calibrated_out_of_fold(found.predictors, results, inputs.plan, data.samples)
    folds = results.of_first_seed()
    by_folds = len(folds) > 1 and any(each.temperature is not None for each in predictors.values())
    calibrated = sum(len(each.samples) for each in folds) if by_folds else 0
    return replace(results, refitted=predictors, networks_refitted=found.networks, calibrated=calibrated)


def _trainings(comparison: Comparison) -> int:
    """How many times every sensor has a network trained."""
    return 1 + len(comparison.tried)


def _forests(comparison: Comparison, unlabelled: bool) -> int:
    """How many forests are grown: two of each sensor, and their teachers."""
    sensors = len(comparison.alone.predictors)
    return 2 * sensors + (FOLDS + unlabelled) * (1 + len(comparison.weak_teachers))


def _identity(chosen: Chosen | None) -> str:
    """Under which name checkpoints are kept: a time budget may allow, and so choose, other epochs after a kill."""
    return f"all labels {sorted(chosen.epochs.items())}" if chosen else "all labels"


def _log_refit(found: Refit, pace: Pace, reporter: Reporter) -> None:
    """Why networks did not learn from all labels, where they were to."""
    stay = "The networks in the model file stay those that learned from the training part."
    if found.ended:
        why = "Early finish was requested" if pace.finish_asked() else f"The {pace.minutes:g} minutes are over"
        reporter.warning("refit_ended", f"{why} before the networks had learned from all labels. {stay}")
    if found.failed:
        reason = f"found {found.failed.found}. {found.failed.remedy}"
        reporter.warning("refit_failed", f"Networks could not be trained on all labels: {reason} {stay}")


class _Progress:
    """Tells how far the step is: networks, then forests. Its epochs make no curves: they have no validation part."""

    def __init__(self, trainings: int, sensors: int, forests: int, reporter: Reporter) -> None:
        self._whole, self._sensors, self._reporter = trainings * sensors, sensors, reporter
        self._done, self._weight = 0, 0
        self._forests, self._grown = forests, 0
        self._networks_end = 1 - FOREST_SHARE if trainings else 0.0

    def __call__(self, epoch: Epoch) -> None:
        """Take note of one epoch."""
        if epoch.epoch == 1:
            self._done += self._weight
        self._weight = self._sensors if epoch.training == Method.MDICO.value else 1
        share = (self._done + self._weight * epoch.epoch / epoch.epochs) / self._whole
        self._reporter.progress(self._networks_end * share, f"Training {epoch.training} on all labels")

    def forest(self) -> None:
        """Take note of one forest; those that a network's teacher needs come before their time."""
        self._grown += 1
        if self._whole and self._done + self._weight < self._whole:
            return
        grown = min(1.0, self._grown / self._forests)
        self._reporter.progress(self._networks_end + (1 - self._networks_end) * grown, f"{GROWING} on all labels")
