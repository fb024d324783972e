"""Whole groups keep their labels; the others are positions without one; the test part stays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from colearn.benchmarks.method.cells import run_cell
from colearn.benchmarks.method.dataset import Dataset
from colearn.benchmarks.method.few.labels import with_labels
from colearn.benchmarks.method.few.trees import QUICK, QUICK_ALL, QUICK_CONTROL
from colearn.engine.experiment.averaging import Averaging
from colearn.engine.samples.split.parts import split_by_group
from colearn.engine.trees.forest import ForestSize

from synthetic_samples import few_trees, make_samples

SAMPLES = make_samples()
SPLIT = split_by_group(SAMPLES, 7, "made up")


@pytest.mark.parametrize("labels", [0.5, 0.5 * len(SPLIT.train) + 1e-9])
def test_half_of_the_labels(labels: float) -> None:
    """As a share or as a number: half the groups, within the largest one."""
    data, few = with_labels(SAMPLES, SPLIT, labels, 7)
    largest = np.bincount(SAMPLES.groups[SPLIT.train]).max()
    assert abs(len(few.train) - len(SPLIT.train) / 2) <= largest
    np.testing.assert_array_equal(few.test, SPLIT.test)
    assert set(few.validation) < set(SPLIT.validation)
    rest = np.setdiff1d(SPLIT.train, few.train)
    assert not set(SAMPLES.groups[few.train]) & set(SAMPLES.groups[rest])
    assert data.unlabelled is not None
    for sensor, own in zip(SAMPLES.sensors, data.unlabelled.sensors, strict=True):
        np.testing.assert_array_equal(own.values, sensor.values[rest])
    np.testing.assert_array_equal(data.unlabelled.present, SAMPLES.present[rest])


@pytest.mark.parametrize("labels", [1.0, 1e6])
def test_all_labels(labels: float) -> None:
    data, same = with_labels(SAMPLES, SPLIT, labels, 7)
    assert data.unlabelled is None
    assert same is SPLIT


@pytest.mark.parametrize("labels", [0.0, -1.0, float("nan")])
def test_invalid_numbers_of_labels(labels: float) -> None:
    with pytest.raises(ValueError, match="expected a share above 0"):
        with_labels(SAMPLES, SPLIT, labels, 7)


def test_trees_learn_from_unlabelled_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    """One training for all three; labels of the places left out are never looked at: other ones change nothing."""
    few_trees(monkeypatch, 5)
    monkeypatch.setattr("colearn.engine.experiment.forests.sensor_forests.USUAL_SIZE", ForestSize(trees=5))
    runs = []
    run = Averaging.run
    monkeypatch.setattr(Averaging, "run", lambda self: (runs.append(1), run(self))[1])
    made = Dataset("few", SAMPLES, ("a", "b", "c"), "made up")
    found = {method: run_cell(made, method, 7, labels=0.5) for method in (QUICK_CONTROL, QUICK_ALL, QUICK)}
    assert len(runs) == 1
    assert found[QUICK].cell.labels == 0.5
    assert not np.array_equal(found[QUICK_ALL].contenders[0].prediction, found[QUICK_CONTROL].contenders[0].prediction)
    data, few = with_labels(SAMPLES, SPLIT, 0.5, 7)
    target = SAMPLES.target.copy()
    left_out = np.setdiff1d(SPLIT.train, few.train)
    target[left_out] = (target[left_out] + 1) % 3
    monkeypatch.setattr("colearn.benchmarks.method.cells.split_by_group", lambda *_: SPLIT)
    monkeypatch.setattr(
        "colearn.benchmarks.method.cells.with_labels", lambda samples, *_: (replace(data, samples=samples), few)
    )
    again = run_cell(replace(made, samples=replace(SAMPLES, target=target)), QUICK, 7, labels=0.5)
    for one, other in zip(found[QUICK].contenders, again.contenders, strict=True):
        np.testing.assert_array_equal(one.prediction, other.prediction)
