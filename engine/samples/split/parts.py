"""Training, validation and test: by whole groups, spatially separated, each class in every part if possible."""

from __future__ import annotations

import numpy as np

from ...arrays import Indices
from ...contract import ErrorCode, InputError
from .. import SampleSet, Split
from .candidates import Cost, best_candidate, shortfall
from .separation import Separation

PART_SHARES = (0.6, 0.2, 0.2)  # train, validation, test
PARTS = ("training", "validation", "test")
GROUPS_WANTED = 10  # in each part: a verdict needs six, and some are too near to others
LEAST_KEPT = 0.1  # of the samples assigned to training: fewer indicate an invalid split
_FILL_ORDER = (0, 2, 1)  # a class of one group can only be learned, of two also tested, of three also validated


def split_by_group(samples: SampleSet, seed: int, subject: str, separation: Separation | None = None) -> Split:
    """Split 60/20/20 so that no group is in two parts and classes are distributed by their shares.

    Regression targets are spread by their quintiles. What of training and validation lies too near to another part is
    left out; of several ways to assign the groups, the one that loses least is taken.

    Raises:
        InputError: fewer than three groups, or parts that would hold fewer than two classes.
    """
    groups = len(np.unique(samples.groups))
    if groups < 3:
        raise _too_few(subject, f"{groups} group(s) with {len(samples)} samples")
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
    """Class indices with training but no test samples."""
    return sorted(samples.classes_among(np.arange(len(samples))) - samples.classes_among(split.test))


def _check(samples: SampleSet, split: Split, subject: str) -> None:
    learned = len(samples) - len(split.validation) - len(split.test)
    near = f" ({len(split.too_near)} are too close to other parts)" if len(split.too_near) else ""
    if len(split.train) < LEAST_KEPT * learned:
        raise _too_few(subject, f"only {len(split.train)} of {learned} samples left for training{near}")
    for name, part in zip(PARTS, (split.train, split.validation, split.test), strict=True):
        if len(part) < 2:
            raise _too_few(subject, f"{len(part)} sample(s) left for {name}{near}")
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
