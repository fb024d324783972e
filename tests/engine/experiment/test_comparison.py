"""Everything that is compared in one run, and what of it is shipped."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from colearn.engine.contract.job.job import Device, Task
from colearn.engine.contract.job.method import Method, UnlabelledUse
from colearn.engine.contract.manifest.manifest import SensorKind
from colearn.engine.contract.manifest.scores import Choice, Variant
from colearn.engine.contract.wire.errors import InputError
from colearn.engine.experiment.comparison import Comparison, predict_samples, train_all
from colearn.engine.experiment.forests.sensor_forests import SensorForests
from colearn.engine.experiment.methods import AVERAGED, Experiment, MethodResult
from colearn.engine.export.graph import export_graph
from colearn.engine.inference.onnx_session import Session
from colearn.engine.learning.fit.checkpoint import Checkpoints
from colearn.engine.learning.fit.data import TrainingData
from colearn.engine.learning.fit.recipe import with_recipe
from colearn.engine.learning.fit.targets import population_of, shift_of
from colearn.engine.learning.fit.trainer import Trainer
from colearn.engine.learning.metrics.calibration import fit_calibration
from colearn.engine.learning.tasks.rules import logits_of, main_score
from colearn.engine.samples.sample_set import SampleSet
from colearn.engine.samples.unlabelled import Unlabelled
from colearn.engine.trees.forest import ForestSize

from synthetic_samples import IMAGE, OUTPUTS, SERIES, SMALL, fifths, half_covered, make_samples, settings_for

TASKS = [Task.CLASSIFICATION, Task.MULTILABEL, Task.REGRESSION]
TOGETHER = [method for method in Method if method is not Method.ALONE]


@pytest.fixture(autouse=True)
def small_forests(monkeypatch) -> None:
    """Forests are tested elsewhere."""
    monkeypatch.setattr("colearn.engine.experiment.forests.forest.TREES", 10)
    monkeypatch.setattr("colearn.engine.experiment.forests.sensor_forests.USUAL_SIZE", ForestSize(trees=5))


def unheard(epoch: object) -> None:
    """Epochs are of no interest here."""


def comparison_of(samples: SampleSet, method: Method, unlabelled: Unlabelled | None = None, **changes) -> Comparison:
    torch.set_num_threads(1)
    settings = settings_for(samples, design=SMALL, **changes)
    return train_all(TrainingData(samples, unlabelled), fifths(samples), settings, method, unheard, Checkpoints())


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
    assert list(comparison.forests) == [IMAGE, SERIES]
    assert np.isfinite(comparison.fused.predict(samples)).all()
    assert np.isfinite(comparison.fused_forest.predict(samples)).all()


def test_what_is_shipped_has_learned() -> None:
    samples = half_covered(make_samples(count=120))
    comparison = comparison_of(samples, Method.MDICO_DISTILLATION, epochs=12, learning_rate=0.01)
    test = samples.take(fifths(samples).test)
    shipped = {name: comparison.shipped(name) for name in (IMAGE, SERIES)}
    for at, (name, prediction) in enumerate(predict_samples(shipped, test).items()):
        seen = test.present[:, at]
        assert main_score(Task.CLASSIFICATION, test.target[seen], prediction[seen]) > 0.7, name
        forest = comparison.forests[name].predict(test)[seen]
        assert main_score(Task.CLASSIFICATION, test.target[seen], forest) > 0.7, name
    assert main_score(Task.CLASSIFICATION, test.target, comparison.fused.predict(test)) > 0.7
    assert main_score(Task.CLASSIFICATION, test.target, comparison.fused_forest.predict(test)) > 0.7


@pytest.mark.parametrize("method", list(Method))
def test_trainings_are_named_and_each_is_told_once(method: Method) -> None:
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
    comparison = comparison_of(replace(samples, groups=groups), Method.AUTO, epochs=1)
    assert list(comparison.failed) == [Method.DISTILLATION]
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


def test_a_forest_is_taught_half_by_labels_and_half_by_the_teacher() -> None:
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


def test_of_unlabelled_positions_a_forest_learns_what_the_teacher_says() -> None:
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
def test_one_sensor_has_nobody_to_learn_with(method: Method) -> None:
    comparison = comparison_of(make_samples().only(IMAGE), method, epochs=1)
    assert (comparison.tried, comparison.together) == ((), None)
    assert (comparison.fused, comparison.fused_forest) == (None, None)
    assert comparison.variant(IMAGE) is Variant.ALONE
    assert list(comparison.forests) == [IMAGE]
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
    assert list(comparison.together.validation) == list(comparison.forests) == names
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
        np.testing.assert_array_equal(first.forests[name].predict(learned), second.forests[name].predict(learned))
    np.testing.assert_array_equal(first.fused_forest.predict(learned), second.fused_forest.predict(learned))


def _spoilt(sensor, index):
    values = sensor.values.copy()
    values[index] = values[index] * -100
    return replace(sensor, values=values)


@pytest.fixture(scope="module")
def trained():
    """By task: samples, and networks that are surer than they should be, or not sure enough."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("colearn.engine.experiment.forests.forest.TREES", 10)
        sets = {task: half_covered(make_samples(task, count=120)) for task in TASKS}
        return {
            task: (each, comparison_of(each, Method.MDICO, epochs=6, learning_rate=0.01)) for task, each in sets.items()
        }


