"""The runs of a training: on which splits, with which seeds, everything is trained and tested."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..contract.errors import ErrorCode, InputError
from ..contract.job import Task, TrainJob
from ..process.reporting import Reporter
from ..samples.folds import fold_warnings, split_folds
from ..samples.places import Places
from ..samples.sample_set import Indices, SampleSet, Split
from ..samples.split import lonely_classes, split_by_group

LEAST_IN_PART = {"training": 2, "validation": 1, "test": 1}


@dataclass(frozen=True)
class Runs:
    """Splits with the seed each is trained by; those of one seed are its folds. The first is shipped."""

    splits: tuple[tuple[int, Split], ...]

    @property
    def first(self) -> Split:
        """The split of the run whose networks are shipped."""
        return self.splits[0][1]

    def judged(self) -> Indices:
        """Samples that some run validates or tests on."""
        parts = [part for _, split in self.splits for part in (split.validation, split.test)]
        judged: Indices = np.unique(np.concatenate(parts))
        return judged


def plan_runs(job: TrainJob, places: Places, samples: SampleSet, reporter: Reporter) -> Runs:
    """Split the samples once for every repeat, or in folds.

    Raises:
        InputError: too few groups, classes or samples of some sensor to split so.
    """
    seeds = [job.seed + repeat for repeat in range(job.repeats)]
    if job.folds > 1:
        splits = tuple(
            (seed, split) for seed in seeds for split in split_folds(samples, job.folds, seed, places.subject)
        )
    else:
        splits = tuple((seed, split_by_group(samples, seed, places.subject)) for seed in seeds)
    for _, split in splits:
        require_every_sensor(samples, split, places.subject)
    runs = Runs(splits)
    _tell(job, places, samples, runs, reporter)
    _tell_one_class(samples, runs, reporter)
    return runs


def _tell(job: TrainJob, places: Places, samples: SampleSet, runs: Runs, reporter: Reporter) -> None:
    split = runs.first
    reporter.info(
        "split",
        f"Split by {places.grouped_by}: {len(split.train)} samples to train, {len(split.validation)} to validate, "
        f"{len(split.test)} to test" + (f", in {job.folds} folds" if job.folds > 1 else "") + ".",
    )
    if len(runs.splits) > 1:
        reporter.info(
            "runs",
            f"Everything is trained {len(runs.splits)} times ({job.folds} fold(s) × {job.repeats} seed(s)); scores are "
            "over all of them, the model file holds the first one's networks.",
        )
    names = [label.name for label in places.space.classes]
    if job.folds > 1:
        for warning in fold_warnings(samples, names, job.folds):
            reporter.warning("classes_scarce", warning)
        return
    untested = [names[index] for index in lonely_classes(samples, split)]
    if untested:
        reporter.warning(
            "classes_untested",
            f"No test sample of {', '.join(untested)}: too few groups. They are mapped; how well is not known.",
        )


def require_every_sensor(samples: SampleSet, split: Split, subject: str) -> None:
    """Raise where a sensor covers too few samples of some part, or too few classes to learn from."""
    for at, sensor in enumerate(samples.sensors):
        parts = zip(LEAST_IN_PART.items(), (split.train, split.validation, split.test), strict=True)
        for (name, least), index in parts:
            count = int(samples.present[index, at].sum())
            if count < least:
                raise _too_few(
                    sensor.name,
                    subject,
                    found=f"{count} sample(s) that {sensor.name} covers in the {name} part (of "
                    f"{int(samples.present[:, at].sum())} in all)",
                    expected=f"{least} or more in every part of the split",
                )
        learned = samples.target[split.train[samples.present[split.train, at]]]
        if samples.task is Task.CLASSIFICATION and len(np.unique(learned)) < 2:
            raise _too_few(
                sensor.name,
                subject,
                found=f"only one class among the {len(learned)} training samples that {sensor.name} covers",
                expected="two classes or more to tell apart",
            )


def _tell_one_class(samples: SampleSet, runs: Runs, reporter: Reporter) -> None:
    """Tell of sensors whose test samples are all of one class: their scores say nothing of telling classes apart."""
    if samples.task is not Task.CLASSIFICATION:
        return
    tested = np.unique(np.concatenate([split.test for _, split in runs.splits]))
    for at, sensor in enumerate(samples.sensors):
        if len(np.unique(samples.target[tested[samples.present[tested, at]]])) == 1:
            reporter.warning(
                "one_class_tested",
                f"All test samples that {sensor.name} covers are of one class: its scores do not say whether it tells "
                "classes apart. Label more places that it shows.",
            )


def _too_few(sensor: str, subject: str, found: str, expected: str) -> InputError:
    return InputError(
        ErrorCode.TOO_FEW_SAMPLES,
        subject=f"{subject} and {sensor}",
        found=found,
        expected=expected,
        remedy=f"Label more places that {sensor} shows, in several groups, or leave the sensor out.",
    )
