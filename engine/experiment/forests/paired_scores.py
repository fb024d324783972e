"""Whether one of two predictions is better than the other, beyond what other groups of samples might have shown.

The difference of two scores is never exactly zero, and with few groups it is mostly chance. The first choice stands
(for trees: the teacher of all sensors, or the usual features) unless the second leads by more than one standard error
of the difference: the one-standard-error rule (Breiman, Friedman, Olshen, Stone 1984, Classification and Regression
Trees, section 3.4.3), the error by bootstrap over groups. With fewer than six groups the error is infinite, so that the
first choice stands.
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
class PairedScores:
    """Main scores of two predictions of the same samples, and the standard error of their difference (or infinity)."""

    first: float
    second: float
    error: float

    @property
    def second_is_better(self) -> bool:
        """By more than one standard error."""
        return self.second - self.first > self.error


def compare_predictions(
    samples: SampleSet, first: Floats, second: Floats, optimize: Optimize, population: Population, seed: int
) -> PairedScores:
    """Two finite predictions (sample, output) of ``samples``, scored on the same resamples of groups."""
    fold = Fold(seed, samples.target, samples.groups, {_FIRST: first, _SECOND: second})
    paired = bootstrap(samples.task, [fold], seed=seed, resamples=RESAMPLES, population=population)
    main = rules_of(samples.task).main(optimize)
    drawn = paired.drawn[..., main]
    error = float((drawn[1] - drawn[0]).std(ddof=1)) if drawn.shape[1] else math.inf
    of_first, of_second = (float(each) for each in paired.by_seed[:, 0, main])
    return PairedScores(of_first, of_second, error)
