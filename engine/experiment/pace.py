"""How long a training may take, and its early end by the user or the time budget."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from ..contract import Effort, Epoch, TrainJob

LEAST_EPOCHS = 8  # with fewer epochs forests alone are better
MEASURED_EPOCHS = 2  # the first is not timed
KEPT_FOR_THE_END = 0.15  # share of the remaining time: scores, graphs, the report
# Epochs of all sensors alone that each size costs: a network alone; then MDiCo and one alone more; then distillation
# and one alone more. MDiCo has terms between sensors besides.
COSTS = {1: 1.0, 2: 3.3, 3: 5.3}
REFIT_COSTS = {1: 1.0, 2: 2.3, 3: 3.3}  # of training the networks of an average again, on the same number of samples
FUSED_COST = 1.0  # of the reference with all sensors


class EndedEarly(Exception):  # noqa: N818  (nothing failed)
    """The current training is abandoned; finished results are used."""


@dataclass(frozen=True)
class Plan:
    """The networks per sensor in the average and in its control, their epochs, and whether the fused one is trained.

    All of it in ``runs`` runs: folds and their repeats.
    """

    networks: int
    epochs: int
    fused: bool = True
    runs: int = 1


@dataclass(frozen=True)
class Pace:
    """The effort, the time budget in minutes from now on (None: unlimited), and whether the user wants to end.

    ``refits``: networks are trained again on all labels; ``runs``: how often everything is trained and scored.
    """

    effort: Effort = TrainJob.effort
    minutes: float | None = None
    finish_asked: Callable[[], bool] = lambda: False
    clock: Callable[[], float] = time.monotonic
    refits: bool = False
    runs: int = 1
    started_s: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "started_s", self.clock())

    @property
    def left_s(self) -> float:
        """Seconds until the time budget is used up; infinite without one."""
        return math.inf if self.minutes is None else 60 * self.minutes - (self.clock() - self.started_s)

    def check(self) -> None:
        """Raise EndedEarly if the user requested the end, or the time is up."""
        if self.finish_asked() or self.left_s <= 0:
            raise EndedEarly

    def checked(self, on_epoch: Callable[[Epoch], None]) -> Callable[[Epoch], None]:
        """The same callback, followed by :meth:`check` after each epoch."""

        def checking(epoch: Epoch) -> None:
            on_epoch(epoch)
            self.check()

        return checking

    def affordable(self, epoch_s: float, epochs: int, most: int, again_s: float, all_labels: float = 1.0) -> Plan:
        """The largest plan that fits into the remaining time: runs are dropped before networks.

        Args:
            epoch_s: seconds per epoch of every sensor alone.
            epochs: of a whole training.
            most: networks of a sensor, at most.
            again_s: seconds to reserve for what is repeated in every other run, and at the end.
            all_labels: the ratio of all samples to those of the training part.
        """
        left, again = (1 - KEPT_FOR_THE_END) * self.left_s, all_labels * self.refits
        for networks in range(most, 0, -1):
            for runs in range(self.runs, 0, -1):
                for fused in (True, False):
                    whole_epochs = runs * (COSTS[networks] + FUSED_COST * fused) + again * REFIT_COSTS[networks]
                    if epochs * epoch_s * whole_epochs + runs * again_s <= left:
                        return Plan(networks, epochs, fused, runs)
        fewer = int((left - again_s) / epoch_s / (COSTS[1] + again * REFIT_COSTS[1])) if epoch_s > 0 else epochs
        return Plan(1, fewer, fused=False) if fewer >= LEAST_EPOCHS else Plan(0, epochs, fused=False)
