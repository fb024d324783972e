"""Checks for split parts in which a sensor has only one class, or one target value: nothing to learn or score."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...arrays import Indices
from ...contract import ErrorCode, InputError
from ...process import Reporter
from ...samples import SampleSet, Split


def require_two_values(samples: SampleSet, split: Split, at: int, subject: str) -> None:
    """Raise if the training samples that the sensor at ``at`` covers have only one class or the same values."""
    learned = split.train[samples.present[split.train, at]]
    name = samples.sensors[at].name
    if samples.shows_one_class(learned):
        raise too_few(
            name,
            subject,
            found=f"only one class among the {len(learned)} training samples covered by {name}",
            expected="at least two classes",
        )
    if samples.shows_one_value(learned):
        raise too_few(
            name,
            subject,
            found=f"the same value in all {len(learned)} training samples covered by {name}",
            expected="at least two different values",
        )


def log_one_value(
    samples: SampleSet, targets: Sequence[str], learned: Sequence[Indices], tested: Indices, reporter: Reporter
) -> None:
    """Warn about sensors whose samples of a part have only one class, or one value of a target.

    Args:
        targets: their names.
        learned: the training samples of each run.
        tested: the test samples of all runs.
    """
    for at, sensor in enumerate(samples.sensors):
        for name in _constant_somewhere(samples, at, targets, learned):
            reporter.warning(
                "target_constant",
                f"{name} has the same value in all training samples covered by {sensor.name}, so {sensor.name} "
                f"cannot learn it. Add labels with other values at more locations that it covers.",
            )
        seen = tested[samples.present[tested, at]]
        if len(samples.classes_among(seen)) == 1:
            reporter.warning(
                "one_class_tested",
                f"All test samples covered by {sensor.name} belong to one class, so its scores do not show whether "
                f"it separates classes. Add labels at more locations that it covers.",
            )
        if not samples.task.has_probabilities:
            for number in samples.constant_targets(seen):
                reporter.warning(
                    "one_value_tested",
                    f"All test samples covered by {sensor.name} have the same value of {targets[number]}, so its R² "
                    f"is meaningless. Add labels with other values at more locations that it covers.",
                )


def too_few(sensor: str, subject: str, found: str, expected: str) -> InputError:
    """The error about a sensor that covers too little of a part."""
    return InputError(
        ErrorCode.TOO_FEW_SAMPLES,
        subject=f"{subject} and {sensor}",
        found=found,
        expected=expected,
        remedy=f"Add labels at more locations that {sensor} covers, in several groups, or remove the sensor.",
    )


def _constant_somewhere(samples: SampleSet, at: int, targets: Sequence[str], learned: Sequence[Indices]) -> list[str]:
    """Targets with a single value in the sensor's training samples of any run."""
    found = [samples.constant_targets(part[samples.present[part, at]]) for part in learned]
    return [targets[number] for number in np.unique(np.concatenate(found))]
