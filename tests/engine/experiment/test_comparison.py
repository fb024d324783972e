"""Everything that is compared in one run, and what of it is shipped."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.job.method import Method
from colearn.engine.contract.manifest.manifest import SensorKind
from colearn.engine.contract.manifest.scores import Choice, Variant
from colearn.engine.contract.wire.events import Planned
from colearn.engine.experiment.comparison import Comparison, predict_samples
from colearn.engine.experiment.forests.sensor_forests import SensorForests
from colearn.engine.experiment.methods import AVERAGED, MethodResult
from colearn.engine.learning.fit.data import TrainingData
from colearn.engine.learning.tasks.rules import main_score
from colearn.engine.samples.unlabelled import Unlabelled

from comparisons import TASKS, comparison_of
from synthetic_samples import IMAGE, OUTPUTS, SERIES, SMALL, fifths, half_covered, make_samples, settings_for

pytestmark = pytest.mark.usefixtures("small_forests")
TOGETHER = [method for method in Method if method is not Method.ALONE]


def positions(count: int = 40) -> Unlabelled:
    """Positions without labels, some of which only one sensor shows."""
    more = half_covered(make_samples(count=count, seed=5))
    return Unlabelled(more.sensors, more.present)


def weights(comparison: Comparison) -> list[torch.Tensor]:
    states = [network.network.state_dict().values() for network in comparison.networks()]
    return [torch.cat([value.flatten().double() for value in state]) for state in states]


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("method", [*AVERAGED, Method.MDICO_DISTILLATION, Method.SENSOR_DROPOUT, Method.ALONE])
def test_every_method_predicts_from_every_sensor_where_it_covers_samples(task: Task, method: Method) -> None:
    samples = half_covered(make_samples(task, count=90))
    comparison = comparison_of(samples, method, positions(), epochs=1)
    assert (comparison.together is None) == (method is Method.ALONE)
    results = [comparison.alone, *comparison.tried, *([comparison.together] if comparison.together else [])]
    for result in results:
        assert list(result.validation) == [IMAGE, SERIES]
        assert np.isfinite(list(result.validation.values())).all()
        for name, prediction in predict_samples(result.predictors, samples).items():
            covered = samples.present[:, [IMAGE, SERIES].index(name)]
            assert prediction.shape == (90, OUTPUTS[task])
            assert np.isfinite(prediction[covered]).all()
            assert np.isnan(prediction[~covered]).all()
    assert list(comparison.references) == [IMAGE, SERIES]
    assert np.isfinite(comparison.fused.predict(samples)).all()
    assert np.isfinite(comparison.fused_reference.predict(samples)).all()


def test_shipped_predictors_beat_chance() -> None:
    samples = half_covered(make_samples(count=120))
    comparison = comparison_of(samples, Method.MDICO_DISTILLATION, epochs=9, learning_rate=0.02)
    test = samples.take(fifths(samples).test)
    shipped = {name: comparison.shipped(name) for name in (IMAGE, SERIES)}
    for at, (name, prediction) in enumerate(predict_samples(shipped, test).items()):
        seen = test.present[:, at]
        assert main_score(Task.CLASSIFICATION, test.target[seen], prediction[seen]) > 0.7, name
        forest = comparison.references[name].predict(test)[seen]
        assert main_score(Task.CLASSIFICATION, test.target[seen], forest) > 0.7, name
    assert main_score(Task.CLASSIFICATION, test.target, comparison.fused.predict(test)) > 0.7
    assert main_score(Task.CLASSIFICATION, test.target, comparison.fused_reference.predict(test)) > 0.7


@pytest.mark.parametrize("method", list(Method))
def test_trainings_are_named_and_each_is_reported_once(method: Method) -> None:
    by_method = {
        Method.MDICO: ["mdico"],
        Method.DISTILLATION: [f"distillation: {IMAGE}", f"distillation: {SERIES}"],
        Method.MDICO_DISTILLATION: ["mdico_distillation"],
        Method.SENSOR_DROPOUT: ["sensor_dropout"],
        Method.ALONE: [],
    }
    by_method[Method.AUTO] = [name for each in AVERAGED for name in by_method[each]]
    networks = comparison_of(make_samples(), method, epochs=1).networks()
    names = [network.history[0].training for network in networks]
    assert names == [*by_method[method], f"alone: {IMAGE}", f"alone: {SERIES}", "all sensors"]


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.value)
def test_auto_averages_networks_and_forests_with_weights_that_are_fixed(task: Task) -> None:
    samples = make_samples(task)
    comparison = comparison_of(samples, Method.AUTO, epochs=1)
    assert [result.method for result in comparison.tried] == list(AVERAGED)
    for name in (IMAGE, SERIES):
        average, control = comparison.together.predictors[name], comparison.alone.predictors[name]
        assert comparison.shipped(name) is average
        assert (comparison.variant(name), comparison.choice(name)) == (Variant.COLEARNED, None)
        members = [each.predict(samples) for each in (*average.of_networks, *average.of_forests)]
        assert len(members) == 3 + 2
        expected = sum(members[:3]) / 6 + sum(members[3:]) / 4
        np.testing.assert_allclose(average.predict(samples, calibrated=False), expected, rtol=1e-5, atol=1e-5)
        assert [len(each) for each in (control.of_networks, control.of_forests)] == [3, 2]
        own = comparison.network.predictors[name]
        assert [[sensor.name for sensor in network.sensors] for network in control.networks] == 3 * [[name]]
        np.testing.assert_array_equal(control.of_networks[0].predict(samples), own.predict(samples))


def test_the_control_is_as_large_of_networks_alone_that_start_otherwise() -> None:
    """Else part of the gain would be averaging, or the control would hold one network three times."""
    samples = make_samples()
    comparison = comparison_of(samples, Method.AUTO, epochs=1)
    for name in (IMAGE, SERIES):
        one, other = (each.predictors[name] for each in (comparison.together, comparison.alone))
        assert len(one.of_networks) == len(other.of_networks) == 1 + len(AVERAGED)
        found = [each.predict(samples) for each in other.of_networks]
        assert all(np.abs(found[at] - found[at - 1]).max() > 1e-4 for at in range(3))
    again = comparison_of(samples, Method.AUTO, epochs=1)
    for name, predictor in comparison.alone.predictors.items():
        np.testing.assert_array_equal(again.alone.predictors[name].predict(samples), predictor.predict(samples))


def test_where_a_method_fails_the_control_is_no_larger_than_what_is_left(monkeypatch) -> None:
    """A teacher needs two groups of training samples, MDiCo none."""
    samples, split = make_samples(count=90), fifths(make_samples(count=90))
    groups = samples.groups.copy()
    groups[split.train] = groups[split.train][0]
    plans = []
    comparison = comparison_of(replace(samples, groups=groups), Method.AUTO, epochs=1, say=plans.append)
    assert list(comparison.failed) == [Method.DISTILLATION]
    whole = Planned(3, 1, fused=True)  # then without distillation, two of two are finished
    assert [each for each in plans if isinstance(each, Planned)] == [whole, replace(whole, networks=2, finished=2)]
    for each in (comparison.together, comparison.alone):
        assert [len(predictor.of_networks) for predictor in each.predictors.values()] == [2, 2]


def test_both_averages_have_as_many_trees_and_the_same_forest_of_labels() -> None:
    comparison = comparison_of(make_samples(), Method.AUTO, epochs=1)
    for name in (IMAGE, SERIES):
        one, other = (each.predictors[name].of_forests for each in (comparison.together, comparison.alone))
        assert one[0].forest is other[0].forest
        assert [len(each.forest.nodes.roots) for each in one] == [len(each.forest.nodes.roots) for each in other]
        same = np.array_equal(one[1].forest.nodes.weight, other[1].forest.nodes.weight)
        assert same == (name in comparison.weak_teachers)  # other teachers, unless its own is the better one


def test_a_forest_learns_half_from_labels_and_half_from_the_teacher() -> None:
    """Where a teacher always names the last class, samples of it are sure, and others half and half."""
    samples = make_samples(count=90)
    data = TrainingData(samples, soft_targets=np.tile(np.float32([0, 0, 1]), (90, 1)))
    known = settings_for(samples, design=SMALL, shares=())
    forests = SensorForests.of(data, fifths(samples), known, IMAGE)
    learned = fifths(samples).train
    found = forests.with_soft_targets(data).nodes.predict(forests.table)
    wrong = samples.target[learned] != 2
    assert (found[wrong, 2] > 0.45).all()
    assert (found[~wrong, 2] > 0.9).mean() > 0.9
    assert np.abs(found.sum(axis=1) - 1).max() < 1e-4


def test_a_forest_learns_the_teachers_predictions_of_unlabelled_samples() -> None:
    samples = make_samples(count=90)
    more = make_samples(count=400, seed=9)
    soft, last = np.float32([[0.0, 1.0, 0.0]]), np.float32([[0.0, 0.0, 1.0]])
    unlabelled = Unlabelled(more.sensors, more.present)
    data = TrainingData(samples, unlabelled, np.repeat(soft, 90, axis=0), np.repeat(last, 400, axis=0))
    forests = SensorForests.of(data, fifths(samples), settings_for(samples, design=SMALL), IMAGE)
    with_them, without = (forests.with_soft_targets(each) for each in (data, replace(data, unlabelled=None)))
    fresh = make_samples(count=50, seed=10).sensors[0].values
    assert with_them.predict(fresh)[:, 2].mean() > without.predict(fresh)[:, 2].mean() + 0.3


@pytest.mark.parametrize(
    ("colearned", "alone", "shipped"),
    [
        (0.5, 0.5, Variant.COLEARNED),
        (0.51, 0.5, Variant.COLEARNED),
        (0.5, 0.51, Variant.ALONE),
        (-0.2, -0.1, Variant.ALONE),
    ],
)
def test_each_sensor_ships_what_did_better_on_validation_samples(colearned, alone, shipped) -> None:
    """The other sensor is the other way round, so that each is chosen for itself."""
    networks = {training: {name: f"{training.value} {name}" for name in (IMAGE, SERIES)} for training in Variant}
    together = MethodResult(Method.MDICO, networks[Variant.COLEARNED], {IMAGE: colearned, SERIES: 1.0})
    apart = MethodResult(Method.ALONE, networks[Variant.ALONE], {IMAGE: alone, SERIES: 0.0})
    comparison = Comparison((together,), together, apart, {}, None, None)
    assert comparison.variant(IMAGE) is shipped
    assert comparison.shipped(IMAGE) == f"{shipped.value} {IMAGE}"
    assert comparison.choice(IMAGE) == Choice(colearned, alone)
    assert comparison.shipped(SERIES) == f"co-learned {SERIES}"


def test_trained_alone_ships_alone() -> None:
    comparison = comparison_of(make_samples(), Method.ALONE, epochs=1)
    for name in (IMAGE, SERIES):
        assert comparison.variant(name) is Variant.ALONE
        assert comparison.choice(name) is None
        assert comparison.shipped(name) is comparison.alone.predictors[name]
        assert [sensor.name for sensor in comparison.shipped(name).network.sensors] == [name]


@pytest.mark.parametrize("method", list(Method))
def test_one_sensor_has_no_others_to_learn_from(method: Method) -> None:
    comparison = comparison_of(make_samples().only(IMAGE), method, epochs=1)
    assert (comparison.tried, comparison.together) == ((), None)
    assert (comparison.fused, comparison.fused_reference) == (None, None)
    assert comparison.variant(IMAGE) is Variant.ALONE
    assert list(comparison.references) == [IMAGE]
    assert [network.history[0].training for network in comparison.networks()] == [f"alone: {IMAGE}"]


@pytest.mark.parametrize("method", TOGETHER)
def test_six_sensors_learn_together(method: Method) -> None:
    two = make_samples(count=60)
    sensors = tuple(
        replace(sensor, name=f"{sensor.name} {copy}", values=sensor.values * (copy + 1) + copy)
        for copy in range(3)
        for sensor in two.sensors
    )
    present = np.ones((60, 6), bool)
    present[np.arange(60), np.arange(60) % 6] = False  # each sample is missed by another
    comparison = comparison_of(replace(two, sensors=sensors, present=present), method, epochs=1)
    names = [sensor.name for sensor in sensors]
    assert list(comparison.together.validation) == list(comparison.references) == names
    kinds = [sensor.shape.kind for sensor in comparison.fused.network.sensors]
    assert kinds == [SensorKind.IMAGE, SensorKind.SERIES] * 3
    assert all(comparison.shipped(name).sensors == (name,) for name in names)


@pytest.mark.parametrize("method", [Method.AUTO, Method.SENSOR_DROPOUT])
def test_the_test_part_is_never_looked_at(method: Method) -> None:
    samples, test = make_samples(count=80), fifths(make_samples(count=80)).test
    sensors = tuple(_spoilt(sensor, test) for sensor in samples.sensors)
    other = replace(samples, sensors=sensors, target=samples.target.copy(), present=samples.present.copy())
    other.target[test] = 2 - other.target[test]
    other.present[test[::2], 1] = False
    first, second = (comparison_of(each, method, positions()) for each in (samples, other))
    assert all(torch.equal(*pair) for pair in zip(weights(first), weights(second), strict=True))
    learned = samples.take(fifths(samples).validation)
    for name in (IMAGE, SERIES):
        assert first.choice(name) == second.choice(name)
        assert first.variant(name) == second.variant(name)
        one, two = (each.shipped(name).predict(learned) for each in (first, second))
        np.testing.assert_array_equal(one, two)
        np.testing.assert_array_equal(first.references[name].predict(learned), second.references[name].predict(learned))
    np.testing.assert_array_equal(first.fused_reference.predict(learned), second.fused_reference.predict(learned))


def _spoilt(sensor, index):
    values = sensor.values.copy()
    values[index] = values[index] * -100
    return replace(sensor, values=values)
