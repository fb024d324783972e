"""Assignment of groups to parts with the class proportions of all samples: iterative stratification.

Sechidis, Tsoumakas, Vlahavas (2011): On the stratification of multi-label data, ECML PKDD, LNAI 6913:145-158.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...arrays import Doubles, Flags, Indices
from ...contract import Task
from .. import SampleSet


def stratify(
    member: Flags,
    groups: Indices,
    shares: Sequence[float],
    seed: int | Sequence[int],
    fill_order: Sequence[int] | None = None,
) -> Indices:
    """The part (sample,), 0 to ``len(shares) - 1``, of every sample; all samples of a group are in the same part.

    The rarest stratum is assigned first, and its largest groups first. A group goes to a part that has none of its
    stratum yet, otherwise to the part that lacks most of its share: of the stratum's samples and, with a
    ``fill_order``, also of the number of groups, because the uncertainty of a score depends on the number of groups. No
    part is empty if there are enough groups.

    Args:
        member: (sample, stratum) as returned by :func:`strata`; every sample belongs to at least one stratum.
        groups: (sample,) numbers of the groups that are kept together.
        shares: size of each part; they sum to 1.
        fill_order: the order in which parts get their first sample of a stratum; None: the part that lacks most.
    """
    names, group_of = np.unique(groups, return_inverse=True)
    counts = np.zeros((len(names), member.shape[1]))
    np.add.at(counts, group_of, member)
    return _stratify(counts, np.asarray(shares), fill_order, np.random.default_rng(seed))[group_of]


def strata(task: Task, target: NDArray[Any]) -> Flags:
    """Membership (sample, stratum): the class, the labels, or the quintile of the first regression target.

    Multilabel samples without any label form a stratum of their own.
    """
    return _STRATA[task](target)


def _of_labels(target: NDArray[Any]) -> Flags:
    labels: Flags = np.asarray(target, dtype=np.float32) > 0
    return np.column_stack([labels, ~labels.any(axis=1)])


def _of_classes(target: NDArray[Any]) -> Flags:
    return _members(np.unique(target, return_inverse=True)[1])


def _of_values(target: NDArray[Any]) -> Flags:
    first = np.asarray(target[:, 0], dtype=np.float64)
    fifth = np.digitize(first, np.unique(np.quantile(first, [0.2, 0.4, 0.6, 0.8])))
    if len(np.unique(fifth)) == 1:  # at least 80 % have the minimum: stratify by being above it
        return _members(first > first.min())
    return _members(fifth)


def _members(stratum: NDArray[Any]) -> Flags:
    member: Flags = stratum.reshape(-1, 1) == np.unique(stratum)
    return member


_STRATA: dict[Task, Callable[[NDArray[Any]], Flags]] = {
    Task.CLASSIFICATION: _of_classes,
    Task.MULTILABEL: _of_labels,
    Task.REGRESSION: _of_values,
}


def strata_of(samples: SampleSet) -> Flags:
    """The samples' strata, plus one for the samples of each sensor if some sensors do not cover all samples."""
    member = strata(samples.task, samples.target)
    return member if samples.present.all() else np.column_stack([member, samples.present])


def _stratify(
    counts: Doubles, shares: Doubles, fill_order: Sequence[int] | None, random: np.random.Generator
) -> Indices:
    """The part of each group, from its number of samples per stratum (group, stratum)."""
    part = np.full(len(counts), -1, dtype=np.int64)
    wanted = np.outer(shares, counts.sum(axis=0))
    groups_wanted = shares * len(counts)
    has = np.zeros(wanted.shape, dtype=bool)
    left = (counts > 0).sum(axis=0)
    queues = _queues(counts, random)
    for unassigned in range(len(counts), 0, -1):
        rarest = int(np.argmin(np.where(left > 0, left, np.inf)))
        group = next(group for group in queues[rarest] if part[group] < 0)
        empty = ~has.any(axis=1)
        allowed = empty if unassigned <= empty.sum() else np.ones(len(shares), dtype=bool)
        lacking = wanted / shares[:, np.newaxis]
        if fill_order is not None:
            lacking[:, rarest] /= counts[:, rarest].sum()
            lacking[:, rarest] += groups_wanted / shares / len(counts)
        chosen = _neediest(lacking, has[:, rarest], rarest, allowed, fill_order)
        part[group] = chosen
        groups_wanted[chosen] -= 1
        wanted[chosen] -= counts[group]
        has[chosen] |= counts[group] > 0
        left -= counts[group] > 0
    return part


def _queues(counts: Doubles, random: np.random.Generator) -> list[Iterator[int]]:
    """The groups of every stratum, largest first, ties in random order."""
    shuffled = random.permutation(len(counts))
    queues = []
    for column in counts[shuffled].T:
        order = shuffled[np.argsort(-column, kind="stable")]
        queues.append(iter(order[: np.count_nonzero(column)].tolist()))
    return queues


def _neediest(lacking: Doubles, has: Flags, stratum: int, allowed: Flags, fill_order: Sequence[int] | None) -> int:
    """The part, among those ``allowed``, that a group of ``stratum`` is assigned to.

    Args:
        lacking: (part, stratum) samples still missing, relative to the part's size.
        has: (part,) whether it already has a sample of the stratum.
    """
    without = np.flatnonzero(allowed & ~has)
    if len(without) and fill_order is not None:
        return next(part for part in fill_order if part in without)
    candidates = without if len(without) else np.flatnonzero(allowed)
    in_all = lacking.sum(axis=1) if fill_order is None else np.zeros(len(lacking))
    return int(max(candidates, key=lambda part: (lacking[part, stratum], in_all[part], -part)))
