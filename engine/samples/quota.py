"""Which of many candidate positions become samples, fairly shared over polygons and classes."""

from __future__ import annotations

import numpy as np

from .sample_set import Indices

MOST_PER_FEATURE = 32  # neighbouring pixels of one polygon say much the same


def choose_fairly(
    feature: Indices, stratum: Indices, most: int, seed: int, most_per_feature: int = MOST_PER_FEATURE
) -> Indices:
    """Choose at most ``most`` candidates, at most ``most_per_feature`` from one feature.

    Where the cap bites, strata (classes) are filled evenly, and within a stratum its features. Every candidate of a
    feature is equally likely.

    Args:
        feature: (candidate,) which polygon, point or pixel group a candidate belongs to.
        stratum: (candidate,) its class, or 0 for all.

    Returns:
        Positions of the chosen candidates, ascending.
    """
    random = np.random.default_rng(seed)
    shuffled = random.permutation(len(feature))
    turn = _rank_within(feature[shuffled])
    allowed = turn < most_per_feature
    shuffled, turn = shuffled[allowed], turn[allowed]
    by_turn = np.argsort(turn, kind="stable")
    shuffled = shuffled[by_turn]
    place = _rank_within(stratum[shuffled])
    chosen: Indices = np.sort(shuffled[np.argsort(place, kind="stable")[:most]])
    return chosen


def _rank_within(keys: Indices) -> Indices:
    """For each element, how many equal ones stand before it."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    first = np.concatenate([[True], ordered[1:] != ordered[:-1]]) if len(keys) else np.zeros(0, dtype=bool)
    starts = np.flatnonzero(first)
    sizes = np.diff(np.append(starts, len(keys)))
    ranks = np.empty(len(keys), dtype=np.int64)
    ranks[order] = np.arange(len(keys)) - np.repeat(starts, sizes)
    return ranks
