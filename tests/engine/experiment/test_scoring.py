"""What hand-made test parts say of a sensor, and that nothing else is looked at."""

import functools
from dataclasses import replace

import numpy as np
import pytest
import torch
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.job.method import Method, Optimize
from colearn.engine.contract.manifest.scores import Choice, Variant, Verdict
from colearn.engine.experiment import scoring
from colearn.engine.experiment.comparison import train_all
from colearn.engine.experiment.methods import Experiment
from colearn.engine.experiment.scoring import Scorer, predict_test
from colearn.engine.learning.fit.data import TrainingData
from colearn.engine.learning.metrics.cluster_bootstrap import bootstrap
from colearn.engine.samples.sample_set import SampleSet

from synthetic_samples import IMAGE, OUTPUTS, SERIES, SMALL, few_trees, fifths, half_covered, make_samples, settings_for

BALANCED, ACCURACY = Optimize.BALANCED_ACCURACY, Optimize.ACCURACY
CLASSES = Scorer(Task.CLASSIFICATION, BALANCED, seed=0)


@pytest.fixture(autouse=True)
def few_resamples(monkeypatch) -> None:
    """Intervals are tested elsewhere."""
    monkeypatch.setattr(scoring, "bootstrap", functools.partial(bootstrap, resamples=200))


def telling(samples: SampleSet, right: float, sure: float = 0.9) -> np.ndarray:
    """Probabilities of the right class for a share of the samples, of the next class for the others."""
    count = len(samples)
    correct = np.random.default_rng(1).permutation(count) < round(right * count)
    answer = np.where(correct, samples.target, (samples.target + 1) % 3)
    probabilities = np.full((count, 3), (1 - sure) / 2, np.float32)
    probabilities[np.arange(count), answer] = sure
    return probabilities


def uneven(count: int = 100) -> SampleSet:
    """Samples of which nine in ten are of the first class."""
    return replace(make_samples(count=count), target=np.where(np.arange(count) % 10 == 0, 1, 0))


def part_of(samples: SampleSet, seed: int = 0, **probabilities: np.ndarray | None) -> scoring.HeldOutPredictions:
    """A test part where the image sensor's predictors predict what is given, else what *alone* does."""
    usual = probabilities["alone"] if "alone" in probabilities else telling(samples, 0.5)

    def both(name: str):
        prediction = probabilities.get(name, usual)
        return None if prediction is None else {IMAGE: prediction, SERIES: prediction}

    return scoring.HeldOutPredictions(
        seed,
        samples,
        colearned=both("colearned"),
        alone=both("alone"),
        reference=both("reference"),
        uncalibrated=dict.fromkeys(Variant, both("uncalibrated")),
        fused=probabilities.get("fused"),
        fused_reference=probabilities.get("fused_reference"),
    )


def scored(*parts: scoring.HeldOutPredictions, scorer: Scorer = CLASSES):
    shipped = Variant.ALONE if parts[0].colearned is None else Variant.COLEARNED
    return scorer.sensor(parts, IMAGE, shipped, Choice(0.7, 0.6))


class TestMetrics:
    def test_what_is_optimized_comes_first(self) -> None:
        samples = uneven()
        always_first = np.tile(np.array([[0.8, 0.1, 0.1]], np.float32), (100, 1))
        part = part_of(samples, alone=always_first)
        balanced = scored(part)
        accurate = scored(part, scorer=replace(CLASSES, optimize=ACCURACY))
        assert (balanced.metric, balanced.alone.value) == ("balanced accuracy", 0.5)
        assert (accurate.metric, accurate.alone.value) == ("accuracy", 0.9)
        assert [score.metric for score in balanced.more] == ["accuracy", "macro F1", "kappa"]
        assert [score.metric for score in accurate.more] == ["balanced accuracy", "macro F1", "kappa"]
        assert accurate.more[0].alone.value == 0.5

    @pytest.mark.parametrize("optimize", list(Optimize))
    @pytest.mark.parametrize(
        ("task", "first"), [(Task.REGRESSION, "R²"), (Task.MULTILABEL, "average precision")], ids=["values", "labels"]
    )
    def test_other_tasks_have_one_main_score(self, task: Task, first: str, optimize: Optimize) -> None:
        samples = make_samples(task, count=60)
        score = scored(part_of(samples, alone=samples.target), scorer=Scorer(task, optimize, 0))
        assert (score.metric, score.alone.value) == (first, 1)
        assert first not in [each.metric for each in score.more]

    def test_every_contender_is_in_every_metric(self) -> None:
        samples = make_samples(count=60)
        part = part_of(samples, colearned=telling(samples, 0.9), reference=telling(samples, 0.3))
        score = scored(part)
        assert score.colearned.value > score.alone.value > score.reference.value
        accuracy = score.more[0]
        assert [round(each.value, 3) for each in (accuracy.colearned, accuracy.alone, accuracy.reference)] == [
            0.9,
            0.5,
            0.3,
        ]

    def test_what_was_chosen_is_passed_on(self) -> None:
        score = scored(part_of(make_samples()))
        assert (score.shipped, score.choice) == (Variant.COLEARNED, Choice(0.7, 0.6))


