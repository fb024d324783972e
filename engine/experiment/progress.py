"""How far a training journey is: many forests and trainings, one after the other, each of as many epochs."""

from __future__ import annotations

from dataclasses import replace

from ..contract import Effort, Epoch, Interim, Level, Message, Method, TrainJob
from ..process import Reporter
from .forests import FOLDS
from .methods import AVERAGED, WITH_TEACHER

FOREST_SHARE = 0.15  # of the time of forests and networks; about, for it depends on either's size
GROWING = "Growing forests"


class TrainingProgress:
    """Passes epochs on and reports the progress. A training over several sensors counts as much as one for each.

    Args:
        sensors: number of sensors.
        runs: how often everything is trained (folds × repeats).
        metric: of the scores that are passed on.
        forests: how many are grown in all runs, as :meth:`fitted` counts them; none are counted without.
    """

    def __init__(
        self,
        method: Method,
        sensors: int,
        runs: int,
        reporter: Reporter,
        effort: Effort = TrainJob.effort,
        metric: str = "",
        forests: int = 0,
    ) -> None:
        self._metric = metric
        self._reporter = reporter
        self._sensors = sensors
        self._whole = runs * sensors * _parts(method, sensors, effort)
        self._done = self._trained = 0.0
        self._current: Epoch | None = None
        self._forests, self._grown = forests, 0
        self._forest_share = (FOREST_SHARE if self._whole else 1.0) if forests else 0.0

    @classmethod
    def of(
        cls, job: TrainJob, metric: str, sensors: int, runs: int, unlabelled: bool, reporter: Reporter
    ) -> TrainingProgress:
        """Of a job, with as many forests as all of its runs are expected to grow."""
        forests = runs * forests_grown(job.method, sensors, job.effort, unlabelled)
        return cls(job.method, sensors, runs, reporter, job.effort, metric, forests)

    def __call__(self, epoch: Epoch) -> None:
        """Take note of one epoch."""
        if self._current and epoch.epoch == 1:
            self._done += self._weight(self._current)
        self._current = epoch
        self._reporter.epoch(replace(epoch, metric=self._metric))
        share = self._done + self._weight(epoch) * epoch.epoch / epoch.epochs
        self._trained = share / self._whole
        self._report(f"Training {epoch.training}")

    def fitted(self) -> None:
        """Take note of one forest that is grown."""
        self._grown += 1
        self._report(GROWING)

    def _report(self, stage: str) -> None:
        grown = min(1.0, self._grown / self._forests) if self._forests else 0.0
        share = self._forest_share
        self._reporter.progress(share * grown + (1 - share) * self._trained, stage)

    def say(self, event: Interim | Message) -> None:
        """Pass on what is finished, or found, on the way."""
        if isinstance(event, Interim):
            self._reporter.interim(replace(event, metric=self._metric))
        elif event.level is Level.WARNING:
            self._reporter.warning(event.code, event.text)
        else:
            self._reporter.info(event.code, event.text)

    def _weight(self, epoch: Epoch) -> int:
        return 1 if ": " in epoch.training else self._sensors


def forests_grown(method: Method, sensors: int, effort: Effort, unlabelled: bool) -> int:
    """About how many forests a run grows: fewer where a teacher is missing."""
    together = int(sensors > 1)
    networks = method is not Method.AUTO or effort is not Effort.QUICK
    compared = sensors + together * networks
    teacher = FOLDS + unlabelled
    if method is not Method.AUTO:
        return compared + teacher * (method in WITH_TEACHER)
    return compared + sensors + teacher * (sensors + together) + sensors * (1 + together)


def _parts(method: Method, sensors: int, effort: Effort) -> int:
    """How many times all sensors are trained: by each method, alone (in averages as often as by methods), fused."""
    if method is Method.AUTO and effort is Effort.QUICK:
        return 0
    if sensors == 1:
        return 1
    together = 2 * len(AVERAGED) if method is Method.AUTO else int(method is not Method.ALONE)
    return together + 2
