"""Progress of a training journey: many forests and trainings in sequence, each with the same number of epochs."""

from __future__ import annotations

from dataclasses import replace

from ..contract import Effort, Epoch, Interim, Level, Message, Method, TrainJob
from ..process import Reporter
from .forests import FOLDS
from .methods import AVERAGED, WITH_TEACHER

FOREST_SHARE = 0.15  # approximate share of the time of forests and networks; it depends on their sizes
GROWING = "Growing forests"


class TrainingProgress:
    """Passes epochs on and reports progress. A training over several sensors counts as one per sensor.

    Args:
        sensors: number of sensors.
        runs: how often everything is trained (folds × repeats).
        metric: of the scores that are passed on.
        forests: the number grown in all runs, as counted by :meth:`fitted`; 0: not counted.
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
        """The progress of a job, with the number of forests that all its runs are expected to grow."""
        forests = runs * forests_grown(job.method, sensors, job.effort, unlabelled)
        return cls(job.method, sensors, runs, reporter, job.effort, metric, forests)

    def __call__(self, epoch: Epoch) -> None:
        """Record one epoch."""
        if self._current and epoch.epoch == 1:
            self._done += self._weight(self._current)
        self._current = epoch
        self._reporter.epoch(replace(epoch, metric=self._metric))
        share = self._done + self._weight(epoch) * epoch.epoch / epoch.epochs
        self._trained = share / self._whole
        self._report(f"Training {epoch.training}")

    def fitted(self) -> None:
        """Record one grown forest."""
        self._grown += 1
        self._report(GROWING)

    def _report(self, stage: str) -> None:
        grown = min(1.0, self._grown / self._forests) if self._forests else 0.0
        share = self._forest_share
        self._reporter.progress(share * grown + (1 - share) * self._trained, stage)

    def say(self, event: Interim | Message) -> None:
        """Pass on an interim result or message."""
        if isinstance(event, Interim):
            self._reporter.interim(replace(event, metric=self._metric))
        elif event.level is Level.WARNING:
            self._reporter.warning(event.code, event.text)
        else:
            self._reporter.info(event.code, event.text)

    def _weight(self, epoch: Epoch) -> int:
        return 1 if ": " in epoch.training else self._sensors


def forests_grown(method: Method, sensors: int, effort: Effort, unlabelled: bool) -> int:
    """The approximate number of forests that a run grows: fewer if a teacher is missing."""
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
