"""Progress of a training journey: many forests and trainings, also side by side, all of equally many epochs."""

from __future__ import annotations

from dataclasses import replace

from ..contract import Effort, Epoch, Interim, Level, Message, Method, Planned, TrainJob
from ..process import Reporter
from .forests import FOLDS
from .methods import AVERAGED, FUSED, WITH_TEACHER

FOREST_SHARE = 0.15  # approximate share of the time of forests and networks; it depends on their sizes
GROWING = "Growing forests"


class TrainingProgress:
    """Passes epochs on and reports progress. A training over several sensors counts as one per sensor.

    Counted is what a whole training of the job takes, until ``auto`` says what it plans (:class:`Planned`): from then
    on what is done, what is left of the current run, and the runs after it.

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
        self._whole: float = runs * sensors * _parts(method, sensors, effort)
        self._spent = 0.0  # on all trainings so far
        self._reached: dict[str, float] = {}  # how much of it on each of the current run
        self._share = 0.0  # of the whole: it never falls
        self._run, self._in_run = 0, (0.0, 0)  # number of the current run, and what each trains: networks, forests
        self._forests, self._grown = forests, 0
        self._forests_in_run = forests // runs  # at most

    @classmethod
    def of(
        cls, job: TrainJob, metric: str, sensors: int, runs: int, unlabelled: bool, reporter: Reporter
    ) -> TrainingProgress:
        """The progress of a job, with the number of forests that all its runs are expected to grow."""
        forests = runs * forests_grown(job.method, sensors, job.effort, unlabelled)
        return cls(job.method, sensors, runs, reporter, job.effort, metric, forests)

    def __call__(self, epoch: Epoch) -> None:
        """Record one epoch."""
        before = self._reached.get(epoch.training, 0.0) if epoch.epoch > 1 else 0.0  # the next run has the same names
        self._reached[epoch.training] = self._weight(epoch) * epoch.epoch / epoch.epochs
        self._spent += self._reached[epoch.training] - before
        self._reporter.epoch(replace(epoch, metric=self._metric))
        self._report(f"Training {epoch.training}")

    def fitted(self) -> None:
        """Record one grown forest."""
        self._grown += 1
        self._report(GROWING)

    def _report(self, stage: str) -> None:
        grown = min(1.0, self._grown / self._forests) if self._forests else 0.0
        share = (FOREST_SHARE if self._whole else 1.0) if self._forests else 0.0
        trained = self._spent / self._whole if self._whole else 0.0
        self._share = max(self._share, share * grown + (1 - share) * trained)
        self._reporter.progress(self._share, stage)

    def say(self, event: Interim | Message | Planned) -> None:
        """Pass on an interim result, a message or a plan."""
        self.replan(event)
        if isinstance(event, Planned):
            self._reporter.planned(event)
        elif isinstance(event, Interim):
            self._reporter.interim(replace(event, metric=self._metric))
        elif event.level is Level.WARNING:
            self._reporter.warning(event.code, event.text)
        else:
            self._reporter.info(event.code, event.text)

    def replan(self, event: Interim | Message | Planned) -> None:
        """Count what is planned from now on; other events are ignored."""
        if not isinstance(event, Planned):
            return
        left: float = self._sensors * (_trainings(event.networks) - _trainings(event.finished) + event.fused)
        without_fused = int(self._sensors > 1 and not event.fused)  # then no forest on all sensors is compared with it
        forests = max(0, self._forests_in_run - without_fused)
        if not event.finished and not event.is_last:
            self._run, self._in_run = self._run + 1, (left, forests)
            self._reached.clear()
        if event.fused:
            left -= self._reached.get(FUSED, 0.0)  # which is trained beside the others
        after = 0 if event.is_last else max(0, event.runs - self._run)
        self._whole = self._spent + left + after * self._in_run[0]
        self._forests = forests + (max(0, self._run - 1) + after) * self._in_run[1]

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


def _trainings(networks: int) -> int:
    """How many times an average of so many networks and its control, which has the first one as well, are trained."""
    return max(0, 2 * networks - 1)


def _parts(method: Method, sensors: int, effort: Effort) -> int:
    """How many times all sensors are trained: by each method, alone (in averages as often as by methods), fused."""
    if method is Method.AUTO and effort is Effort.QUICK:
        return 0
    if sensors == 1:
        return 1
    together = 2 * len(AVERAGED) if method is Method.AUTO else int(method is not Method.ALONE)
    return together + 2
