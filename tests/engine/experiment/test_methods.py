"""The methods: what learns from what, and what is known of how well."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.job.method import ClassWeight, LossWeights, Method, Optimize, UnlabelledUse
from colearn.engine.experiment.forests.forest import Forest
from colearn.engine.experiment.forests.privileged_teacher import out_of_fold, teacher, with_soft_targets
from colearn.engine.experiment.methods import Experiment, MethodResult
from colearn.engine.learning.fit.data import TrainingData
from colearn.engine.learning.tasks.rules import main_score
from colearn.engine.predictors.validation import validation_score
from colearn.engine.samples.sample_set import SampleSet
from colearn.engine.samples.unlabelled import Unlabelled

from synthetic_samples import IMAGE, OUTPUTS, SERIES, few_trees, fifths, half_covered, make_samples, settings_for

TASKS = [Task.CLASSIFICATION, Task.MULTILABEL, Task.REGRESSION]
METHODS = [method for method in Method if method is not Method.AUTO]
BOTH = (IMAGE, SERIES)


@pytest.fixture(autouse=True)
def small_forests(monkeypatch) -> None:
    """Teachers are tested elsewhere."""
    few_trees(monkeypatch, 10)


def unheard(epoch: object) -> None:
    """Epochs are of no interest here."""


def experiment_of(samples: SampleSet, unlabelled: Unlabelled | None = None, **changes) -> Experiment:
    torch.set_num_threads(1)
    settings = settings_for(samples, **{"batch_size": 32, **changes})
    return Experiment(TrainingData(samples, unlabelled), fifths(samples), settings, unheard)


def positions(count: int = 60) -> Unlabelled:
    more = half_covered(make_samples(count=count, seed=5))
    return Unlabelled(more.sensors, more.present)


def weights(result: MethodResult) -> torch.Tensor:
    networks = {id(each.network): each.network for each in result.predictors.values()}.values()
    return torch.cat([value.flatten().double() for each in networks for value in each.network.state_dict().values()])


def same(one: MethodResult, other: MethodResult) -> bool:
    return torch.equal(weights(one), weights(other))


@pytest.mark.parametrize("method", METHODS)
def test_every_method_learns_what_can_be_learned(method: Method) -> None:
    samples = half_covered(make_samples(count=120))
    result = experiment_of(samples, epochs=9, batch_size=16, learning_rate=0.02).train(method)
    assert result.method is method
    test = samples.take(fifths(samples).test)
    for at, name in enumerate(BOTH):
        seen = test.present[:, at]
        prediction = result.predictors[name].network.predict(name, test.sensors[at].values[seen])
        assert main_score(Task.CLASSIFICATION, test.target[seen], prediction) > 0.7, name
        assert result.validation[name] > 0.7


@pytest.mark.parametrize(
    ("method", "networks"),
    [(Method.MDICO, 1), (Method.MDICO_DISTILLATION, 1), (Method.SENSOR_DROPOUT, 1), (Method.DISTILLATION, 2)],
)
def test_sensors_learn_as_one_or_each_for_itself(method: Method, networks: int) -> None:
    result = experiment_of(make_samples(), epochs=1).train(method)
    assert len({id(each.network.network) for each in result.predictors.values()}) == networks
    for name, predictor in result.predictors.items():
        network = predictor.network
        assert [sensor.name for sensor in network.sensors] == (list(BOTH) if networks == 1 else [name])
        assert network.network.one_head == (method is Method.SENSOR_DROPOUT)


def test_alone_is_the_same_whatever_other_sensors_show() -> None:
    samples = half_covered(make_samples())
    other = replace(samples.sensors[1], values=samples.sensors[1].values * -3 + 1)
    changed = replace(samples, sensors=(samples.sensors[0], other))
    first, second = (
        experiment_of(each, positions()).train(Method.ALONE).predictors[IMAGE].network for each in (samples, changed)
    )
    values = samples.sensors[0].values[samples.present[:, 0]]
    np.testing.assert_array_equal(first.predict(IMAGE, values), second.predict(IMAGE, values))


@pytest.mark.parametrize(
    ("method", "learns"),
    [
        (Method.MDICO, True),
        (Method.DISTILLATION, True),
        (Method.MDICO_DISTILLATION, True),
        (Method.SENSOR_DROPOUT, False),
        (Method.ALONE, False),
    ],
)
@pytest.mark.parametrize("use", list(UnlabelledUse))
def test_who_learns_from_positions_without_labels(method: Method, learns: bool, use: UnlabelledUse) -> None:
    samples = make_samples()
    without, with_them = (
        experiment_of(samples, each, epochs=2, unlabelled_use=use).train(method) for each in (None, positions())
    )
    assert same(without, with_them) != learns


@pytest.mark.parametrize(
    ("method", "learns"), [(Method.DISTILLATION, True), (Method.MDICO_DISTILLATION, True), (Method.MDICO, False)]
)
def test_which_networks_learn_from_the_teacher(method: Method, learns: bool) -> None:
    samples = make_samples()
    without, with_teacher = (
        experiment_of(samples, epochs=1, weights=LossWeights(distillation=share)).train(method) for share in (0.0, 0.5)
    )
    assert same(without, with_teacher) != learns


def test_distillation_with_zero_teacher_weight_is_alone() -> None:
    experiment = experiment_of(make_samples(), epochs=1, weights=LossWeights(distillation=0.0))
    assert same(experiment.train(Method.DISTILLATION), experiment.train(Method.ALONE))


@pytest.mark.parametrize("task", TASKS)
class TestTeacher:
    def test_it_predicts_training_samples_out_of_fold_and_no_others(self, task: Task) -> None:
        samples, settings = half_covered(make_samples(task, count=90)), settings_for(make_samples(task))
        split = fifths(samples)
        soft_targets = with_soft_targets(TrainingData(samples), BOTH, split, settings).soft_targets
        expected = out_of_fold(samples, BOTH, split.train, OUTPUTS[task], 0, class_weight=ClassWeight.NONE)
        np.testing.assert_array_equal(soft_targets[split.train], expected)
        assert np.isnan(soft_targets[split.validation]).all()
        assert np.isnan(soft_targets[split.test]).all()
        in_fold = teacher(samples, BOTH, split.train, OUTPUTS[task], 0, ClassWeight.NONE).predict(samples)
        assert np.abs(in_fold[split.train] - expected).max() > 0.1

    def test_it_does_not_depend_on_validation_and_test(self, task: Task) -> None:
        samples, settings = make_samples(task, count=90), settings_for(make_samples(task))
        split, other = fifths(samples), make_samples(task, count=90, seed=1)
        target = samples.target.copy()
        held = np.concatenate([split.validation, split.test])
        target[held] = other.target[held]
        sensors = []
        for sensor, another in zip(samples.sensors, other.sensors, strict=True):
            values = sensor.values.copy()
            values[held] = another.values[held]
            sensors.append(replace(sensor, values=values))
        changed = replace(samples, target=target, sensors=tuple(sensors))
        first, second = (
            with_soft_targets(TrainingData(each, positions()), BOTH, split, settings) for each in (samples, changed)
        )
        np.testing.assert_array_equal(first.soft_targets, second.soft_targets)
        np.testing.assert_array_equal(first.unlabelled_soft_targets, second.unlabelled_soft_targets)

    def test_it_predicts_unlabelled_samples(self, task: Task) -> None:
        samples, more, settings = make_samples(task), positions(), settings_for(make_samples(task))
        soft_targets = with_soft_targets(
            TrainingData(samples, more), BOTH, fifths(samples), settings
        ).unlabelled_soft_targets
        truth = make_samples(task, count=60, seed=5).target
        assert soft_targets.shape == (60, OUTPUTS[task])
        assert main_score(task, truth, soft_targets) > 0.5


def test_the_teacher_is_asked_once_for_all_methods(monkeypatch) -> None:
    asked = []

    def ask(*arguments, **named):
        asked.append(1)
        return out_of_fold(*arguments, **named)

    monkeypatch.setattr("colearn.engine.experiment.forests.privileged_teacher.out_of_fold", ask)
    experiment = experiment_of(make_samples(), epochs=1)
    experiment.train(Method.DISTILLATION)
    experiment.train(Method.MDICO_DISTILLATION)
    assert len(asked) == 1


def test_teachers_that_are_compared_have_equally_many_trees(monkeypatch) -> None:
    """A sensor's own learns from fewer samples where others cover more: it would have more trees, and an advantage."""
    monkeypatch.setattr("colearn.engine.experiment.forests.privileged_teacher.LEAST_TREES", 2)
    monkeypatch.setattr("colearn.engine.experiment.forests.privileged_teacher.MOST_ROWS", 6 * 36)
    grown, fit_table = [], Forest.fit_table
    monkeypatch.setattr(Forest, "fit_table", lambda *given: grown.append(given[-1]) or fit_table(*given))
    experiment = experiment_of(half_covered(make_samples()), positions())
    experiment.with_teacher  # noqa: B018
    experiment._own_teachers(IMAGE)
    assert len(experiment.split.train) == 36
    assert grown == [6] * 12


