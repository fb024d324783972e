"""Training, validation and test: by whole groups, each class in every part where it can be."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..contract.errors import ErrorCode, InputError
from ..contract.job import Task
from .sample_set import Doubles, Flags, Indices, SampleSet, Split

PART_SHARES = (0.6, 0.2, 0.2)  # train, validation, test
_FILL_ORDER = (0, 2, 1)  # a class of one group can only be learned, of two also tested, of three also validated
BLOCKS_WANTED = 25
EARTH_RADIUS_M = 6_371_008.8


def split_by_group(samples: SampleSet, seed: int, subject: str) -> Split:
    """Split 60/20/20 so that no group stands in two parts and classes are spread as their shares.

    Groups are dealt out by iterative stratification (Sechidis et al. 2011), rarest class first. Regression targets are
    stratified by their quintiles.

    Raises:
        InputError: fewer than three groups, or parts that would hold fewer than two classes.
    """
    groups, group_of = np.unique(samples.groups, return_inverse=True)
    if len(groups) < 3:
        raise _too_few(subject, f"{len(groups)} group(s) holding {len(samples)} samples")
    member = _membership(samples)
    counts = np.zeros((len(groups), member.shape[1]))
    np.add.at(counts, group_of, member)
    part = _deal(counts, np.random.default_rng(seed))[group_of]
    split = Split(*(np.flatnonzero(part == number).astype(np.int64) for number in range(3)))
    _check(samples, split, subject)
    return split


def lonely_classes(samples: SampleSet, split: Split) -> list[int]:
    """Class indices that are learned from but stand in no test sample."""
    if samples.task is not Task.CLASSIFICATION:
        return []
    return sorted(set(samples.target.tolist()) - set(samples.target[split.test].tolist()))


def spatial_blocks(longitude: Doubles, latitude: Doubles) -> tuple[Indices, float]:
    """Group positions (degrees) by squares of the ground; returns the groups and the squares' side in metres.

    The side is the longest extent halved until at least 25 squares are occupied, or no more can be.
    """
    x = np.radians(longitude) * EARTH_RADIUS_M * np.cos(np.radians(latitude.mean()))
    y = np.radians(latitude) * EARTH_RADIUS_M
    x, y = x - x.min(), y - y.min()
    side_m = max(float(x.max()), float(y.max()), 1.0)
    positions = len(np.unique(np.stack([x, y]), axis=1).T)
    wanted = min(BLOCKS_WANTED, positions)
    groups = np.zeros(len(x), dtype=np.int64)
    while len(np.unique(groups)) < wanted and side_m > 0.01:
        side_m /= 2
        _, groups = np.unique(np.stack([x // side_m, y // side_m]), axis=1, return_inverse=True)
    return groups.reshape(-1).astype(np.int64), side_m


def _deal(counts: Doubles, random: np.random.Generator) -> Indices:
    """Part of each group, from its samples per stratum (group, stratum); every group belongs to some stratum."""
    part = np.full(len(counts), -1, dtype=np.int64)
    wanted = np.outer(PART_SHARES, counts.sum(axis=0))
    has = np.zeros(wanted.shape, dtype=bool)
    left = (counts > 0).sum(axis=0)
    queues = _queues(counts, random)
    for _ in range(len(counts)):
        rarest = int(np.argmin(np.where(left > 0, left, np.inf)))
        group = next(group for group in queues[rarest] if part[group] < 0)
        chosen = _neediest(wanted[:, rarest], has[:, rarest])
        part[group] = chosen
        wanted[chosen] -= counts[group]
        has[chosen] |= counts[group] > 0
        left -= counts[group] > 0
    return part


def _queues(counts: Doubles, random: np.random.Generator) -> list[Iterator[int]]:
    """For every stratum its groups, the largest first, equal ones in random order."""
    shuffled = random.permutation(len(counts))
    queues = []
    for column in counts[shuffled].T:
        order = shuffled[np.argsort(-column, kind="stable")]
        queues.append(iter(order[: np.count_nonzero(column)].tolist()))
    return queues


def _neediest(wanted: Doubles, has: Flags) -> int:
    """The first part without any sample of the stratum, else the one that lacks most of its share."""
    for part in _FILL_ORDER:
        if not has[part]:
            return part
    return int(np.argmax(wanted / np.asarray(PART_SHARES)))


def _membership(samples: SampleSet) -> Flags:
    """Which strata (sample, stratum) a sample belongs to: its class, each of its labels, or its target's fifth."""
    if samples.task is Task.MULTILABEL:
        labels: Flags = np.asarray(samples.target, dtype=np.float32) > 0
        return np.column_stack([labels, ~labels.any(axis=1)])
    if samples.task is Task.CLASSIFICATION:
        _, strata = np.unique(samples.target, return_inverse=True)
    else:
        first = np.asarray(samples.target[:, 0], dtype=np.float64)
        strata = np.digitize(first, np.unique(np.quantile(first, [0.2, 0.4, 0.6, 0.8])))
    member: Flags = strata.reshape(-1, 1) == np.unique(strata)
    return member


def _check(samples: SampleSet, split: Split, subject: str) -> None:
    for name, part in (("training", split.train), ("validation", split.validation), ("test", split.test)):
        if len(part) < 2:
            raise _too_few(subject, f"{len(part)} sample(s) left for {name}")
        if samples.task is Task.CLASSIFICATION and len(np.unique(samples.target[part])) < 2:
            raise _too_few(subject, f"only one class left for {name}")


def _too_few(subject: str, found: str) -> InputError:
    return InputError(
        ErrorCode.TOO_FEW_SAMPLES,
        subject=subject,
        found=found,
        expected="three groups or more in each of at least two classes (60 % train, 20 % validate, 20 % test)",
        remedy="Label more places, merge rare classes, or choose a GROUP_FIELD with more groups.",
    )