class TestDifferences:
    def test_the_gain_is_colearned_minus_alone(self) -> None:
        samples = make_samples(count=90)
        better = scored(part_of(samples, colearned=telling(samples, 0.95)))
        worse = scored(part_of(samples, colearned=telling(samples, 0.1)))
        assert better.gain.value == pytest.approx(better.colearned.value - better.alone.value)
        assert (better.verdict, worse.verdict) == (Verdict.HELPED, Verdict.HARMED)
        assert worse.gain.value < 0

    def test_the_lead_over_a_single_network_is_another_figure_than_the_gain(self) -> None:
        samples = make_samples(count=90)
        one = telling(samples, 0.3)
        part = replace(part_of(samples, colearned=telling(samples, 0.95)), network={IMAGE: one, SERIES: one})
        score = scored(part)
        assert score.averaged
        assert score.network_gap.value == pytest.approx(score.colearned.value - score.network.value)
        assert score.gain.value == pytest.approx(score.colearned.value - score.alone.value)
        assert score.network_gap.value > score.gain.value > 0
        assert not scored(part_of(samples)).averaged

    def test_equal_answers_differ_by_nothing(self) -> None:
        score = scored(part_of(make_samples(count=90)))
        assert (score.gain.value, score.gain.low, score.gain.high) == (0, 0, 0)
        assert score.verdict is Verdict.NO_DIFFERENCE

    def test_alone_only_has_no_gain(self) -> None:
        score = scored(part_of(make_samples(count=90), colearned=None))
        assert (score.colearned, score.gain, score.verdict) == (None, None, Verdict.NOT_MEASURED)
        assert all(each.colearned is each.gain is None for each in score.more)

    @pytest.mark.parametrize(("shipped", "forest", "sign"), [(0.9, 0.2, 1), (0.2, 0.9, -1)])
    def test_the_gap_to_the_forest_is_the_shipped_networks_lead(self, shipped, forest, sign) -> None:
        samples = make_samples(count=90)
        score = scored(part_of(samples, colearned=telling(samples, shipped), reference=telling(samples, forest)))
        assert score.reference_gap.value == pytest.approx(score.of_shipped.value - score.reference.value)
        assert score.reference_gap.value * sign > 0.5
        assert score.reference_gap.low * sign > 0
        assert score.reference_gap.high * sign > 0


class TestRuns:
    def test_samples_a_sensor_does_not_cover_are_left_out(self) -> None:
        samples = make_samples(count=60)
        samples.present[::3, 0] = False
        probabilities = telling(samples, 0.6)
        probabilities[::3] = np.nan
        part = part_of(samples, alone=probabilities)
        index = np.flatnonzero(samples.present[:, 0])
        only = part_of(samples.take(index), alone=probabilities[index])
        assert scored(part) == scored(only)

    def test_folds_are_pooled(self) -> None:
        """Each class stands in one fold only: the mean of two folds' scores would be another."""
        samples = make_samples(count=90)
        probabilities = telling(samples, 0.6)
        first = samples.target == 0
        folds = [part_of(samples.take(part), alone=probabilities[part]) for part in (first, ~first)]
        assert scored(*folds).alone.value == pytest.approx(scored(part_of(samples, alone=probabilities)).alone.value)
        apart = np.mean([scored(fold).alone.value for fold in folds])
        assert scored(*folds).alone.value != pytest.approx(apart)

    def test_repeats_are_averaged(self) -> None:
        first, second = make_samples(count=60), make_samples(count=90, seed=1)
        parts = [part_of(first, seed=0, alone=telling(first, 0.9)), part_of(second, seed=1, alone=telling(second, 0.3))]
        expected = np.mean([scored(part).alone.value for part in parts])
        assert scored(*parts).alone.value == pytest.approx(expected)

    def test_gains_of_all_scores_hold_what_training_again_changes(self) -> None:
        """Leads of .4, .1 and -.2 over *alone* in accuracy: t(2) · .3 / √3 = .75 on either side of .1, about."""
        samples = make_samples(count=300)
        parts = [part_of(samples, at, colearned=telling(samples, right)) for at, right in enumerate((0.9, 0.6, 0.3))]
        gain = scored(*parts).more[0].gain
        assert gain.value == pytest.approx(0.1)
        assert gain.low < -0.5
        assert gain.high > 0.7

    def test_a_fold_that_a_sensor_does_not_cover_has_no_effect(self) -> None:
        samples, blind = make_samples(count=60), make_samples(count=30, seed=1)
        blind.present[:, 0] = False
        nothing = np.full((30, 3), np.nan, np.float32)
        names = ("alone", "colearned", "reference", "uncalibrated")
        unseen = part_of(blind, **dict.fromkeys(names, nothing))
        seen = part_of(samples)
        assert scored(seen, unseen).alone == scored(seen).alone


