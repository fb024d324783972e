"""Batches of sample indices."""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from ...arrays import Flags, Indices

LEAST_FITTING = 16
LEAST_PART = 8  # minimum rows of a sensor in a batch, if it covers as many at all
LEAST_ROWS = 2  # batch normalization cannot train on a single sample

Unit = tuple[int, ...]  # the coverage patterns of rows that stay in the same batch


class BatchPlan:
    """Divides samples into batches so that every sensor trains on every sample it covers, every epoch.

    Every sample is in one batch. In any batch a sensor covers no sample or at least two, unless it covers only one
    in all. Batches are of nearly equal size, and all have the same mix of coverage; but a sensor that covers few
    samples has them concentrated in few batches, eight or more in each, and not spread thinly: batch statistics of
    two are meaningless. The number of samples of each coverage in each batch is fixed once, so that every epoch has
    the same number of steps for every sensor; which samples they are is redrawn.

    Args:
        index: the sample indices (row,).
        covered: which sensors cover them (row, sensor); at least one each.
        batch_size: of samples covered by all sensors; samples covered by few may be added to it.
    """

    def __init__(self, index: Tensor, covered: Tensor, batch_size: int) -> None:
        self._index = index
        patterns, of_row, counts = np.unique(covered.numpy(), axis=0, return_inverse=True, return_counts=True)
        self._pattern = torch.from_numpy(of_row.reshape(-1))
        batches = _even_batches(patterns, counts, batch_size)
        self._sizes = [len(batch) for batch in batches]
        # batch of each sample, with samples ordered by pattern
        pattern = np.array([each for batch in batches for each in batch], np.int64)
        batch_of = np.repeat(np.arange(len(batches)), self._sizes)[pattern.argsort(kind="stable")]
        self._gathered = torch.from_numpy(batch_of.argsort(kind="stable"))

    def __len__(self) -> int:
        """Number of batches."""
        return len(self._sizes)

    def draw(self, generator: torch.Generator) -> tuple[Tensor, ...]:
        """The samples in new, shuffled batches."""
        order = torch.randperm(len(self._index), generator=generator)
        by_pattern = order[self._pattern[order].argsort(stable=True)]
        batches = self._index[by_pattern[self._gathered]].split_with_sizes(self._sizes)
        turn = torch.randperm(len(batches), generator=generator)
        return tuple(batches[at] for at in turn.tolist())


def batches_of(count: int, batch_size: int) -> int:
    """The number of batches of nearly equal size for ``count`` samples, none with a single sample.

    Batch normalization cannot train on one sample, so a remainder is distributed over the batches.
    """
    return max(1, min(math.ceil(count / batch_size), count // LEAST_ROWS))


def fitting_size(count: int, batch_size: int, least_batches: int) -> int:
    """The batch size at which ``count`` samples give ``least_batches`` batches: at least 16, at most ``batch_size``."""
    return min(batch_size, max(LEAST_FITTING, count // least_batches))


def shuffled_batches(index: Tensor, batch_size: int, generator: torch.Generator) -> tuple[Tensor, ...]:
    """The indices ``index`` in a new order, divided into batches of nearly equal size."""
    order = torch.randperm(len(index), generator=generator)
    return torch.tensor_split(index[order], batches_of(len(index), batch_size))


def with_positions(batches: Sequence[Tensor], beside: Tensor, generator: torch.Generator) -> tuple[Tensor, ...]:
    """The batches, each followed by the same number of indices from ``beside``, redrawn.

    If ``beside`` has too few for all batches, each gets an equal share.
    """
    if not len(beside):
        return tuple(batches)
    drawn = beside[torch.randperm(len(beside), generator=generator)[: sum(map(len, batches))]]
    return tuple(map(torch.cat, zip(batches, torch.tensor_split(drawn, len(batches)), strict=True)))


def _even_batches(patterns: Flags, counts: Indices, batch_size: int) -> list[list[int]]:
    """The coverage patterns of the rows of each batch, from the patterns (pattern, sensor) and their frequencies.

    The units of each pattern are divided evenly among the batches allowed for its sparsest sensor, so that all batches
    have a similar composition; the sparsest first, and remainders go to the smallest batches. Any
    union of units leaves no sensor with a single row.
    """
    whole = batches_of(int(counts.sum()), batch_size)
    least = max(LEAST_ROWS, min(LEAST_PART, batch_size // 2))
    of_sensor = np.array([max(1, rows // least) if rows > 1 else whole for rows in counts @ patterns])
    of_pattern = np.where(patterns, of_sensor, whole).min(axis=1, initial=whole)
    kinds: dict[frozenset[int], list[Unit]] = {}
    for unit in _units(patterns, counts):
        kinds.setdefault(frozenset(unit), []).append(unit)
    rooms = {kind: int(of_pattern[list(kind)].min()) for kind in kinds}  # number of batches it may be in
    batches: list[list[int]] = [[] for _ in range(whole)]
    for kind, units in sorted(kinds.items(), key=lambda item: (rooms[item[0]], -len(item[1]), sorted(item[0]))):
        heap = [(0, len(batch), at) for at, batch in enumerate(batches[: rooms[kind]])]
        heapq.heapify(heap)
        for unit in sorted(units, key=lambda unit: (-len(unit), unit)):
            own, size, at = heap[0]
            batches[at] += unit
            heapq.heapreplace(heap, (own + len(unit), size + len(unit), at))
    return [batch for batch in batches if batch]


def _units(patterns: Flags, counts: Indices) -> list[Unit]:
    """Rows in units of which a sensor covers none or at least two: pairs of one pattern, and what single rows need."""
    units: list[Unit] = []
    for pattern, count in enumerate(counts.tolist()):
        pairs: list[Unit] = [(pattern, pattern)] * (count // 2) or [()]
        pairs[0] += (pattern,) * (count % 2)
        units += pairs
    rows, total = np.array([patterns[list(unit)].sum(axis=0) for unit in units]), counts @ patterns
    for at in range(len(units)):
        while (lacking := (rows[at] == 1) & (total > 1)).any():
            other = _companion(lacking, rows, at)
            units[at], units[other] = units[at] + units[other], ()
            rows[at], rows[other] = rows[at] + rows[other], 0
    return [unit for unit in units if unit]


def _companion(lacking: Flags, rows: Indices, itself: int) -> int:
    """The unit with rows of most of the missing sensors, the smallest in a tie; by rows (unit, sensor)."""
    helps = ((rows > 0) & lacking).sum(axis=1)
    helps[itself] = 0
    return int(np.lexsort((rows.sum(axis=1), -helps))[0])
