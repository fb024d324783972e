"""Batches of sample positions."""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from ...arrays import Flags, Indices

LEAST_FITTING = 16
LEAST_PART = 8  # rows of a sensor in a batch, where it covers as many at all
LEAST_ROWS = 2  # batch normalization cannot learn from a single sample

Unit = tuple[int, ...]  # the patterns of rows that stay in one batch


class BatchPlan:
    """How samples are divided into batches, so that every sensor learns from every position it covers, every epoch.

    Every position is in one batch. In any batch a sensor covers no position or two at least, unless it covers only one
    in all. Batches are of nearly equal size, and all show the same mix of coverage; but a sensor that covers few
    positions has them together in few batches, eight or more in each, and not thinly in all: batch normalization tells
    nothing from two. Which batch holds how many positions of which coverage is settled once, so that every epoch has
    the same number of steps for every sensor; which positions they are is drawn anew.

    Args:
        index: the positions (row,).
        covered: which sensors cover them (row, sensor); at least one each.
        batch_size: of a batch that all its sensors cover; what few sensors cover may come on top.
    """

    def __init__(self, index: Tensor, covered: Tensor, batch_size: int) -> None:
        self._index = index
        patterns, of_row, counts = np.unique(covered.numpy(), axis=0, return_inverse=True, return_counts=True)
        self._pattern = torch.from_numpy(of_row.reshape(-1))
        batches = _even_batches(patterns, counts, batch_size)
        self._sizes = [len(batch) for batch in batches]
        # batch of each position, where positions stand pattern by pattern
        pattern = np.array([each for batch in batches for each in batch], np.int64)
        batch_of = np.repeat(np.arange(len(batches)), self._sizes)[pattern.argsort(kind="stable")]
        self._gathered = torch.from_numpy(batch_of.argsort(kind="stable"))

    def __len__(self) -> int:
        """Number of batches."""
        return len(self._sizes)

    def draw(self, generator: torch.Generator) -> tuple[Tensor, ...]:
        """The samples, shuffled, in batches of a new order."""
        order = torch.randperm(len(self._index), generator=generator)
        by_pattern = order[self._pattern[order].argsort(stable=True)]
        batches = self._index[by_pattern[self._gathered]].split_with_sizes(self._sizes)
        turn = torch.randperm(len(batches), generator=generator)
        return tuple(batches[at] for at in turn.tolist())


def batches_of(count: int, batch_size: int) -> int:
    """How many batches of nearly equal size hold ``count`` samples, none of a single sample.

    Batch normalization cannot train on one sample, so no remainder is left over: the batches share it.
    """
    return max(1, min(math.ceil(count / batch_size), count // LEAST_ROWS))


def fitting_size(count: int, batch_size: int, least_batches: int) -> int:
    """The batch size at which ``count`` samples make ``least_batches``: 16 at least, ``batch_size`` at most."""
    return min(batch_size, max(LEAST_FITTING, count // least_batches))


def shuffled_batches(index: Tensor, batch_size: int, generator: torch.Generator) -> tuple[Tensor, ...]:
    """The positions ``index`` in a new order, cut into batches of nearly equal size."""
    order = torch.randperm(len(index), generator=generator)
    return torch.tensor_split(index[order], batches_of(len(index), batch_size))


def with_positions(batches: Sequence[Tensor], beside: Tensor, generator: torch.Generator) -> tuple[Tensor, ...]:
    """The batches, each with as many positions of ``beside`` at its end, drawn anew.

    Where ``beside`` holds fewer than all batches could take, each gets an equal share.
    """
    if not len(beside):
        return tuple(batches)
    drawn = beside[torch.randperm(len(beside), generator=generator)[: sum(map(len, batches))]]
    return tuple(map(torch.cat, zip(batches, torch.tensor_split(drawn, len(batches)), strict=True)))


def _even_batches(patterns: Flags, counts: Indices, batch_size: int) -> list[list[int]]:
    """The patterns of the rows of each batch, by patterns of coverage (pattern, sensor) and how often they occur.

    The units of each pattern are divided evenly among the batches that its sparsest sensor may be in, so that no batch
    shows other places than the next; those of the sparsest first, and what is over to the batches that hold least. Any
    union of units has no lone row.
    """
    whole = batches_of(int(counts.sum()), batch_size)
    least = max(LEAST_ROWS, min(LEAST_PART, batch_size // 2))
    of_sensor = np.array([max(1, rows // least) if rows > 1 else whole for rows in counts @ patterns])
    of_pattern = np.where(patterns, of_sensor, whole).min(axis=1, initial=whole)
    kinds: dict[frozenset[int], list[Unit]] = {}
    for unit in _units(patterns, counts):
        kinds.setdefault(frozenset(unit), []).append(unit)
    rooms = {kind: int(of_pattern[list(kind)].min()) for kind in kinds}  # how many batches it may be in
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
    """Rows in units in which a sensor covers none or two at least: pairs of one pattern, and what lone rows need."""
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
    """The unit that has rows of most sensors which are lacking, the smallest of equal ones; by rows (unit, sensor)."""
    helps = ((rows > 0) & lacking).sum(axis=1)
    helps[itself] = 0
    return int(np.lexsort((rows.sum(axis=1), -helps))[0])
