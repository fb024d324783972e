"""One network that learns an average: its soft targets, its entry in the model file, equal bytes of equal seeds."""

from dataclasses import replace
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest
from colearn.engine.contract import Epoch, LabelClass, Level, Method, SensorManifest, Task, UnlabelledUse
from colearn.engine.experiment.comparison import Comparison, train_all
from colearn.engine.experiment.describe import TrainingRecord
from colearn.engine.experiment.graphs import fast_copy
from colearn.engine.experiment.graphs.every_label import with_every_label
from colearn.engine.experiment.graphs.quantization import Graphs, with_fast_copies, with_int8
from colearn.engine.experiment.methods import Experiment
from colearn.engine.experiment.results import TrainingResults
from colearn.engine.experiment.scoring import predict_test
from colearn.engine.experiment.splits.split_plan import SplitPlan
from colearn.engine.inference.onnx_session import Session
from colearn.engine.learning.fit.data import TrainingData
from colearn.engine.learning.fit.loop import train_network
from colearn.engine.learning.tasks.rules import main_score
from colearn.engine.mapping.block_map import score_samples
from colearn.engine.model.network_design import NetworkDesign, averaged
from colearn.engine.predictors import AveragePredictor, NetworkPredictor
from colearn.engine.process.reporting import Reporter
from colearn.engine.samples.sample_set import SampleSet
from colearn.engine.samples.unlabelled import Unlabelled
from colearn.engine.trees import ForestSize
from torch.nn.utils import parameters_to_vector

from journeys import Listening
from synthetic_samples import IMAGE, SERIES, few_trees, fifths, half_covered, make_samples, settings_for
from training_records import described

TASKS = [Task.CLASSIFICATION, Task.MULTILABEL, Task.REGRESSION]
CLASSES = tuple(LabelClass(code, f"kind {code}", "#808080") for code in (1, 2, 3))
WIDE = NetworkDesign(width=16, hidden=16)


@pytest.fixture(scope="module", autouse=True)
def small_and_quick():
    with pytest.MonkeyPatch.context() as patch:
        few_trees(patch, 3)
        patch.setattr("colearn.engine.experiment.forests.sensor_forests.USUAL_SIZE", ForestSize(8, 100, 30))
        yield


class Trained:
    """Averages of a few epochs, with their copies and their graphs."""

    def __init__(self, samples: SampleSet, method: Method = Method.AUTO) -> None:
        self.samples, self.split = samples, fifths(samples)
        self.data = TrainingData(samples)
        self.settings = settings_for(samples, epochs=3, design=averaged(WIDE))
        self.experiment = Experiment(self.data, self.split, self.settings, lambda epoch: None)
        self.comparison: Comparison = train_all(self.experiment, method)
        self.copies = self.copied()
        held_out = predict_test(self.comparison, samples, self.split, 0)
        results = TrainingResults(self.comparison, (held_out,), self.copies)
        plan = SplitPlan(((0, self.split),))
        self.record = TrainingRecord(None, (), (5, 1), None, samples, None, plan, results)
        manifest = replace(described(samples), classes=CLASSES if samples.task is Task.CLASSIFICATION else ())
        self.graphs = Graphs(manifest, {each.graph: self.exported(each) for each in manifest.sensors})

    def copied(self) -> dict[str, NetworkPredictor]:
        return fast_copy.fast_copies(self.comparison, self.experiment)

    def exported(self, sensor: SensorManifest) -> bytes:
        codes = (1, 2, 3) if self.samples.task is Task.CLASSIFICATION else ()
        return self.comparison.shipped(sensor.name).to_onnx(codes, 255.0)

    def with_copies(self) -> tuple[Graphs, Listening]:
        sink = Listening()
        return with_fast_copies(self.record, self.graphs, Reporter(sink)), sink


trained_on = cache(lambda task: Trained(make_samples(task)))  # once, for whoever asks


@pytest.fixture(scope="module", params=TASKS, ids=lambda task: task.value)
def trained(request) -> Trained:
    return trained_on(request.param)


@pytest.fixture(scope="module")
def classifier() -> Trained:
    return trained_on(Task.CLASSIFICATION)


