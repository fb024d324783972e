"""The training step that refits on all labels: its log messages and results."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from ...contract import Epoch, Method
from ...process import Reporter
from .. import FOREST_SHARE, GROWING, Chosen, Comparison, EndedEarly, Experiment, Pace, TrainingResults
from ..forests import FOLDS
from ..refit import Refit, calibrated_out_of_fold, refitted
from .setup import TrainingSetup


def with_all_labels(setup: TrainingSetup, results: TrainingResults, reporter: Reporter) -> TrainingResults:
    """The results with averages trained on all samples, calibrated by folds if there are any.

    Networks of a training that was ended early, or has no time left, remain those that were scored.
    """
    first, data, plan = results.first, setup.data, setup.inputs.plan
    if not first.averaged or not setup.job.use_all_labels:
        return results
    chosen = None if first.ended or not first.network else results.chosen
    epochs = _epochs(first, chosen) if chosen else {}
    progress = RefitProgress(epochs, len(data.sensor_names()), _forests(first, bool(data.unlabelled)), reporter)
    experiment = Experiment(
        data,
        plan.first,
        setup.settings,
        progress.checked(setup.pace),
        setup.checkpoints.within(_identity(chosen)),
        trees_only=setup.job.unlabelled_samples is None,
        on_fitted=progress.fitted,
        pool=setup.pool,
    )
    found = refitted(first, experiment, chosen)
    _log_refit(found, setup.pace, reporter)
    predictors = calibrated_out_of_fold(found.predictors, results, plan, data.samples)
    folds = results.of_first_seed()
    by_folds = len(folds) > 1 and any(each.temperature is not None for each in predictors.values())
    calibrated = sum(len(each.samples) for each in folds) if by_folds else 0
    return replace(results, refitted=predictors, networks_refitted=found.networks, calibrated=calibrated)


def _epochs(comparison: Comparison, chosen: Chosen) -> dict[str, int]:
    """The epochs of each network to train again, by training name: none is trained beyond the epoch that is kept."""
    again = {method.value for method in (Method.ALONE, *(result.method for result in comparison.tried))}
    return {name: max(kept) for name, kept in chosen.epochs.items() if name.partition(": ")[0] in again}


def _forests(comparison: Comparison, unlabelled: bool) -> int:
    """The number of forests grown: two per sensor, and their teachers."""
    sensors = len(comparison.alone.predictors)
    return 2 * sensors + (FOLDS + unlabelled) * (1 + len(comparison.weak_teachers))


def _identity(chosen: Chosen | None) -> str:
    """The identity of checkpoints: with a time budget other epochs may be affordable, and chosen, after a kill."""
    return f"all labels {sorted(chosen.epochs.items())}" if chosen else "all labels"


def _log_refit(found: Refit, pace: Pace, reporter: Reporter) -> None:
    """Log why networks were not trained on all labels, if they should have been."""
    stay = "The networks in the model file stay those that learned from the training part."
    if found.ended:
        why = "Early finish was requested" if pace.finish_asked() else f"The {pace.minutes:g} minutes are over"
        reporter.warning("refit_ended", f"{why} before the networks had learned from all labels. {stay}")
    if found.failed:
        reason = f"found {found.failed.found}. {found.failed.remedy}"
        reporter.warning("refit_failed", f"Networks could not be trained on all labels: {reason} {stay}")


class RefitProgress:
    """Reports the progress of the step: epochs of networks, and forests. Without validation there are no curves.

    Args:
        epochs: of each training, by name; one over several sensors counts as one per sensor.
        forests: the number grown.
    """

    def __init__(self, epochs: Mapping[str, int], sensors: int, forests: int, reporter: Reporter) -> None:
        self._sensors, self._reporter = sensors, reporter
        self._whole = sum(self._weight(training) * count for training, count in epochs.items())
        self._reached: dict[str, int] = {}  # epochs, by training
        self._forests, self._grown = forests, 0
        self._forest_share = (FOREST_SHARE if forests else 0.0) if self._whole else 1.0
        self._left = 1.0, 0.0  # remaining share of the step, and forests grown, when networks were abandoned

    def checked(self, pace: Pace) -> Callable[[Epoch], None]:
        """The callback after each epoch; if the networks are abandoned, only the forests remain."""

        def after(epoch: Epoch) -> None:
            self(epoch)
            try:
                pace.check()
            except EndedEarly:
                self._give_up_networks()
                raise

        return after

    def __call__(self, epoch: Epoch) -> None:
        """Record one epoch."""
        self._reached[epoch.training] = epoch.epoch
        self._report(f"Training {epoch.training} on all labels")

    def fitted(self) -> None:
        """Record one forest; those of a network's teacher are grown before it is trained."""
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
