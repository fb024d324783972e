"""What all runs brought, as the manifest and the report take it."""

import numpy as np
import pytest
import torch
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.job.method import Method, Optimize
from colearn.engine.contract.manifest.scores import Variant
from colearn.engine.experiment.comparison import Comparison, train_all
from colearn.engine.experiment.methods import Experiment
from colearn.engine.experiment.results import TrainingResults
from colearn.engine.experiment.scoring import Scorer, predict_test
from colearn.engine.learning.fit.data import TrainingData
from colearn.engine.learning.standardization.statistics import sensor_statistics
from colearn.engine.learning.tasks.rules import main_score, score_names
from colearn.engine.process.reporting import Reporter
from colearn.engine.samples.sample_set import SampleSet, Split
from colearn.engine.samples.split.folds import split_folds

from journeys import Listening
from synthetic_samples import IMAGE, OUTPUTS, SERIES, SMALL, few_trees, fifths, half_covered, make_samples, settings_for

BOTH = (IMAGE, SERIES)


@pytest.fixture(autouse=True)
def small_forests(monkeypatch) -> None:
    """Forests are tested elsewhere."""
    few_trees(monkeypatch, 10)


def comparison_of(samples: SampleSet, split: Split, method: Method = Method.MDICO, seed: int = 0) -> Comparison:
    torch.set_num_threads(1)
    settings = settings_for(samples, design=SMALL, epochs=1, seed=seed)
    return train_all(Experiment(TrainingData(samples), split, settings, lambda epoch: None), method)


def results_of(samples: SampleSet, splits: list[tuple[int, Split]], method: Method = Method.MDICO) -> TrainingResults:
    found = [(comparison_of(samples, split, method, seed), seed, split) for seed, split in splits]
    return TrainingResults(found[0][0], tuple(predict_test(one, samples, split, seed) for one, seed, split in found))


def test_statistics_are_those_of_the_training_samples_a_sensor_covers() -> None:
    samples = half_covered(make_samples(count=60))
    split = fifths(samples)
    results = results_of(samples, [(0, split)])
    for at, found in enumerate(results.statistics()):
        expected = sensor_statistics(samples.sensors[at], split.train[samples.present[split.train, at]])
        np.testing.assert_array_equal(found.mean, expected.mean)
        np.testing.assert_array_equal(found.maximum, expected.maximum)


class TestEvidence:
    def evidence(self, results: TrainingResults, samples: SampleSet, split: Split):
        sink = Listening()
        reporter = Reporter(sink)
        reporter.info("a", "a fact")
        reporter.warning("b", "a warning")
        scorer = Scorer(samples.task, Optimize.BALANCED_ACCURACY, seed=0)
        return results.evidence(scorer, OUTPUTS[samples.task], samples, split, reporter)

    @pytest.mark.parametrize("task", list(OUTPUTS))
    def test_folds_of_the_first_seed_are_joined(self, task) -> None:
        samples = half_covered(make_samples(task, count=60))
        seeds = (0, 1) if task is Task.CLASSIFICATION else (0,)
        splits = [(seed, split) for seed in seeds for split in split_folds(samples, 3, seed, "labels")]
        results = results_of(samples, splits)
        found = self.evidence(results, samples, splits[0][1])
        order = np.concatenate([split.test for seed, split in splits if seed == 0])
        assert sorted(order.tolist()) == list(range(60))
        np.testing.assert_array_equal(found.target, samples.target[order])
        np.testing.assert_array_equal(found.groups, samples.groups[order])
        assert len(found.longitude) == len(found.latitude) == 60
        for at, sensor in enumerate(found.sensors):
            covered = order[samples.present[order, at]]
            np.testing.assert_array_equal(sensor.target, samples.target[covered])
            np.testing.assert_array_equal(sensor.groups, samples.groups[covered])
            np.testing.assert_array_equal(sensor.longitude, samples.longitude[covered])
            for prediction in (sensor.colearned, sensor.alone, sensor.shipped):
                assert prediction.shape == (len(covered), OUTPUTS[task])
                assert np.isfinite(prediction).all()
            assert (sensor.uncalibrated is None) == (task is Task.REGRESSION)
            first = results.held_out[0]
            seen = first.seen(sensor.name)
            np.testing.assert_array_equal(sensor.alone[: seen.sum()], first.alone[sensor.name][seen])
            folds = [each for each in results.held_out if each.seed == 0]
            fused = np.concatenate([each.fused[each.seen(sensor.name)] for each in folds])
            if len(seeds) == 1:
                assert sensor.fused[score_names(task)[0]].value == pytest.approx(main_score(task, sensor.target, fused))
            assert list(sensor.fused) == list(score_names(task))
        assert (found.notes, found.warnings) == (("a fact",), ("a warning",))

    def test_it_tells_what_is_shipped_and_every_epoch_of_the_first_run(self) -> None:
        samples = make_samples(count=60)
        results = results_of(samples, [(0, fifths(samples))])
        found = self.evidence(results, samples, fifths(samples))
        assert [sensor.shipped_variant for sensor in found.sensors] == [results.first.variant(n) for n in BOTH]
        names = [epoch.training for epoch in found.history]
        assert names == ["mdico", f"alone: {IMAGE}", f"alone: {SERIES}", "all sensors"]

    def test_uncalibrated_are_the_shipped_networks_in_every_fold(self) -> None:
        samples = make_samples(count=60)
        results = results_of(samples, [(0, fifths(samples))])
        found = self.evidence(results, samples, fifths(samples))
        (part,) = results.held_out
        for sensor in found.sensors:
            expected = part.uncalibrated[results.first.variant(sensor.name)][sensor.name]
            np.testing.assert_array_equal(sensor.uncalibrated, expected)

    def test_one_sensor_has_nothing_to_be_compared_with(self) -> None:
        samples = make_samples(count=60).only(IMAGE)
        found = self.evidence(results_of(samples, [(0, fifths(samples))]), samples, fifths(samples))
        (sensor,) = found.sensors
        assert (sensor.fused, sensor.colearned) == ({}, None)
        assert sensor.shipped_variant is Variant.ALONE
        np.testing.assert_array_equal(sensor.shipped, sensor.alone)

    @pytest.mark.parametrize("task", list(OUTPUTS))
    def test_classes_are_counted_by_part(self, task) -> None:
        samples = make_samples(task, count=60)
        split = fifths(samples)
        found = self.evidence(results_of(samples.only(IMAGE), [(0, split)]), samples.only(IMAGE), split)
        if task is Task.REGRESSION:
            assert found.class_counts == ()
            return
        member = samples.target > 0 if task is Task.MULTILABEL else np.eye(3)[samples.target] > 0
        for at, counts in enumerate(found.class_counts):
            expected = [member[part, at].sum() for part in (split.train, split.validation, split.test)]
            assert [counts.train, counts.validation, counts.test] == expected