def test_every_average_has_one_network_as_wide_as_its_own_beside_it(trained: Trained) -> None:
    assert set(trained.copies) == {IMAGE, SERIES}
    for name, copy in trained.copies.items():
        average = trained.comparison.shipped(name)
        assert isinstance(average, AveragePredictor)
        alone, own = (of.network.network.parameters() for of in (average.of_networks[0], copy))
        assert [each.shape for each in alone] == [each.shape for each in own]
        assert [each.sensors[0].name for each in copy.networks] == [name]


def test_a_single_network_needs_no_copy() -> None:
    assert Trained(make_samples(), Method.MDICO).copies == {}


def test_the_model_file_gets_its_graph_and_what_it_costs(trained: Trained) -> None:
    found, sink = trained.with_copies()
    names = [f"sensors/{at}{kind}.onnx" for at in (1, 2) for kind in ("", ".fast")]
    assert sorted(found.entries) == sorted(names)
    for part in ("validation", "test"):
        of_part = trained.samples.take(getattr(trained.split, part))
        for sensor, samples in zip(found.manifest.sensors, of_part.sensors, strict=True):
            average, copy = (
                score_samples(Session(found.entries[name]), sensor, samples.values)
                for name in (sensor.graph, sensor.fast.graph)
            )
            population = trained.comparison.shipped(sensor.name).population
            scores = [
                main_score(trained.samples.task, of_part.target, each, population=population)
                for each in (copy, average)
            ]
            reported = sensor.fast if part == "validation" else sensor.fast.tested
            assert reported.samples == len(of_part)
            assert reported.score.value == pytest.approx(scores[0])
            assert reported.change.value == pytest.approx(scores[0] - scores[1], abs=1e-9)
            if trained.samples.task is Task.CLASSIFICATION:
                same = population.weighed(copy).argmax(axis=1) == population.weighed(average).argmax(axis=1)
                assert reported.agreement == pytest.approx(same.mean())
            assert f"{sensor.name}: the model file contains a fast copy" in sink.texts(Level.INFO)


def test_int8_is_of_the_copy_and_holds_no_trees(classifier: Trained) -> None:
    copied, _ = classifier.with_copies()
    found = with_int8(classifier.record, copied, Reporter(Listening()))
    for sensor in found.manifest.sensors:
        values = classifier.samples.sensors[sensor.name == SERIES].values
        graphs = [found.entries[name] for name in (sensor.quantized.graph, sensor.fast.graph, sensor.graph)]
        assert [b"TreeEnsemble" in graph for graph in graphs] == [False, False, True]
        int8, fast, _ = (score_samples(Session(graph), sensor, values) for graph in graphs)
        np.testing.assert_allclose(int8, fast, atol=0.1)


def test_equal_trainings_give_equal_copies(classifier: Trained) -> None:
    again = classifier.copied()
    for name, copy in classifier.copies.items():
        assert copy.to_onnx((1, 2, 3), 255.0) == again[name].to_onnx((1, 2, 3), 255.0)


def test_it_learns_what_the_average_predicts_and_sees_no_label_of_the_test_part(classifier: Trained) -> None:
    samples, test = classifier.samples, classifier.split.test
    target = samples.target.copy()
    target[test] = (target[test] + 1) % 3
    lied = replace(classifier.data, samples=replace(samples, target=target))
    for name, copy in classifier.copies.items():
        average = classifier.comparison.shipped(name)
        again = fast_copy.copy_of(average, replace(classifier.experiment, data=lied))
        np.testing.assert_array_equal(again.predict(samples), copy.predict(samples))


def with_all_labels(found: Trained, data: TrainingData) -> dict[str, NetworkPredictor]:
    """Copies of all labels, as if the averages were the same that were scored."""
    averages = {name: found.comparison.shipped(name) for name in found.copies}
    return fast_copy.copies_of_all_labels(found.copies, averages, replace(found.experiment, data=data))


