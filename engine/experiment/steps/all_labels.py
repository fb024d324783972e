"""The step of a training that learns from all labels: what it logs, and what its results are then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from ...contract import Epoch, Method, TrainJob
from ...learning.fit import Checkpoints, Settings
from ...process import Reporter
from .. import FOREST_SHARE, GROWING, Chosen, Comparison, EndedEarly, Experiment, Pace, TrainingResults
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
    epochs = _epochs(first, chosen) if chosen else {}
    progress = RefitProgress(epochs, len(data.sensor_names()), _forests(first, bool(data.unlabelled)), reporter)
    experiment = Experiment(
        data,
        inputs.plan.first,
        settings,
        progress.checked(pace),
        checkpoints.within(_identity(chosen)),
        trees_only=job.unlabelled_samples is None,
        on_fitted=progress.fitted,
    )
    found = refitted(first, experiment, chosen)
    _log_refit(found, pace, reporter)
    predictors = calibrated_out_of_fold(found.predictors, results, inputs.plan, data.samples)
    folds = results.of_first_seed()
    by_folds = len(folds) > 1 and any(each.temperature is not None for each in predictors.values())
    calibrated = sum(len(each.samples) for each in folds) if by_folds else 0
    return replace(results, refitted=predictors, networks_refitted=found.networks, calibrated=calibrated)


def _epochs(comparison: Comparison, chosen: Chosen) -> dict[str, int]:
    """Of each network that is trained once more, by its training's name: none is trained beyond what is kept of it."""
    again = {method.value for method in (Method.ALONE, *(result.method for result in comparison.tried))}
    return {name: max(kept) for name, kept in chosen.epochs.items() if name.partition(": ")[0] in again}


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


class RefitProgress:
    """Tells how far the step is: epochs of networks, and forests. Its epochs make no curves: nothing validates them.

    Args:
        epochs: of each training, by its name; one over several sensors counts as much as one for each.
        forests: how many are grown.
    """

    def __init__(self, epochs: Mapping[str, int], sensors: int, forests: int, reporter: Reporter) -> None:
        self._sensors, self._reporter = sensors, reporter
        self._whole = sum(self._weight(training) * count for training, count in epochs.items())
        self._reached: dict[str, int] = {}  # epochs, by training
        self._forests, self._grown = forests, 0
        self._forest_share = (FOREST_SHARE if forests else 0.0) if self._whole else 1.0
        self._left = 1.0, 0.0  # of the step, and the forests grown, when networks were given up

    def checked(self, pace: Pace) -> Callable[[Epoch], None]:
        """What to call after each epoch: where the networks are given up, the forests are all that is left to do."""

        def after(epoch: Epoch) -> None:
            self(epoch)
            try:
                pace.check()
            except EndedEarly:
                self._give_up_networks()
                raise

        return after

    def __call__(self, epoch: Epoch) -> None:
        """Take note of one epoch."""
        self._reached[epoch.training] = epoch.epoch
        self._report(f"Training {epoch.training} on all labels")

    def fitted(self) -> None:
        """Take note of one forest; those of a network's teacher grow before it is trained."""
        self._grown += 1
        self._report(f"{GROWING} on all labels")

    def _give_up_networks(self) -> None:
        self._left = 1 - self._share(), self._grown_share()
        self._whole = 0

    def _report(self, stage: str) -> None:
        self._reporter.progress(self._share(), stage)

    def _share(self) -> float:
        if self._whole:
            trained = sum(self._weight(training) * count for training, count in self._reached.items()) / self._whole
            return self._forest_share * self._grown_share() + (1 - self._forest_share) * trained
        left, grown = self._left
        return 1 - left * (1 - self._grown_share()) / (1 - grown) if grown < 1 else 1.0

    def _grown_share(self) -> float:
        return min(1.0, self._grown / self._forests) if self._forests else 0.0

    def _weight(self, training: str) -> int:
        return 1 if ": " in training else self._sensors
