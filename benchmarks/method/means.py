"""Mean leads over pairs, with intervals from resampling data sets, because sensors of one set are correlated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.special import ndtr, stdtrit

from ...engine.contract import Estimate
from ...engine.learning.metrics import MINIMUM_GROUPS

RESAMPLES = 10_000
_SEED, _TAIL = 0, 0.025


def mean_over_pairs(leads: Mapping[str, Sequence[float]]) -> Estimate:
    """The mean over all pairs of all data sets, with its 95 % interval (expanded percentiles over data sets).

    There is no interval with fewer than six data sets.

    Args:
        leads: the leads of each data set's pairs; at least one in all.
    """
    sums = np.array([sum(each) for each in leads.values()])
    counts = np.array([len(each) for each in leads.values()])
    value, sets = float(sums.sum() / counts.sum()), len(leads)
    if sets < MINIMUM_GROUPS:
        return Estimate(value)
    drawn = np.random.default_rng(_SEED).integers(sets, size=(RESAMPLES, sets))
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    tail = ndtr(stdtrit(sets - 1, _TAIL) * np.sqrt(sets / (sets - 1)))
    low, high = np.quantile(means, [tail, 1 - tail])
    return Estimate(value, float(low), float(high))
