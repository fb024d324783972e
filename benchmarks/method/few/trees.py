"""Trees only, in seconds: what ``auto`` ships with EFFORT = quick, its control, and a fixed teacher."""

from __future__ import annotations

from dataclasses import replace

from ....engine.contract import Effort
from ....engine.experiment import Averaging, Experiment, MethodResult, Pace
from ..matrix import Cell

QUICK = "quick"
QUICK_CONTROL = "quick without the others"  # as many trees, with a teacher on the sensor itself
QUICK_ALL = "quick, all sensors teach"  # even if the sensor's own teacher is better
QUICK_METHODS = (QUICK_CONTROL, QUICK_ALL, QUICK)


def trees_of(experiment: Experiment, method: str, cell: Cell) -> MethodResult:
    """Averages of two forests; all three result from one training, which is cached for the others."""
    key = (cell.dataset, cell.seed, cell.labels, experiment.data.samples.target.tobytes())
    if key not in _last:
        _last.clear()
        _last[key] = _grown(experiment)
    return _last[key][method]


def _grown(experiment: Experiment) -> dict[str, MethodResult]:
    averaging = Averaging(experiment, Pace(Effort.QUICK), with_fused=False)
    averaging.run()
    together = every = averaging.together or averaging.alone
    if experiment.weak_teachers:
        anyway = replace(experiment, weak={})
        every = anyway.calibrated(anyway.average([], co_learned=True))
    return {QUICK: together, QUICK_CONTROL: averaging.alone, QUICK_ALL: every}


_last: dict[tuple[str, int, float, bytes], dict[str, MethodResult]] = {}  # at most one
