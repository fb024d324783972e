"""k-fold cross-validation by group: every sample is tested once, by models that were not trained on its group."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...arrays import Indices
from ...contract import LEAST_FOLDS, ErrorCode, InputError
from ...process import counted
from .. import SampleSet, Split
from .candidates import Cost, best_candidate, shortfall
from .separation import Separation


def split_folds(
    samples: SampleSet, folds: int, seed: int, subject: str, separation: Separation | None = None
) -> tuple[Split, ...]:
    """One split per fold: the fold is the test part, the next one validation, all others training.

    No group is in two folds. Classes (labels, or quintiles of the first regression target) are distributed evenly over
    the folds. Training and validation samples that are too close to another part are excluded from that split; of
    several assignments, the one that excludes the fewest samples is used.

    Args:
        subject: display name of the labels, for errors.

    Raises:
        InputError: fewer than three folds, fewer groups than folds, or only one class in a training part.
    """
    groups = len(np.unique(samples.groups))
    if folds < LEAST_FOLDS:
        raise _too_few_folds(folds)
    if groups < folds:
        raise _too_few_groups(subject, groups, folds)
    keep = separation or Separation(samples)

    def splits_of(fold: Indices) -> tuple[Split, ...]:
        return tuple(keep.keep(*_parts(fold, number, (number + 1) % folds)) for number in range(folds))

    def cost_of(fold: Indices) -> Cost:
        splits = splits_of(fold)
        missing = sum(shortfall(samples, (split.train, split.validation, split.test)) for split in splits)
        off = sum(abs(float(np.mean(fold == number)) - 1 / folds) * len(fold) for number in range(folds))
        return Cost(missing, 0, sum(len(split.too_near) for split in splits), off)

    best = best_candidate(samples, (1 / folds,) * folds, seed, None, cost_of)
    splits = tuple(keep.with_rims(split) for split in splits_of(best))
    for number, split in enumerate(splits, 1):
        _check(samples, split, f"fold {number} of {folds}", subject)
    return splits


def fold_warnings(samples: SampleSet, names: Sequence[str], folds: int) -> tuple[str, ...]:
    """One sentence for each class (or label) with fewer groups than folds; ``names`` are in the order of the target."""
    return tuple(
        _warning(names[at], groups, folds)
        for at, groups in enumerate(class_groups(samples, len(names)))
        if 0 < groups < folds
    )


def class_groups(samples: SampleSet, classes: int) -> tuple[int, ...]:
    """The number of groups with samples of each class (or label); empty for regression."""
    if not samples.task.has_probabilities:
        return ()
    target = samples.target
    member = target[:, np.newaxis] == np.arange(classes) if samples.task.one_class else target > 0
    return tuple(len(np.unique(samples.groups[member[:, at]])) for at in range(classes))


def _parts(fold: Indices, test: int, validation: int) -> tuple[Indices, Indices, Indices]:
    train = (fold != test) & (fold != validation)
    return np.flatnonzero(train), np.flatnonzero(fold == validation), np.flatnonzero(fold == test)


def _warning(name: str, groups: int, folds: int) -> str:
    if groups == 1:
        return (
            f"{name}: all samples belong to one group. In the fold in which it is tested it was never trained on, so "
            f"its scores are meaningless; add labels at more locations."
        )
    return (
        f"{name}: its samples belong to {groups} groups, fewer than the {folds} folds. It is tested in {groups} "
        f"folds only, with few training samples; add labels at more locations, or lower FOLDS."
    )


def _check(samples: SampleSet, split: Split, place: str, subject: str) -> None:
    if not samples.shows_one_class(split.train):
        return
    raise InputError(
        ErrorCode.TOO_FEW_SAMPLES,
        subject=subject,
        found=f"only one class in the training part of {place}",
        expected="at least two classes, each with samples in at least three groups",
        remedy="Add labels of the rare class at more locations, merge rare classes, or choose a GROUP_FIELD with "
        "more groups.",
    )


def _too_few_folds(folds: int) -> InputError:
    return InputError(
        ErrorCode.TOO_FEW_SAMPLES,
        subject="FOLDS",
        found=counted(folds, "fold"),
        expected=f"at least {LEAST_FOLDS} folds: one for testing, one for validation, the others for training",
        remedy="Raise FOLDS, or set it to 1 for a single split.",
    )


def _too_few_groups(subject: str, groups: int, folds: int) -> InputError:
    return InputError(
        ErrorCode.TOO_FEW_SAMPLES,
        subject=subject,
        found=f"{counted(groups, 'group')} of samples, which cannot be divided",
        expected=f"at least {folds} groups: one for each fold",
        remedy="Lower FOLDS, add labels at more locations, or choose a GROUP_FIELD with more groups.",
    )