class TestCalibration:
    @pytest.mark.parametrize("task", TASKS[:2])
    @pytest.mark.parametrize("name", [IMAGE, SERIES])
    def test_it_is_fitted_on_validation_samples(self, trained, task, name) -> None:
        samples, comparison = trained[task]
        held = samples.take(fifths(samples).validation)
        for result in (comparison.together, comparison.alone):
            seen = held.present[:, [IMAGE, SERIES].index(name)]
            raw = predict_samples(result.predictors, held, calibrated=False)[name][seen]
            train = fifths(samples).train
            settings = settings_for(samples)
            population = population_of(samples, train, settings)
            fitted = fit_calibration(
                task,
                logits_of(task, raw),
                held.target[seen],
                shift=shift_of(samples, train, [IMAGE, SERIES].index(name), population, settings),
                population=population,
                groups=held.groups[seen],
            )
            assert fitted.changes
            sensor = result.predictors[name].network.sensor(name)
            np.testing.assert_array_equal(sensor.temperature, fitted.temperature)
            np.testing.assert_array_equal(sensor.bias, fitted.bias)

    @pytest.mark.parametrize("task", TASKS[:2])
    def test_calibrated_probabilities_are_others(self, trained, task) -> None:
        samples, comparison = trained[task]
        network = comparison.shipped(IMAGE).network
        sensor, values = network.sensor(IMAGE), samples.sensors[0].values[samples.present[:, 0]]
        raw, told = (network.predict(IMAGE, values, calibrated) for calibrated in (False, True))
        assert np.abs(raw - told).max() > 0.01
        expected = logits_of(task, raw) / sensor.temperature + sensor.bias
        expected = 1 / (1 + np.exp(-expected)) if task is Task.MULTILABEL else _softmax(expected)
        np.testing.assert_allclose(told, expected, atol=1e-4)

    def test_values_have_none(self, trained) -> None:
        samples, comparison = trained[Task.REGRESSION]
        for name in (IMAGE, SERIES):
            network = comparison.shipped(name).network
            values = samples.sensors[[IMAGE, SERIES].index(name)].values
            np.testing.assert_array_equal(network.predict(name, values), network.predict(name, values, False))

    @pytest.mark.parametrize("task", TASKS)
    @pytest.mark.parametrize("name", [IMAGE, SERIES])
    def test_it_is_part_of_the_exported_graph(self, trained, task, name) -> None:
        samples, comparison = trained[task]
        at = [IMAGE, SERIES].index(name)
        values = samples.sensors[at].values[samples.present[:, at]][:20]
        network = comparison.shipped(name).network
        codes = [1, 2, 3] if task is Task.CLASSIFICATION else []
        session = Session(export_graph(network, name, codes, nodata=255), Device.CPU)
        if name == IMAGE:
            scores = session.run(values).scores[:, :, 0, 0]
        else:
            scores = session.run(values.transpose(2, 1, 0)[np.newaxis]).scores[0].T
        np.testing.assert_allclose(scores, network.predict(name, values), atol=1e-4, rtol=1e-5)
        if task is not Task.REGRESSION:
            assert np.abs(scores - network.predict(name, values, calibrated=False)).max() > 0.01

    def test_all_sensors_that_learned_together_have_their_own(self, trained) -> None:
        _, comparison = trained[Task.CLASSIFICATION]
        image, series = (comparison.together.predictors[name].network for name in (IMAGE, SERIES))
        assert image.network is series.network
        assert image.sensor(IMAGE).temperature[0] != series.sensor(SERIES).temperature[0]


def _softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def test_settings_are_the_same_for_all_that_is_compared() -> None:
    """A gain is then the other sensors' doing: the networks of a sensor have one size, whoever trained them."""
    comparison = comparison_of(make_samples(), Method.AUTO, epochs=1)

    def size(network, name):
        return sum(each.numel() for each in network.predictor(name).parameters())

    for name in (IMAGE, SERIES):
        assert (
            len({size(result.predictors[name].network, name) for result in (*comparison.tried, comparison.network)})
            == 1
        )


