"""Variation between trainings, included in the interval of a score (formula in :mod:`.cluster_bootstrap`)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from ...arrays import Doubles
from ...contract import Estimate

_UPPER = 0.975


@dataclass(frozen=True)
class Reruns:
    """A score in each of several runs (run,), and its bootstrap resamples (run, resample), NaN where undefined."""

    scores: Doubles
    drawn: Doubles

    def __len__(self) -> int:
        return len(self.scores)

    @property
    def variance(self) -> float:
        """The variance between runs not explained by their samples: a random effect, at least 0."""
        if len(self) < 2:
            return 0.0
        own = [np.nanvar(drawn, ddof=1) if np.isfinite(drawn).sum() > 1 else 0.0 for drawn in self.drawn]
        return max(0.0, float(self.scores.var(ddof=1) - np.mean(own)))


def with_reruns(estimate: Estimate, drawn: Doubles, groups: int, reruns: Reruns) -> Estimate:
    """The interval from resampling (``drawn``, of ``groups`` groups), widened by the variation between trainings."""
    between = reruns.variance / len(reruns)
    if estimate.low is None or estimate.high is None or between == 0:
        return estimate
    places = float(drawn.var(ddof=1))
    freedom = (places + between) ** 2 / (places**2 / (groups - 1) + between**2 / (len(reruns) - 1))
    reach = float(stdtrit(freedom, _UPPER))
    if places == 0:
        half = reach * math.sqrt(between)
        return Estimate(estimate.value, estimate.value - half, estimate.value + half)
    wider = max(1.0, math.sqrt((places + between) / places) * reach / float(stdtrit(groups - 1, _UPPER))) - 1
    below, above = estimate.value - estimate.low, estimate.high - estimate.value
    return Estimate(estimate.value, estimate.low - wider * max(below, 0.0), estimate.high + wider * max(above, 0.0))
