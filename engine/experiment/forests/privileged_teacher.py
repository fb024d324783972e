"""A privileged teacher: a forest on several sensors whose soft targets are out-of-fold predictions.

Lopez-Paz, Bottou, Schölkopf, Vapnik (2016): Unifying distillation and privileged information, ICLR. On its own
training samples a teacher would only repeat their labels, so it is cross-fitted: every training sample is predicted by
a teacher fitted on other groups only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...arrays import Doubles, Floats, Indices
from ...contract import ClassWeight, ErrorCode, InputError, Task
from ...learning.fit import Settings, TrainingData
from ...learning.tasks import rules_of
from ...samples import SampleSet, Split, as_samples
from ...samples.split import strata, stratify
from .forest import Forest, feature_table

FOLDS = 5
MOST_TREES, LEAST_TREES = 200, 50  # of a teacher; fewer teach worse where there are few samples (docs/research.md)
MOST_ROWS = 300_000  # of all trees of a teacher, while there are more than the fewest
PRIOR_SHARE = 0.01  # weight of the prior in a teacher's soft targets: keeps probabilities above 0 and logarithms finite


@dataclass(frozen=True)
class Teacher:
    """A forest fitted on all training samples, for other samples; ``prior`` (output,) is mixed into its predictions."""

    forest: Forest
    prior: Doubles

    def predict(self, samples: SampleSet) -> Floats:
        """Probabilities above 0 and below 1 (sample, class or label), or values (sample, target)."""
        return _with_prior(self.forest.task, self.forest.predict(samples), self.prior)


def teacher(
    samples: SampleSet,
    names: Sequence[str],
    train: Indices,
    outputs: int,
    seed: int,
    class_weight: ClassWeight = ClassWeight.BALANCED,
    trees: int | None = None,
) -> Teacher:
    """The teacher fitted on all samples at ``train``; arguments as :func:`out_of_fold`.

    Use it only for other samples; for those at ``train`` use :func:`out_of_fold`.
    """
    trees = trees_of_teacher(len(train)) if trees is None else trees
    forest = Forest.fit(samples, names, train, outputs, seed, class_weight, trees)
    return Teacher(forest, rules_of(samples.task).prior(samples.target[train], outputs))


def out_of_fold(
    samples: SampleSet,
    names: Sequence[str],
    train: Indices,
    outputs: int,
    seed: int,
    folds: int = FOLDS,
    class_weight: ClassWeight = ClassWeight.BALANCED,
    on_fitted: Callable[[], None] = lambda: None,
    trees: int | None = None,
) -> Floats:
    """The teacher's soft targets for the samples at ``train``, each by a fit on samples of other groups.

    Args:
        names: the sensors the teacher sees.
        train: indices in ``samples``; other samples are not used.
        outputs: number of classes, labels or targets.
        folds: 2 or more; limited to the number of groups.
        class_weight: resolved, so not ``auto``; for classification only.
        on_fitted: called after every fold.
        trees: of each fit; None: :func:`trees_of_teacher` of all samples at ``train``.

    Returns:
        (len(train), outputs) float32 probabilities above 0 and below 1, or values, in the order of ``train``.

    Raises:
        InputError: all samples at ``train`` are of one group.
    """
    target, table = samples.target[train], feature_table(samples, names, train)
    fold = teacher_folds(samples, train, seed, folds)
    trees = trees_of_teacher(len(train)) if trees is None else trees
    soft_targets = np.empty((len(train), outputs), np.float32)
    for number in np.unique(fold):
        held, learned = fold == number, fold != number
        rows, of_rows = table[learned], target[learned]
        forest = Forest.fit_table(samples.task, names, rows, of_rows, outputs, seed, class_weight, trees)
        soft_targets[held] = forest.predict_table(table[held])
        on_fitted()
    return _with_prior(samples.task, soft_targets, rules_of(samples.task).prior(target, outputs))


def with_soft_targets(
    data: TrainingData,
    names: Sequence[str],
    split: Split,
    settings: Settings,
    on_fitted: Callable[[], None] = lambda: None,
    rows: int | None = None,
) -> TrainingData:
    """The data with a teacher's soft targets: cross-fitted on training samples, direct on unlabelled samples.

    Args:
        rows: the number of samples by which that of trees is chosen, if not that of training samples: teachers that
            are compared have equally many.
    """
    samples, weight = data.samples, ClassWeight.NONE  # the losses weight classes, in labels and soft targets alike
    fitted = samples, names, split.train, settings.outputs, settings.seed
    trees = trees_of_teacher(len(split.train) if rows is None else rows)
    soft_targets = np.full((len(samples), settings.outputs), np.nan, np.float32)
    soft_targets[split.train] = out_of_fold(*fitted, class_weight=weight, on_fitted=on_fitted, trees=trees)
    unlabelled = None
    if data.unlabelled is not None and len(data.unlabelled):
        whole = teacher(*fitted, class_weight=weight, trees=trees)
        unlabelled = whole.predict(as_samples(data.unlabelled, samples))
        on_fitted()
    return replace(data, soft_targets=soft_targets, unlabelled_soft_targets=unlabelled)


def teacher_folds(samples: SampleSet, train: Indices, seed: int, folds: int = FOLDS) -> Indices:
    """The fold (len(train),) of each sample at ``train``: whole groups, classes spread evenly.

    Raises:
        InputError: all samples at ``train`` are of one group.
    """
    groups = samples.groups[train]
    count = min(folds, len(np.unique(groups)))
    if count < 2:
        raise _one_group(len(train))
    return stratify(strata(samples.task, samples.target[train]), groups, (1 / count,) * count, seed)


def trees_of_teacher(rows: int) -> int:
    """The number of trees of a teacher fitted on this many samples."""
    return min(MOST_TREES, max(LEAST_TREES, MOST_ROWS // max(rows, 1)))


def _with_prior(task: Task, soft_targets: Floats, prior: Doubles) -> Floats:
    if not task.has_probabilities:
        return soft_targets
    return np.asarray((1 - PRIOR_SHARE) * soft_targets + PRIOR_SHARE * prior, np.float32)


def _one_group(count: int) -> InputError:
    return InputError(
        ErrorCode.TOO_FEW_SAMPLES,
        subject="METHOD",
        found=f"{count} training samples from a single group",
        expected="training samples from at least two groups, so that a teacher can predict samples that it was not "
        "fitted on",
        remedy="Add labels at more locations, choose a GROUP_FIELD with more groups, or set METHOD to mdico or alone.",
    )
