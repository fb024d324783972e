"""Parts of a split in which a sensor sees one class, or one value of a target."""

from dataclasses import replace

import numpy as np
import pytest
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.wire.errors import InputError
from colearn.engine.contract.wire.events import Level
from colearn.engine.experiment.splits.one_value import log_one_value, require_two_values
from colearn.engine.process.reporting import Reporter
from colearn.engine.samples.sample_set import SampleSet, Split

from journeys import Listening
from synthetic_samples import IMAGE, SERIES, make_samples

HALF = np.arange(30)
OTHERS = np.arange(30, 60)


def of_targets(*constant: int) -> SampleSet:
    """60 samples with two targets; of the second sensor the first half has the same value of some."""
    samples = make_samples(count=60, task=Task.REGRESSION)
    target = np.random.default_rng(1).normal(size=(60, 2)).astype(np.float32)
    target[:30, list(constant)] = 7.5
    present = np.ones((60, 2), bool)
    present[30:, 1] = False
    return replace(samples, target=target, present=present)


def warned(samples: SampleSet, learned: np.ndarray, tested: np.ndarray) -> str:
    sink = Listening()
    log_one_value(samples, ("height", "age"), [learned], tested, Reporter(sink))
    return sink.texts(Level.WARNING)


def test_a_sensor_that_learns_from_one_value_of_every_target_is_refused() -> None:
    samples, every = of_targets(0, 1), Split(np.arange(60), HALF, HALF)
    with pytest.raises(InputError) as caught:
        require_two_values(samples, every, 1, "fields")
    assert caught.value.found == f"the same value in all 30 training samples covered by {SERIES}"
    assert caught.value.expected == "at least two different values"
    require_two_values(samples, every, 0, "fields")  # the other sensor sees all sixty


def test_one_constant_target_of_two_is_reported_and_the_other_is_learned() -> None:
    samples = of_targets(0)
    require_two_values(samples, Split(np.arange(60), HALF, HALF), 1, "fields")
    text = warned(samples, np.arange(60), OTHERS[:0])
    assert f"height has the same value in all training samples covered by {SERIES}" in text
    assert IMAGE not in text.split("All test samples")[0]


def test_test_samples_of_one_value_are_reported() -> None:
    text = warned(of_targets(1), OTHERS, HALF)
    for name in (IMAGE, SERIES):
        assert f"All test samples covered by {name} have the same value of age" in text
    assert "of height" not in text


def test_varying_targets_are_not_remarked() -> None:
    samples = replace(of_targets(), present=np.ones((60, 2), bool))
    assert warned(samples, HALF, OTHERS) == ""


def test_a_sensor_whose_test_samples_are_of_one_class_is_reported() -> None:
    samples = make_samples(count=60)
    samples.target[HALF] = 0
    samples.target[OTHERS] = np.arange(30) % 2
    assert f"{SERIES} belong to one class" in warned(samples, OTHERS, HALF)
    assert warned(samples, HALF, OTHERS) == ""
