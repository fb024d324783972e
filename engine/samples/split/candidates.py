"""Ways to assign groups to parts, and the choice of the one that keeps the most samples."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np

from ...arrays import Indices
from .. import SampleSet
from .ground_blocks import in_squares, middles
from .stratification import strata_of, stratify

LEAST_UNITS = 15  # squares that are assigned as one: three for a part of a fifth
MOST_ASSIGNED = 1_000_000  # samples, over all that is tried: half a minute
LEAST_TRIED = 6
MUCH_LOST = 0.2  # of all samples
OTHER_SEEDS = 3
SEEDS_OF_SQUARES = 2
MOST_GROUPS_TRIED = 20_000  # assigning so many takes seconds: then the first assignment is taken


class Cost(NamedTuple):
    """The cost of an assignment, the most serious first: strata in too few parts, missing groups, lost samples."""

    strata_missing: int
    groups_short: int
    lost: int
    off: float


def shortfall(samples: SampleSet, parts: Sequence[Indices]) -> int:
    """How many (stratum, part) pairs have no sample; a stratum without training samples counts as many as all parts."""
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
    """The part of every sample, by the assignment of ``seed``; where that loses samples, by the cheapest of several.

    The others go by other seeds, or assign square blocks of ground with all groups whose middle they hold: the larger
    the squares, the fewer samples of different parts are neighbours. Where all of them lose much, the ground is cut in
    strips, one for each part.
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
    """Lost samples count as much as samples in the wrong part."""
    cost = candidate[1]
    return cost.strata_missing, cost.groups_short, cost.lost + cost.off


def _others(samples: SampleSet) -> Iterator[tuple[Indices, int]]:
    """Other units of assignment (sample,), with a number for the seed."""
    number = 0
    for units in _squares(samples):
        for _ in range(SEEDS_OF_SQUARES):
            number += 1
            yield units, number
    for _ in range(OTHER_SEEDS):
        number += 1
        yield samples.groups, number


def _squares(samples: SampleSet) -> Iterator[Indices]:
    """Numbers (sample,) of squares that hold the middle of a sample's group, from few large ones to many small ones."""
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
    """The part (sample,) of each, in strips across the ground; the first part is never at an end."""
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
