"""Candidate assignments of groups to parts, and the choice of the one that loses the fewest samples."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np

from ...arrays import Indices
from .. import SampleSet
from .ground_blocks import in_squares, middles
from .stratification import strata_of, stratify

LEAST_UNITS = 15  # occupied squares: three for a part of 20 %
MOST_ASSIGNED = 1_000_000  # samples, summed over all candidates: half a minute
LEAST_TRIED = 6
MUCH_LOST = 0.2  # share of all samples
OTHER_SEEDS = 3
SEEDS_OF_SQUARES = 2
MOST_GROUPS_TRIED = 20_000  # with more, one assignment takes seconds: the first is taken


class Cost(NamedTuple):
    """The cost of an assignment; its fields are compared in this order.

    They are the (stratum, part) pairs without samples, the groups missing in parts, the samples lost by separation, and
    the deviation from the requested part sizes, in samples.
    """

    strata_missing: int
    groups_short: int
    lost: int
    off: float


def shortfall(samples: SampleSet, parts: Sequence[Indices]) -> int:
    """The number of (stratum, part) pairs without samples; a stratum missing in training counts once per part."""
    member = strata_of(samples)
    has = np.array([member[part].any(axis=0) for part in parts])
    missing = (~has & member.any(axis=0)).sum(axis=1)
    return int(missing.sum() + (len(parts) - 1) * missing[0])


def best_candidate(
    samples: SampleSet,
    shares: Sequence[float],
    seed: int,
    fill_order: Sequence[int] | None,
    cost_of: Callable[[Indices], Cost],
) -> Indices:
    """The part (sample,) of every sample: the stratified assignment or, if that loses samples, the cheapest of several.

    Other candidates use other seeds, or assign square spatial blocks with all groups whose centres they contain: larger
    blocks leave fewer neighbouring samples in different parts. If all of these lose much, the area is cut into strips,
    one per part.
    """
    member, groups = strata_of(samples), samples.groups
    best = stratify(member, groups, shares, seed, fill_order)
    cost = cost_of(best)
    if not cost.lost or len(np.unique(groups)) > MOST_GROUPS_TRIED:
        return best
    for units, number in islice(_others(samples), max(LEAST_TRIED, MOST_ASSIGNED // len(samples))):
        part = stratify(member, units, shares, (seed, number), fill_order)
        best, cost = min((best, cost), (part, cost_of(part)), key=_total)
    if cost.lost > MUCH_LOST * len(samples):
        for part in _strips(samples, shares):
            best, cost = min((best, cost), (part, cost_of(part)), key=_total)
    return best


def _total(candidate: tuple[Indices, Cost]) -> tuple[int, int, float]:
    """Sort key of a candidate; a lost sample weighs as much as one sample of deviation from the part sizes."""
    cost = candidate[1]
    return cost.strata_missing, cost.groups_short, cost.lost + cost.off


def _others(samples: SampleSet) -> Iterator[tuple[Indices, int]]:
    """Other units of assignment (sample,), each with a number that varies the seed."""
    number = 0
    for units in _squares(samples):
        for _ in range(SEEDS_OF_SQUARES):
            number += 1
            yield units, number
    for _ in range(OTHER_SEEDS):
        number += 1
        yield samples.groups, number


def _squares(samples: SampleSet) -> Iterator[Indices]:
    """Square number (sample,) of the group centres, from few large squares to many small ones."""
    if not _placed(samples):
        return
    x, y = middles(samples.longitude, samples.latitude, samples.groups)
    groups = len(np.unique(samples.groups))
    side_m = max(float(x.max()), float(y.max()), 1.0)
    count = 1
    while 2 * count < groups:
        side_m /= np.sqrt(2)
        squares = in_squares(x, y, side_m)
        more = int(squares.max()) + 1
        if more == count and side_m < 1:
            return
        count = more
        if LEAST_UNITS <= count < groups:
            yield squares


def _strips(samples: SampleSet, shares: Sequence[float]) -> Iterator[Indices]:
    """Parts (sample,) as strips across the area in eight directions; training is never at an edge."""
    if not _placed(samples):
        return
    x, y = middles(samples.longitude, samples.latitude, samples.groups)
    order = [len(shares) - 1, *range(len(shares) - 1)]
    stops = np.cumsum([shares[part] for part in order])[:-1] * len(samples)
    for degrees in range(0, 360, 45):
        along = x * np.cos(np.radians(degrees)) + y * np.sin(np.radians(degrees))
        _, place, count = np.unique(along, return_inverse=True, return_counts=True)
        before = (np.cumsum(count) - count / 2)[place.reshape(-1)]  # a group has one middle, and lies in one strip
        yield np.array(order, dtype=np.int64)[np.searchsorted(stops, before)]


def _placed(samples: SampleSet) -> bool:
    return bool((np.isfinite(samples.longitude) & np.isfinite(samples.latitude)).all())
