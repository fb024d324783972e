"""Whether a sensor's own teacher is better than that of all sensors, beyond sampling uncertainty.

A difference of two scores is never exactly zero, and with few groups it is mostly chance. Teaching by all sensors is
co-learning itself, so it is kept unless the sensor's own teacher leads by more than one standard error of the
difference: the one-standard-error rule (Breiman, Friedman, Olshen, Stone 1984, Classification and Regression Trees,
section 3.4.3), with the error by bootstrap over groups. With fewer than six groups the error is unknown (infinite).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from ...arrays import Floats
from ...contract import Optimize
from ...learning.metrics import Fold, bootstrap
from ...learning.tasks import Population, rules_of
from ...samples import SampleSet

RESAMPLES = 500
_FIRST, _SECOND = "first", "second"


@dataclass(frozen=True)
class Compared:
    """Main scores of two predictions of the same samples; ``error`` is the standard error of their difference."""

    first: float
    second: float
    error: float

    @property
    def second_is_better(self) -> bool:
        """Whether the difference exceeds one standard error."""
        return self.second - self.first > self.error


@dataclass(frozen=True)
class TeachersCompared:
    """Main scores of the teacher of all sensors and of the sensor's own, out of fold on training samples.

    ``error`` is the standard error of their difference; infinite if unknown.
    """

    every: float
    own: float
    error: float

    @property
    def own_is_better(self) -> bool:
        """Whether the difference exceeds one standard error."""
        return self.own - self.every > self.error


def compare_teachers(
    samples: SampleSet, every: Floats, own: Floats, optimize: Optimize, population: Population, seed: int
) -> TeachersCompared:
    """The teachers' finite soft targets (sample, output) of ``samples``, scored on the same resamples of groups."""
    found = compare_predictions(samples, every, own, optimize, population, seed)
    return TeachersCompared(found.first, found.second, found.error)


def compare_predictions(
    samples: SampleSet, first: Floats, second: Floats, optimize: Optimize, population: Population, seed: int
) -> Compared:
    """Two finite predictions (sample, output) of ``samples``, scored on the same resamples of groups."""
    fold = Fold(seed, samples.target, samples.groups, {_FIRST: first, _SECOND: second})
    paired = bootstrap(samples.task, [fold], seed=seed, resamples=RESAMPLES, population=population)
    main = rules_of(samples.task).main(optimize)
    drawn = paired.drawn[..., main]
    error = float((drawn[1] - drawn[0]).std(ddof=1)) if drawn.shape[1] else math.inf
    of_first, of_second = (float(each) for each in paired.by_seed[:, 0, main])
    return Compared(of_first, of_second, error)
