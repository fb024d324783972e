"""Trees that learn anew from all labels once scores have been taken."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.job.method import Effort, Method
from colearn.engine.experiment.comparison import Comparison, train_all
from colearn.engine.experiment.forests.sensor_forests import SensorForests
from colearn.engine.experiment.methods import Experiment
from colearn.engine.experiment.pace import Pace
from colearn.engine.experiment.refit import refitted
from colearn.engine.learning.fit.data import TrainingData
from colearn.engine.samples.sample_set import SampleSet
from colearn.engine.trees.forest import ForestSize

from synthetic_samples import IMAGE, SERIES, SMALL, few_trees, fifths, make_samples, settings_for

NAMES = (IMAGE, SERIES)


@pytest.fixture(autouse=True)
def small_forests(monkeypatch) -> None:
    """Forests are tested elsewhere."""
    few_trees(monkeypatch, 10)
    monkeypatch.setattr("colearn.engine.experiment.forests.sensor_forests.USUAL_SIZE", ForestSize(trees=5))
    monkeypatch.setattr("colearn.engine.experiment.methods.rich_features", lambda *_: {})  # chosen elsewhere, too


def experiment_of(samples: SampleSet) -> Experiment:
    settings = settings_for(samples, design=SMALL, epochs=1)
    return Experiment(TrainingData(samples), fifths(samples), settings, lambda epoch: None)


def comparison_of(samples: SampleSet, method: Method, effort: Effort = Effort.STANDARD) -> Comparison:
    torch.set_num_threads(1)
    return train_all(experiment_of(samples), method, Pace(effort))


def again(samples: SampleSet, comparison: Comparison) -> dict:
    return refitted(comparison, experiment_of(samples)).predictors


@pytest.mark.parametrize("task", [Task.CLASSIFICATION, Task.MULTILABEL, Task.REGRESSION], ids=lambda task: task.value)
def test_trees_of_all_labels_stand_beside_the_same_networks_and_calibration(task: Task) -> None:
    samples = make_samples(task, count=90)
    comparison = comparison_of(samples, Method.AUTO)
    found = again(samples, comparison)
    assert list(found) == list(NAMES)
    settings = settings_for(samples, design=SMALL, epochs=1)
    every = replace(fifths(samples), train=np.arange(90))
    for name, average in found.items():
        before = comparison.shipped(name)
        assert average.of_networks == before.of_networks
        assert (average.temperature, average.bias) == (before.temperature, before.bias)
        assert len(average.of_forests) == len(before.of_forests) == 2
        assert average.population == before.population
        expected = SensorForests.of(
            TrainingData(samples), every, replace(settings, shares=comparison.population.shares), name
        ).of_labels()
        np.testing.assert_array_equal(average.of_forests[0].forest.nodes.weight, expected.nodes.weight)


def test_what_was_left_out_of_the_split_is_learned_as_well() -> None:
    """A class that only the test part has: before, no tree knows it; after, the trees do."""
    samples = make_samples(count=90)
    target = np.where(samples.target == 2, 0, samples.target)
    target[fifths(samples).test] = 2
    samples = replace(samples, target=target)
    comparison = comparison_of(samples, Method.AUTO, Effort.QUICK)
    test = samples.take(fifths(samples).test)
    for name, average in again(samples, comparison).items():
        assert comparison.shipped(name).predict(test, calibrated=False)[:, 2].max() < 0.05
        assert average.predict(test, calibrated=False)[:, 2].mean() > 0.2


def test_scores_are_of_what_was_there_before() -> None:
    samples = make_samples(count=90)
    comparison = comparison_of(samples, Method.AUTO, Effort.QUICK)
    before = {name: comparison.shipped(name).predict(samples) for name in NAMES}
    found = again(samples, comparison)
    for name in NAMES:
        np.testing.assert_array_equal(comparison.shipped(name).predict(samples), before[name])
        assert not np.array_equal(found[name].predict(samples), before[name])


@pytest.mark.parametrize("method", [Method.ALONE, Method.MDICO])
def test_networks_that_are_shipped_by_themselves_stay(method: Method) -> None:
    samples = make_samples(count=60)
    assert again(samples, comparison_of(samples, method)) == {}


def test_a_sensor_without_a_teacher_when_scored_gets_none_afterwards() -> None:
    """All its training samples are of one group, those of other parts are not: what was scored had one forest."""
    samples = make_samples(count=90)
    split, at = fifths(samples), NAMES.index(IMAGE)
    present, groups = samples.present.copy(), samples.groups.copy()
    others = split.train[30:]
    present[others, at] = False
    groups[split.train[:30]] = groups[split.train[0]]
    samples = replace(samples, present=present, groups=groups)
    comparison = comparison_of(samples, Method.AUTO, Effort.QUICK)
    assert len(comparison.shipped(IMAGE).of_forests) == 1
    found = again(samples, comparison)
    assert {name: len(average.of_forests) for name, average in found.items()} == {IMAGE: 1, SERIES: 2}
