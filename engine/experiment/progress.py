"""How far a training journey is: many trainings, one after the other, each of as many epochs."""

from __future__ import annotations

from dataclasses import replace

from ..contract import Effort, Epoch, Interim, Level, Message, Method, TrainJob
from ..process import Reporter
from .methods import AVERAGED


class TrainingProgress:
    """Passes epochs on and tells the progress. A training over several sensors counts as much as one for each.

    Args:
        sensors: number of sensors.
        runs: how often everything is trained (folds × repeats).
        metric: of the scores that are passed on.
    """

    def __init__(
        self,
        method: Method,
        sensors: int,
        runs: int,
        reporter: Reporter,
        effort: Effort = TrainJob.effort,
        metric: str = "",
    ) -> None:
        self._metric = metric
        self._reporter = reporter
        self._sensors = sensors
        self._whole = runs * sensors * _parts(method, sensors, effort)
        self._done = 0.0
        self._current: Epoch | None = None

    def __call__(self, epoch: Epoch) -> None:
        """Take note of one epoch."""
        if self._current and epoch.epoch == 1:
            self._done += self._weight(self._current)
        self._current = epoch
        self._reporter.epoch(replace(epoch, metric=self._metric))
        share = self._done + self._weight(epoch) * epoch.epoch / epoch.epochs
        self._reporter.progress(share / self._whole, f"Training {epoch.training}")

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


def _parts(method: Method, sensors: int, effort: Effort) -> int:
    """How many times all sensors are trained: by each method, alone (in averages as often as by methods), fused."""
    if method is Method.AUTO and effort is Effort.QUICK:
        return 0
    if sensors == 1:
        return 1
    together = 2 * len(AVERAGED) if method is Method.AUTO else int(method is not Method.ALONE)
    return together + 2
