"""A single split into training, validation and test parts by group, with all classes in each part if possible."""

from __future__ import annotations

import numpy as np

from ...arrays import Indices
from ...contract import ErrorCode, InputError
from ...process import counted
from .. import SampleSet, Split
from .candidates import Cost, best_candidate, shortfall
from .separation import Separation

PART_SHARES = (0.6, 0.2, 0.2)  # train, validation, test
PARTS = ("training", "validation", "test")
GROUPS_WANTED = 10  # per part: a comparison needs six, and separation excludes some
LEAST_KEPT = 0.1  # share of the samples assigned to training that must remain
_FILL_ORDER = (0, 2, 1)  # classes with one group are only trained, with two also tested, with three also validated


def split_by_group(samples: SampleSet, seed: int, subject: str, separation: Separation | None = None) -> Split:
    """Split 60/20/20 by group, with the class proportions of all samples in each part.

    Regression targets are stratified by quintiles. Training and validation samples that are too close to another part
    are excluded; of several assignments, the one that excludes the fewest samples is used.

    Raises:
        InputError: fewer than three groups, or parts with fewer than two classes.
    """
    groups = len(np.unique(samples.groups))
    if groups < 3:
        raise _too_few(subject, f"{counted(groups, 'group')} with {len(samples)} samples")
    keep = separation or Separation(samples)

    def split_of(part: Indices) -> Split:
        return keep.keep(*(np.flatnonzero(part == number).astype(np.int64) for number in range(3)))

    def cost_of(part: Indices) -> Cost:
        split = split_of(part)
        parts = (split.train, split.validation, split.test)
        groups_short = sum(max(0, GROUPS_WANTED - len(np.unique(samples.groups[each]))) for each in parts)
        off = sum(abs(np.mean(part == number) - PART_SHARES[number]) * len(part) for number in (1, 2))
        return Cost(shortfall(samples, parts), groups_short, len(split.too_near), float(off))

    split = keep.with_rims(split_of(best_candidate(samples, PART_SHARES, seed, _FILL_ORDER, cost_of)))
    _check(samples, split, subject)
    return split


def untested_classes(samples: SampleSet, split: Split) -> list[int]:
    """Indices of classes with training samples but no test samples."""
    return sorted(samples.classes_among(np.arange(len(samples))) - samples.classes_among(split.test))


def _check(samples: SampleSet, split: Split, subject: str) -> None:
    learned = len(samples) - len(split.validation) - len(split.test)
    near = f" ({len(split.too_near)} are too close to other parts)" if len(split.too_near) else ""
    if len(split.train) < LEAST_KEPT * learned:
        raise _too_few(subject, f"only {len(split.train)} of {learned} samples left for training{near}")
    for name, part in zip(PARTS, (split.train, split.validation, split.test), strict=True):
        if len(part) < 2:
            raise _too_few(subject, f"{counted(len(part), 'sample')} left for {name}{near}")
        if samples.shows_one_class(part):
            raise _too_few(subject, f"only one class left for {name}{near}")
    gone = samples.classes_among(np.arange(len(samples))) - samples.classes_among(split.train)
    if gone:
        raise _too_few(subject, f"no sample left for training of {len(gone)} class(es){near}")


def _too_few(subject: str, found: str) -> InputError:
    return InputError(
        ErrorCode.TOO_FEW_SAMPLES,
        subject=subject,
        found=found,
        expected="at least three groups in each of at least two classes (60 % training, 20 % validation, 20 % test)",
        remedy="Add labels at more locations, merge rare classes, or choose a GROUP_FIELD with more groups.",
    )