class TestFused:
    def test_one_sensor_has_none(self) -> None:
        assert CLASSES.fused([part_of(make_samples())]) is None

    def test_network_and_forest_are_scored_on_all_samples(self) -> None:
        samples = make_samples(count=60)
        samples.present[::2, 0] = False
        part = part_of(samples, fused=telling(samples, 1.0), fused_reference=telling(samples, 0.5))
        score = replace(CLASSES, optimize=ACCURACY).fused([part])
        assert (score.metric, score.network.value, score.reference.value) == ("accuracy", 1, 0.5)

    def test_folds_are_pooled(self) -> None:
        samples = make_samples(count=90)
        probabilities, first = telling(samples, 0.6), samples.target == 0
        folds = [
            part_of(samples.take(part), fused=probabilities[part], fused_reference=probabilities[part])
            for part in (first, ~first)
        ]
        whole = part_of(samples, fused=probabilities, fused_reference=probabilities)
        assert CLASSES.fused(folds).network.value == pytest.approx(CLASSES.fused([whole]).network.value)


class TestCalibration:
    def test_it_is_of_one_network_before_and_after(self) -> None:
        samples = make_samples(count=100)
        too_sure, honest = telling(samples, 0.6, sure=0.99), telling(samples, 0.6, sure=0.6)
        part = part_of(samples, uncalibrated=too_sure, colearned=honest, alone=too_sure)
        error = scored(part).calibration
        assert error.before == pytest.approx(0.39, abs=0.01)
        assert error.after == pytest.approx(0, abs=0.01)

    def test_it_is_over_the_samples_a_sensor_covers_in_all_runs(self) -> None:
        samples = make_samples(count=100)
        samples.present[50:, 0] = False
        probabilities = telling(samples, 0.6, sure=0.6)
        probabilities[50:] = np.nan
        other = make_samples(count=40, seed=1)
        parts = [part_of(samples, alone=probabilities), part_of(other, seed=1, alone=telling(other, 1.0, sure=1.0))]
        right = (probabilities[:50].argmax(axis=1) == samples.target[:50]).mean()
        assert scored(*parts).calibration.after == pytest.approx(abs(right - 0.6) * 50 / 90, abs=0.01)

    def test_values_have_none(self) -> None:
        samples = make_samples(Task.REGRESSION)
        assert (
            scored(part_of(samples, alone=samples.target), scorer=Scorer(Task.REGRESSION, BALANCED, 0)).calibration
            is None
        )


@pytest.mark.parametrize("task", list(OUTPUTS))
@pytest.mark.parametrize("method", [Method.MDICO, Method.ALONE])
def test_only_the_test_part_is_looked_at(monkeypatch, task: Task, method: Method) -> None:
    few_trees(monkeypatch, 10)
    torch.set_num_threads(1)
    samples = half_covered(make_samples(task, count=60))
    split, settings = fifths(samples), settings_for(samples, design=SMALL, epochs=1)
    comparison = train_all(Experiment(TrainingData(samples), split, settings, lambda epoch: None), method)
    found = predict_test(comparison, samples, split, seed=7)
    assert found.seed == 7
    assert len(found.samples) == len(split.test)
    np.testing.assert_array_equal(found.samples.target, samples.target[split.test])
    assert (found.colearned is None) == (method is Method.ALONE)
    for at, name in enumerate((IMAGE, SERIES)):
        seen = samples.present[split.test, at]
        np.testing.assert_array_equal(found.seen(name), seen)
        for contender, prediction in found.of(name).items():
            assert prediction.shape == (len(split.test), OUTPUTS[task]), contender
            np.testing.assert_array_equal(np.isfinite(prediction).all(axis=1), seen, contender)
        shipped = comparison.shipped(name).network
        values = samples.sensors[at].values[split.test][seen]
        np.testing.assert_array_equal(
            found.of(name)[comparison.variant(name).value][seen], shipped.predict(name, values)
        )
        before = found.uncalibrated[comparison.variant(name)][name][seen]
        np.testing.assert_array_equal(before, shipped.predict(name, values, calibrated=False))
    assert found.fused.shape == found.fused_reference.shape == (len(split.test), OUTPUTS[task])
    assert Scorer(task, BALANCED, 0).sensor([found], IMAGE, Variant.ALONE, None).alone.value <= 1