def test_all_sensors_are_fused_where_some_are_missing_too() -> None:
    samples = half_covered(make_samples(count=60))
    fused = experiment_of(samples, epochs=2).train_fused()
    prediction = fused.predict(samples)
    assert np.isfinite(prediction).all()
    blind = replace(samples, present=np.zeros_like(samples.present))
    assert np.isnan(fused.predict(blind)).all()
    only_one = replace(samples, present=samples.present & [True, False])
    assert np.abs(fused.predict(only_one) - prediction)[samples.present.all(axis=1)].max() > 0


class TestScores:
    def test_the_score_is_of_the_samples_a_sensor_covers(self) -> None:
        samples = half_covered(make_samples(count=90))
        predictor = experiment_of(samples).train(Method.ALONE).predictors[SERIES]
        network = predictor.network
        seen = samples.take(samples.present[:, 1])
        prediction = network.predict(SERIES, seen.sensors[1].values)
        expected = main_score(samples.task, seen.target, prediction, population=network.population)
        assert validation_score(predictor, samples, Optimize.BALANCED_ACCURACY) == expected

    def test_what_is_optimized_is_what_is_compared(self) -> None:
        samples = make_samples(count=90)
        samples = samples.take(np.sort(np.concatenate([np.flatnonzero(samples.target > 0), [0, 1, 2, 3]])))
        predictor = experiment_of(samples).train(Method.ALONE).predictors[IMAGE]
        by = {each: validation_score(predictor, samples, each) for each in Optimize}
        assert by[Optimize.ACCURACY] != by[Optimize.BALANCED_ACCURACY]

    def test_a_sensor_that_covers_nothing_has_none(self) -> None:
        samples = make_samples()
        predictor = experiment_of(samples, epochs=1).train(Method.ALONE).predictors[SERIES]
        blind = replace(samples, present=samples.present & [True, False])
        assert np.isnan(validation_score(predictor, blind, Optimize.ACCURACY))

    def test_validation_scores_are_of_the_validation_part(self) -> None:
        samples = make_samples(count=90)
        result = experiment_of(samples).train(Method.MDICO)
        held = samples.take(fifths(samples).validation)
        for name in BOTH:
            assert result.validation[name] == validation_score(
                result.predictors[name], held, Optimize.BALANCED_ACCURACY
            )


class TestCandidates:
    def result(self, method: Method, *scores: float) -> MethodResult:
        return MethodResult(method, {}, {f"sensor {at}": score for at, score in enumerate(scores)})

    def test_a_candidate_has_its_scores_in_the_order_of_the_sensors(self) -> None:
        candidate = self.result(Method.MDICO, 0.5, 0.7).candidate()
        assert (candidate.method, candidate.validation) == ("mdico", (0.5, 0.7))
