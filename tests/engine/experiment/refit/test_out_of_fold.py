"""Averages calibrated by all labels, each predicted by a fold that had not learned from it."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from colearn.engine.contract import Method, Task
from colearn.engine.experiment.comparison import train_all
from colearn.engine.experiment.methods import Experiment
from colearn.engine.experiment.refit.out_of_fold import calibrated_out_of_fold, out_of_fold
from colearn.engine.experiment.results import TrainingResults
from colearn.engine.experiment.scoring import predict_test
from colearn.engine.experiment.splits.split_plan import SplitPlan
from colearn.engine.learning.fit.data import TrainingData
from colearn.engine.learning.metrics.calibration import fit_calibration
from colearn.engine.learning.tasks.rules import logits_of
from colearn.engine.samples.sample_set import SampleSet
from colearn.engine.samples.split.folds import split_folds

from synthetic_samples import IMAGE, OUTPUTS, SERIES, SMALL, half_covered, make_samples, settings_for


class Folded:
    """Three folds of ``auto``, of two samples a group."""

    def __init__(self, task: Task = Task.CLASSIFICATION, repeats: int = 1) -> None:
        torch.set_num_threads(1)
        samples = half_covered(make_samples(task, count=90))
        self.samples: SampleSet = replace(samples, groups=np.arange(90) // 2)
        data = TrainingData(self.samples)
        splits, held_out, self.averages = [], [], []
        for seed in range(repeats):
            for split in split_folds(self.samples, 3, seed, "fields"):
                settings = settings_for(samples, design=SMALL, epochs=1, seed=seed)
                found = train_all(Experiment(data, split, settings, lambda epoch: None), Method.AUTO)
                splits.append((seed, split))
                held_out.append(predict_test(found, self.samples, split, seed))
                self.averages.append({name: found.shipped(name) for name in (IMAGE, SERIES)})
                self.first = getattr(self, "first", found)
        self.plan = SplitPlan(tuple(splits), folds=3)
        self.results = TrainingResults(self.first, tuple(held_out))


@pytest.fixture(scope="module")
def folded() -> Folded:
    return Folded(repeats=2)


def test_every_label_that_a_sensor_covers_is_predicted_once_by_what_did_not_learn_from_its_group(folded) -> None:
    tested = np.zeros(90, int)
    for _, split in folded.plan.splits[:3]:
        tested[split.test] += 1
        learned = set(folded.samples.groups[np.concatenate([split.train, split.validation])].tolist())
        assert not learned & set(folded.samples.groups[split.test].tolist())
    assert (tested == 1).all()
    for at, name in enumerate((IMAGE, SERIES)):
        raw = out_of_fold(folded.results, folded.plan, name, 3, 90)
        np.testing.assert_array_equal(np.isfinite(raw).all(axis=1), folded.samples.present[:, at])


def test_the_prediction_is_that_of_the_fold_that_tests_the_sample(folded) -> None:
    """Of the first seed: the next one's folds are others."""
    for at, name in enumerate((IMAGE, SERIES)):
        raw = out_of_fold(folded.results, folded.plan, name, 3, 90)
        for number, (_, split) in enumerate(folded.plan.splits[:3]):
            own = split.test[folded.samples.present[split.test, at]]
            expected = folded.averages[number][name].predict(folded.samples.take(own), calibrated=False)
            np.testing.assert_array_equal(raw[own], expected)


def test_averages_are_calibrated_by_all_of_them(folded) -> None:
    shipped = folded.averages[0]
    found = calibrated_out_of_fold(shipped, folded.results, folded.plan, folded.samples)
    for at, name in enumerate((IMAGE, SERIES)):
        rows = np.flatnonzero(folded.samples.present[:, at])
        raw = out_of_fold(folded.results, folded.plan, name, 3, 90)[rows]
        expected = fit_calibration(
            Task.CLASSIFICATION,
            logits_of(Task.CLASSIFICATION, raw),
            folded.samples.target[rows],
            population=shipped[name].population,
            groups=folded.samples.groups[rows],
        )
        np.testing.assert_array_equal(found[name].temperature, expected.temperature)
        np.testing.assert_array_equal(found[name].bias, expected.bias)
        assert not np.array_equal(found[name].temperature, shipped[name].temperature)
        assert found[name].of_networks == shipped[name].of_networks


def test_one_split_calibrates_nothing_anew(folded) -> None:
    """Its test part is as large as the validation part by which averages are calibrated already."""
    one = replace(folded.results, held_out=folded.results.held_out[:1])
    shipped = folded.averages[0]
    assert calibrated_out_of_fold(shipped, one, folded.plan, folded.samples) == shipped


@pytest.mark.parametrize("task", [Task.MULTILABEL, Task.REGRESSION], ids=lambda task: task.value)
def test_labels_are_calibrated_and_values_are_not(task: Task) -> None:
    folded = Folded(task)
    shipped = folded.averages[0]
    found = calibrated_out_of_fold(shipped, folded.results, folded.plan, folded.samples)
    for name, average in found.items():
        raw = out_of_fold(folded.results, folded.plan, name, OUTPUTS[task], 90)
        assert np.isfinite(raw).any()
        if task is Task.REGRESSION:
            assert average is shipped[name]
            assert (average.temperature, average.bias) == (None, None)
        else:
            assert not np.array_equal(average.temperature, shipped[name].temperature)