def test_copies_of_all_labels_are_the_measured_ones_trained_further_with_their_calibration(trained: Trained) -> None:
    again = with_all_labels(trained, trained.data)
    assert set(again) == set(trained.copies)
    for name, copy in again.items():
        scored = trained.copies[name].network
        assert copy.network.kept == (fast_copy.tuned_epochs(trained.copies[name]),)
        assert copy.network.history[-1].epochs <= scored.kept[0]
        mine, own = (parameters_to_vector(each.network.parameters()).detach() for each in (copy.network, scored))
        assert 0 < (mine - own).norm() / own.norm() < 0.1  # those of another training are farther away
        if trained.samples.task.has_probabilities:
            np.testing.assert_array_equal(copy.network.sensor(name).temperature, scored.sensor(name).temperature)


@pytest.mark.parametrize(("kept", "epochs", "expected"), [(25, 25, 5), (3, 25, 3), (9, 10, 2), (4, 4, 1), (1, 1, 1)])
def test_how_long_copies_are_trained_further(kept: int, epochs: int, expected: int) -> None:
    history = (Epoch("fast copy: x", kept, epochs, 0.1, 0.1, 0.9),)
    copy = SimpleNamespace(network=SimpleNamespace(kept=(kept,), history=history))
    assert fast_copy.tuned_epochs(copy) == expected


def test_copies_trained_further_see_labels_from_the_first_epoch(classifier: Trained, monkeypatch) -> None:
    """A first epoch without labels, at the highest rate, would be one of five here."""
    seen = []

    def train(_data, _split, settings, *_rest):
        seen.append(settings.unlabelled_use)
        return train_network(_data, _split, settings, *_rest)

    monkeypatch.setattr(fast_copy, "train_network", train)
    before = replace(classifier.settings, unlabelled_use=UnlabelledUse.BEFORE)
    averages = {IMAGE: classifier.comparison.shipped(IMAGE)}
    fast_copy.copies_of_all_labels(classifier.copies, averages, replace(classifier.experiment, settings=before))
    assert seen == [UnlabelledUse.BESIDE]


def test_copies_of_all_labels_learn_from_the_samples_of_every_part(classifier: Trained) -> None:
    """Other values of the image at test samples, but the same average: other networks; of the series the same one."""
    test, (image, series) = classifier.split.test, classifier.samples.sensors
    values = image.values.copy()
    values[test] += 100
    moved = replace(classifier.samples, sensors=(replace(image, values=values), series))
    first, other = (with_all_labels(classifier, TrainingData(each)) for each in (classifier.samples, moved))
    graphs = {name: [each[name].to_onnx((1, 2, 3), 255.0) for each in (first, other)] for name in (IMAGE, SERIES)}
    assert graphs[IMAGE][0] != graphs[IMAGE][1]
    assert graphs[SERIES][0] == graphs[SERIES][1]


def test_the_model_file_gets_the_copies_of_all_labels_and_says_so(classifier: Trained) -> None:
    averages = {name: classifier.comparison.shipped(name) for name in classifier.copies}
    copies = with_all_labels(classifier, classifier.data)
    results = replace(classifier.record.results, refitted=averages, copies_refitted=copies)
    record = replace(classifier.record, results=results)
    measured = with_int8(record, classifier.with_copies()[0], Reporter(Listening()))
    sink = Listening()
    found = with_every_label(record, measured, Reporter(sink))
    assert "The fast copies were then trained further on the predictions of the retrained averages." in sink.texts(
        Level.INFO
    )
    for before, after in zip(measured.manifest.sensors, found.manifest.sensors, strict=True):
        assert (before.fast.refit, after.fast.refit) == (False, True)
        assert after.fast.change == before.fast.change  # what was measured stays
        graph = copies[after.name].to_onnx((1, 2, 3), 255.0)
        assert found.entries[after.fast.graph] == graph != measured.entries[after.fast.graph]
        values = classifier.samples.sensors[after.name == SERIES].values
        int8, fast = (
            score_samples(Session(found.entries[each]), after, values)
            for each in (after.quantized.graph, after.fast.graph)
        )
        np.testing.assert_allclose(int8, fast, atol=0.1)
        part = classifier.split.validation
        assert after.quantized.agreement <= before.quantized.agreement
        assert after.quantized.agreement <= (int8[part].argmax(axis=1) == fast[part].argmax(axis=1)).mean()


