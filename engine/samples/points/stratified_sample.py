"""Which of many candidate positions become samples, balanced over polygons and classes."""

from __future__ import annotations

import numpy as np

from ...arrays import Doubles, Indices

MOST_PER_FEATURE = 32  # neighbouring pixels of a polygon are highly correlated


def stratified_sample(
    feature: Indices,
    stratum: Indices,
    most: int,
    seed: int,
    most_per_feature: int = MOST_PER_FEATURE,
    within: Indices | None = None,
    rate: Doubles | None = None,
) -> Indices:
    """Choose at most ``most`` candidates, at most ``most_per_feature`` from one feature.

    Where the cap bites, strata (classes) are filled evenly, within a stratum the numbers of ``within`` in proportion to
    their rates, and there the features. Every candidate of a feature is equally likely.

    Args:
        feature: (candidate,) which polygon, point or pixel group a candidate belongs to.
        stratum: (candidate,) its class, or 0 for all.
        within: (candidate,) which sensors show it, as a number.
        rate: (candidate,) what the number of ``within`` gets in its stratum, relative to others; None: the same.

    Returns:
        Positions of the chosen candidates, ascending.
    """
    random = np.random.default_rng(seed)
    shuffled = random.permutation(len(feature))
    turn = rank_within(feature[shuffled])
    allowed = turn < most_per_feature
    shuffled, turn = shuffled[allowed], turn[allowed]
    by_turn = np.argsort(turn, kind="stable")
    shuffled = shuffled[by_turn]
    if within is not None:
        pairs = np.unique(np.stack([stratum, within]), axis=1, return_inverse=True)[1].reshape(-1)
        turn = (rank_within(pairs[shuffled]) + 0.5) / (1.0 if rate is None else rate[shuffled])
        shuffled = shuffled[np.argsort(turn, kind="stable")]
    place = rank_within(stratum[shuffled])
    chosen: Indices = np.sort(shuffled[np.argsort(place, kind="stable")[:most]])
    return chosen


def rank_within(keys: Indices | Doubles) -> Indices:
    """For each element, the number of equal ones before it."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    first = np.concatenate([[True], ordered[1:] != ordered[:-1]]) if len(keys) else np.zeros(0, dtype=bool)
    starts = np.flatnonzero(first)
    sizes = np.diff(np.append(starts, len(keys)))
    ranks = np.empty(len(keys), dtype=np.int64)
    ranks[order] = np.arange(len(keys)) - np.repeat(starts, sizes)
    return ranks