@pytest.fixture
def rates_seen(monkeypatch) -> dict[str, dict[str, list[float]]]:
    """The learning rate at every step that the encoders of a sensor took: by training, by sensor."""
    seen: dict[str, dict[str, list[float]]] = {}
    learners: list[Trainer] = []
    init, step = Trainer.__init__, torch.optim.AdamW.step

    def noted_init(self, *arguments) -> None:
        init(self, *arguments)
        learners.append(self)
        seen[str(len(learners))] = {sensor.name: [] for sensor in self._samples.sensors}

    def noted_step(self, *arguments):
        network, own = learners[-1].network, seen[str(len(learners))]
        for slot, rates in zip(network.slots, own.values(), strict=True):
            moved = {each.grad is not None for each in network.specific_encoder[slot].parameters()}
            assert len(moved) == 1
            rates.extend([self.param_groups[0]["lr"]] if moved.pop() else [])
        return step(self, *arguments)

    monkeypatch.setattr(Trainer, "__init__", noted_init)
    monkeypatch.setattr(torch.optim.AdamW, "step", noted_step)
    return seen


@pytest.mark.parametrize(
    ("count", "use"), [(0, UnlabelledUse.BESIDE), (150, UnlabelledUse.BESIDE), (150, UnlabelledUse.BEFORE)]
)
def test_each_sensor_takes_the_same_steps_whoever_trains_it(rates_seen, count, use) -> None:
    """As many, at the same rates: by every method, alone, fused; whether it covers all samples or one in four."""
    samples = make_samples(count=150)
    samples.present[:, 1] = np.arange(150) % 4 == 2
    more = make_samples(count=count, seed=5) if count else None
    unlabelled = Unlabelled(more.sensors, more.present) if more else None
    settings = with_recipe(settings_for(samples, epochs=4, unlabelled_use=use))
    settings = replace(settings, design=SMALL)
    experiment = Experiment(TrainingData(samples, unlabelled), fifths(samples), settings, unheard)
    for method in Method:
        if method is not Method.AUTO:
            experiment.train(method)
    experiment.train_fused()
    trainings = list(rates_seen.values())
    assert len(trainings) == 4 + 2 * 2  # four with both sensors, two methods with a training for each
    curve = [0.003 * (0.01 + 0.99 * (1 + math.cos(math.pi * done / 4)) / 2) for done in range(4)]
    of_image = [rate for rate in curve for _ in range(6)]  # 90 samples to train on, in batches of up to 16
    of_series = [rate for rate in curve for _ in range(2)]  # the radar covers 22 of them
    for training in trainings:
        for name, expected in ((IMAGE, of_image), (SERIES, of_series)):
            assert name not in training or training[name] == pytest.approx(expected), name


def one_group_to_learn(samples: SampleSet) -> SampleSet:
    """All training samples are of one group: no teacher can be cross-fitted."""
    groups = np.arange(len(samples))
    groups[fifths(samples).train] = 1000
    return replace(samples, groups=groups)


def test_auto_goes_on_without_the_methods_that_cannot_be_trained() -> None:
    comparison = comparison_of(one_group_to_learn(make_samples()), Method.AUTO, epochs=1)
    assert [result.method for result in comparison.tried] == [Method.MDICO]
    assert set(comparison.failed) == {Method.DISTILLATION}
    for average in (*comparison.together.predictors.values(), *comparison.alone.predictors.values()):
        assert len(average.of_forests) == 1
        assert np.isfinite(average.predict(make_samples())).any()


def test_a_sensor_that_covers_one_group_has_as_many_forests_in_both_averages() -> None:
    """A teacher of all sensors could be had, one of the sensor itself not: a gain must not be the second forest's."""
    samples = make_samples(count=90)
    samples.present[:, 1] = np.arange(90) % 3 == 0
    groups = np.where(samples.present[:, 1], 1000, np.arange(90))
    comparison = comparison_of(replace(samples, groups=groups), Method.AUTO, epochs=1)
    for name, forests in ((IMAGE, 2), (SERIES, 1)):
        for result in (comparison.together, comparison.alone):
            assert len(result.predictors[name].of_forests) == forests


def test_a_method_asked_for_that_cannot_be_trained_is_an_error() -> None:
    with pytest.raises(InputError, match="group"):
        comparison_of(one_group_to_learn(make_samples()), Method.DISTILLATION, epochs=1)


def test_a_sensors_forest_learns_from_what_the_sensor_covers() -> None:
    """Labels of samples it does not cover change nothing, where the shares of the population are known."""
    samples = half_covered(make_samples(count=90))
    blind = ~samples.present[:, 0]
    other = replace(samples, target=np.where(blind, (samples.target + 1) % 3, samples.target))
    known = {"epochs": 1, "shares": (0.5, 0.3, 0.2)}
    found = [comparison_of(each, Method.ALONE, **known).forests[IMAGE].predict(samples) for each in (samples, other)]
    np.testing.assert_array_equal(*found)
