"""The runs of a training: the splits and seeds with which everything is trained and tested."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ...arrays import Indices
from ...contract import InputError, Method, SplitBy, TrainJob, thousands
from ...process import Reporter, counted
from ...samples import SampleSet, Split
from ...samples.points import LabelPoints
from ...samples.split import GROUPS_WANTED, Separation, fold_warnings, split_by_group, split_folds, untested_classes
from .one_value import log_one_value, require_two_values, too_few
from .too_near import log_apart, with_fitting_context, with_smaller_buffer

LEAST_IN_PART = {"training": 2, "validation": 1, "test": 1}


@dataclass(frozen=True)
class SplitPlan:
    """Splits with their seeds; those of one seed are its ``folds``. The networks of the first are shipped."""

    splits: tuple[tuple[int, Split], ...]
    folds: int = 1

    @property
    def repeats(self) -> int:
        """The number of seeds."""
        return len(self.splits) // self.folds

    @property
    def first(self) -> Split:
        """The split of the run whose networks are shipped."""
        return self.splits[0][1]

    @property
    def rims(self) -> float | None:
        """The share of test samples with a patch that shares a pixel with a training patch, over all runs."""
        known = [split.rims for _, split in self.splits if split.rims is not None]
        return sum(known) / len(known) if known else None

    def held_out(self) -> Indices:
        """Samples that any run uses for validation or test."""
        parts = [part for _, split in self.splits for part in (split.validation, split.test)]
        held_out: Indices = np.unique(np.concatenate(parts))
        return held_out


def plan_splits(job: TrainJob, points: LabelPoints, samples: SampleSet, reporter: Reporter) -> SplitPlan:
    """Split the samples once per repeat, or in folds: as many as the job requests and the labels allow.

    Raises:
        InputError: too few groups, classes or samples of a sensor for this split; if smaller patches would help, it
            states their size.
    """

    if job.split_by is SplitBy.RANDOM and job.split_buffer_m:
        reporter.warning(
            "split_buffer_unused",
            "SPLIT_BUFFER_M has no effect with a random split. Choose another SPLIT_BY to use it.",
        )

    tries, refused = job.folds_to_try, None
    for folds in tries[:-1]:
        try:
            plan = _planned(replace(job, folds=folds), points, samples, None)
            break
        except InputError as error:
            refused = refused or error
    else:
        plan = _planned_or_advised(replace(job, folds=tries[-1]), points, samples)
    if refused:
        reporter.warning("folds_fewer", _fewer_folds(refused, tries[0], plan.folds))
    _log_plan(job, points, samples, plan, reporter)
    log_apart(plan.first, plan.rims, job.split_buffer_m, reporter)
    learned, tested = ([getattr(split, part) for _, split in plan.splits] for part in ("train", "test"))
    log_one_value(samples, points.space.names, learned, np.unique(np.concatenate(tested)), reporter)
    return plan


def _fewer_folds(error: InputError, wanted: int, folds: int) -> str:
    """Why a thorough training has fewer folds than intended."""
    then = f"{folds} folds are used" if folds > 1 else "a single split is used: scores are of a fifth of the labels"
    return f"The labels allow no cross-validation in {wanted} folds (found {error.found}), so {then}. {error.remedy}"


def _planned_or_advised(job: TrainJob, points: LabelPoints, samples: SampleSet) -> SplitPlan:
    """The splits; if impossible, the error advises what would work."""

    def planned(patch_sizes_px: tuple[int, ...] | None) -> SplitPlan:
        return _planned(job, points, samples, patch_sizes_px)

    try:
        return planned(None)
    except InputError as error:
        if job.split_buffer_m and _works(replace(job, split_buffer_m=0.0), points, samples):
            raise with_smaller_buffer(error, job.split_buffer_m) from error
        raise with_fitting_context(error, samples, planned) from error


def _works(job: TrainJob, points: LabelPoints, samples: SampleSet) -> bool:
    """Whether the samples can be split like this."""
    try:
        _planned(job, points, samples, None)
    except InputError:
        return False
    return True


def _planned(
    job: TrainJob, points: LabelPoints, samples: SampleSet, patch_sizes_px: tuple[int, ...] | None
) -> SplitPlan:
    """The splits, with patches as read or of other sizes."""
    seeds = [job.seed + repeat for repeat in range(job.repeats)]
    separation = Separation(samples, job.split_buffer_m, job.split_by is SplitBy.RANDOM, patch_sizes_px)
    (folds,) = job.folds_to_try
    if folds > 1:
        splits = tuple(
            (seed, split) for seed in seeds for split in split_folds(samples, folds, seed, points.subject, separation)
        )
    else:
        splits = tuple((seed, split_by_group(samples, seed, points.subject, separation)) for seed in seeds)
    for _, split in splits:
        require_every_sensor(samples, split, points.subject)
    return SplitPlan(splits, folds)


def _log_plan(job: TrainJob, points: LabelPoints, samples: SampleSet, plan: SplitPlan, reporter: Reporter) -> None:
    split = plan.first
    reporter.info(
        "split",
        f"Split by {points.grouped_by}: {thousands(len(split.train))} training samples, "
        f"{thousands(len(split.validation))} validation samples, {thousands(len(split.test))} test samples"
        + (f", in {plan.folds} folds" if plan.folds > 1 else "")
        + ".",
    )
    if len(plan.splits) > 1:
        reporter.info(
            "runs",
            f"Training is run {len(plan.splits)} times ({counted(plan.folds, 'fold')} × "
            f"{counted(plan.repeats, 'seed')}); scores are over all runs, the model file contains {_shipped(job)}.",
        )
    names = [label.name for label in points.space.classes]
    if plan.folds > 1:
        for warning in fold_warnings(samples, names, plan.folds):
            reporter.warning("classes_scarce", warning)
        return
    _log_few_groups(samples, split, reporter)
    untested = [names[index] for index in untested_classes(samples, split)]
    if untested:
        reporter.warning(
            "classes_untested",
            f"No test samples of {', '.join(untested)}: too few groups. These classes are mapped, but their accuracy "
            f"is unknown.",
        )


def _shipped(job: TrainJob) -> str:
    again = job.method is Method.AUTO and job.use_all_labels
    return "what learns from all labels afterwards" if again else "the first run's networks"


def _log_few_groups(samples: SampleSet, split: Split, reporter: Reporter) -> None:
    """Warn about parts with so few groups that hardly any difference can be proven."""
    counts = [len(np.unique(samples.groups[part])) for part in (split.train, split.validation, split.test)]
    few = [f"{count} {part}" for count, part in zip(counts, LEAST_IN_PART, strict=True) if count < GROUPS_WANTED]
    if few:
        reporter.info(
            "groups_few",
            f"Few groups: {', '.join(few)}. Reliable conclusions usually need at least {GROUPS_WANTED} groups in "
            f"each part: add labels at more locations, or choose a split with more groups (SPLIT_BY, GROUP_FIELD).",
        )


def require_every_sensor(samples: SampleSet, split: Split, subject: str) -> None:
    """Raise if a sensor covers too few samples of a part, or too few classes for training."""
    for at, sensor in enumerate(samples.sensors):
        parts = zip(LEAST_IN_PART.items(), (split.train, split.validation, split.test), strict=True)
        for (name, least), index in parts:
            count = int(samples.present[index, at].sum())
            if count < least:
                raise too_few(
                    sensor.name,
                    subject,
                    found=f"{counted(count, 'sample')} covered by {sensor.name} in the {name} part (of "
                    f"{thousands(int(samples.present[:, at].sum()))} in total)",
                    expected=f"at least {least} in every part of the split",
                )
        require_two_values(samples, split, at, subject)
