"""Training, validation and test: by whole groups, each class in every part where it can be."""

from __future__ import annotations

import numpy as np

from ..contract.errors import ErrorCode, InputError
from ..contract.job import Task
from .dealing import deal, strata_of
from .sample_set import Doubles, Indices, SampleSet, Split

PART_SHARES = (0.6, 0.2, 0.2)  # train, validation, test
_FILL_ORDER = (0, 2, 1)  # a class of one group can only be learned, of two also tested, of three also validated
BLOCKS_WANTED = 25
EARTH_RADIUS_M = 6_371_008.8


def split_by_group(samples: SampleSet, seed: int, subject: str) -> Split:
    """Split 60/20/20 so that no group stands in two parts and classes are spread as their shares.

    Regression targets are spread by their quintiles.

    Raises:
        InputError: fewer than three groups, or parts that would hold fewer than two classes.
    """
    groups = len(np.unique(samples.groups))
    if groups < 3:
        raise _too_few(subject, f"{groups} group(s) holding {len(samples)} samples")
    part = deal(strata_of(samples), samples.groups, PART_SHARES, seed, _FILL_ORDER)
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