@pytest.mark.parametrize(("positions", "used"), [(30, 30), (200, 72)])
def test_unlabelled_samples_are_used_in_addition_to_interpolated_ones(classifier, positions: int, used: int) -> None:
    """Of more than there are points between samples, two for each of 36, as many."""
    more = make_samples(count=positions, seed=9)
    data = replace(classifier.data, unlabelled=Unlabelled(more.sensors, more.present)).only(IMAGE)
    average, train = classifier.comparison.shipped(IMAGE), classifier.split.train
    found = fast_copy.with_predictions(data, average, train, classifier.settings)
    assert len(train) == 36
    assert len(found.unlabelled) == used + 72
    shown = found.unlabelled.sensors[0].values[:used]
    whole = more.sensors[0].values
    at = [int(np.flatnonzero([np.array_equal(one, each, equal_nan=True) for each in whole])[0]) for one in shown]
    assert at == sorted(set(at))
    np.testing.assert_allclose(found.unlabelled_soft_targets[:used], average.predict(more)[at], atol=1e-5)


def test_soft_targets_are_those_of_the_average(trained: Trained) -> None:
    """Where the training samples are as the population, as here, nothing is shifted; others have none."""
    average, split = trained.comparison.shipped(SERIES), trained.split
    data = trained.data.only(SERIES)
    found = fast_copy.with_predictions(data, average, split.train, trained.settings)
    expected = average.predict(data.samples)
    np.testing.assert_allclose(found.soft_targets[split.train], expected[split.train], atol=1e-5)
    others = np.setdiff1d(np.arange(len(data.samples)), split.train)
    assert np.isnan(found.soft_targets[others]).all()
    assert len(found.unlabelled) == 2 * len(split.train)


def test_soft_targets_of_the_population_are_converted_to_the_samples() -> None:
    """Samples drawn evenly of a population of 9 to 1: odds of 9 say no more than the shares do, and are even there."""
    shift = np.log([0.9, 0.1]) - np.log([0.5, 0.5])
    found = fast_copy._as_learned(Task.CLASSIFICATION, np.array([[0.9, 0.1], [0.5, 0.5]], np.float32), shift)
    np.testing.assert_allclose(found, [[0.5, 0.5], [0.1, 0.9]], atol=1e-6)
    odds = fast_copy._as_learned(Task.MULTILABEL, np.array([[0.75]], np.float32), np.array([np.log(3)]))
    np.testing.assert_allclose(odds, [[0.5]], atol=1e-6)


def test_points_between_samples_lie_between_them_and_lack_what_one_of_the_two_lacks() -> None:
    samples = half_covered(make_samples()).only(SERIES)
    train = np.arange(40)
    found = fast_copy.between(samples, train, seed=3)
    covered = samples.sensors[0].values[train[samples.present[train, 0]]]
    assert len(found) == 2 * len(covered)
    assert found.sensors[0].values.dtype == np.float32
    low, high = np.nanmin(covered, axis=0), np.nanmax(covered, axis=0)
    values = found.sensors[0].values
    there = np.isfinite(values)
    assert (~there | ((values >= low - 1e-3) & (values <= high + 1e-3))).all()
    assert 0 < (~there[:, 2, 1]).mean() < 1  # a fifth of the samples lack it: more than a third of the points do
    assert (~there[:, 2, 1]).mean() > np.isnan(covered[:, 2, 1]).mean()
    assert there[:, 0].all()


def test_without_a_validation_sample_there_is_nothing_to_choose_it_by(classifier: Trained) -> None:
    present = classifier.samples.present.copy()
    present[classifier.split.validation, 1] = False
    sink = Listening()
    record = replace(classifier.record, samples=replace(classifier.samples, present=present))
    found = with_fast_copies(record, classifier.graphs, Reporter(sink))
    assert [bool(sensor.fast) for sensor in found.manifest.sensors] == [True, False]
    assert f"{SERIES}: no fast copy, because no validation sample" in sink.texts(Level.WARNING)
