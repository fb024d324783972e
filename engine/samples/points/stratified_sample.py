"""Stratified sampling of candidates, balanced over classes, sensor combinations and polygons."""

from __future__ import annotations

import numpy as np

from ...arrays import Doubles, Indices

MOST_PER_FEATURE = 32  # pixels of one polygon are highly correlated


def stratified_sample(
    feature: Indices,
    stratum: Indices,
    most: int,
    seed: int,
    most_per_feature: int = MOST_PER_FEATURE,
    within: Indices | None = None,
    rate: Doubles | None = None,
) -> Indices:
    """Draw at most ``most`` candidates, and at most ``most_per_feature`` from one feature.

    If not all can be used, the sample is balanced over strata (classes); within a stratum, substrata (``within``) are
    drawn in proportion to their rates, and within these, features are drawn evenly. All candidates of a feature have
    the same probability.

    Args:
        feature: (candidate,) number of the polygon, point or pixel group it belongs to.
        stratum: (candidate,) class index, or 0 for all.
        within: (candidate,) code of the sensor combination.
        rate: (candidate,) relative sampling rate of the candidate's substratum; None: equal rates.

    Returns:
        Indices of the chosen candidates, ascending.
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
    """For each element, the number of equal elements before it."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    first = np.concatenate([[True], ordered[1:] != ordered[:-1]]) if len(keys) else np.zeros(0, dtype=bool)
    starts = np.flatnonzero(first)
    sizes = np.diff(np.append(starts, len(keys)))
    ranks = np.empty(len(keys), dtype=np.int64)
    ranks[order] = np.arange(len(keys)) - np.repeat(starts, sizes)
    return ranks
