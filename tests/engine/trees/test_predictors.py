"""Forests, and averages of networks and forests, as one graph: what they say densely and per sample, to the bit."""

from functools import cache

import numpy as np
import onnx
import pytest
from colearn.engine.contract.job.job import Device, Task
from colearn.engine.export.graph import Probe, export_predictor
from colearn.engine.export.quantized import quantize_graph
from colearn.engine.inference.onnx_session import Session
from colearn.engine.inference.torch_session import TorchSession
from colearn.engine.learning.fit.trained_network import TrainedNetwork, predict_with
from colearn.engine.learning.metrics.calibration import Calibration
from colearn.engine.learning.tasks.rules import logits_of
from colearn.engine.samples.layout import raster_of
from colearn.engine.trees.design import RICH
from colearn.engine.trees.forest import ForestSettings, ForestSize, TreeKind, one_hot
from colearn.engine.trees.predictors import PredictionAverage, SharesToScores
from colearn.engine.trees.trained_forest import TrainedForest, features_for, train_forest
from numpy.lib.stride_tricks import sliding_window_view

from synthetic_samples import IMAGE, OUTPUTS, SERIES, USUAL, make_samples, pixels, raster, trained_for_a_moment

CODES, NODATA = (7, 0, 200), 255.0
TASKS = [Task.CLASSIFICATION, Task.MULTILABEL, Task.REGRESSION]
BANDS = {IMAGE: ("blue", "green", "red", "nir"), SERIES: ("VV", "VH")}
WEIGHTS = (2.0, 1.0, 1.0)


class Trained:
    """A network, a random forest and extra trees of one task, and their average for each sensor."""

    def __init__(self, task: Task, **changes: object) -> None:
        self.task, self.samples = task, make_samples(task)
        self.network: TrainedNetwork = trained_for_a_moment(self.samples, **changes)
        self.forests = {sensor: self._forests(sensor) for sensor in (IMAGE, SERIES)}

    def _forests(self, name: str) -> list[TrainedForest]:
        sensor = next(each for each in self.samples.sensors if each.name == name)
        train = np.arange(40)
        features, table = features_for(sensor, train, BANDS[name], RICH)
        target = self.samples.target[train]
        shares = one_hot(target, OUTPUTS[self.task]) if self.task is Task.CLASSIFICATION else target
        size = ForestSize(trees=12, samples=30, leaves=12)
        return [
            train_forest(self.task, features, table, shares, ForestSettings(kind, size, seed=1)) for kind in TreeKind
        ]

    def average(self, sensor: str, calibrated: bool = True) -> PredictionAverage:
        members = [self.network.predictor(sensor), *(forest.predictor() for forest in self.forests[sensor])]
        outputs = OUTPUTS[self.task]
        scale = np.linspace(0.8, 1.3, outputs) if calibrated else np.ones(outputs)
        offset = np.linspace(-0.4, 0.3, outputs) if calibrated else np.zeros(outputs)
        decision = (1.0, 2.0, 0.5) if self.task is Task.CLASSIFICATION else ()
        return PredictionAverage(members, WEIGHTS, SharesToScores(self.task, scale, offset, decision)).eval()

    @cache  # noqa: B019
    def graph(self, sensor: str) -> bytes:
        return self.export(sensor, self.average(sensor))

    def export(self, sensor: str, predictor: object) -> bytes:
        probe = Probe(sensor, self.network.sensor(sensor).probe, self.network.target_sd)
        return export_predictor(predictor, probe, CODES if self.task is Task.CLASSIFICATION else (), NODATA)


@pytest.fixture(scope="module", params=TASKS, ids=lambda task: task.value)
def trained(request: pytest.FixtureRequest) -> Trained:
    return Trained(request.param)


@pytest.fixture(scope="module")
def classifier() -> Trained:
    return Trained(Task.CLASSIFICATION, design=USUAL)


def patches_of(values: np.ndarray) -> np.ndarray:
    windows = sliding_window_view(values[0], (5, 5), axis=(1, 2)).transpose(1, 2, 0, 3, 4)
    return np.ascontiguousarray(windows.reshape(-1, 4, 5, 5))


@pytest.mark.parametrize("rows_cols", [(1, 1), (17, 31)], ids=str)
def test_an_average_maps_every_pixel_as_its_members_predict_the_patch(trained: Trained, rows_cols: tuple) -> None:
    values = raster(rows_cols[0] + 4, rows_cols[1] + 4)
    patches = patches_of(values)
    members = [trained.network, *trained.forests[IMAGE]]
    predictions = [each.predict(*((IMAGE, patches) if each is trained.network else (patches,))) for each in members]
    expected = sum(weight * each for weight, each in zip(WEIGHTS, predictions, strict=True)) / 4
    if trained.task is not Task.REGRESSION:
        there = np.isfinite(expected[:, 0])
        scale, offset = np.linspace(0.8, 1.3, expected.shape[1]), np.linspace(-0.4, 0.3, expected.shape[1])
        calibration = Calibration(trained.task, 1 / scale, offset, 0.0, 0.0)
        expected[there] = calibration.probabilities(logits_of(trained.task, expected[there]))
    found = Session(trained.graph(IMAGE)).run(values).scores[0].reshape(expected.shape[1], -1).T
    np.testing.assert_allclose(
        found / trained.network.target_sd, expected / trained.network.target_sd, rtol=0, atol=2e-5
    )


def test_a_series_average_maps_every_pixel_as_the_sample(trained: Trained) -> None:
    values = pixels(100)
    expected = predict_with(trained.average(SERIES), np.ascontiguousarray(values[0].transpose(2, 1, 0)))
    found = Session(trained.graph(SERIES)).run(values).scores[0].T
    np.testing.assert_allclose(
        found / trained.network.target_sd, expected / trained.network.target_sd, rtol=0, atol=1e-5
    )


def test_a_forest_alone_is_the_same_to_the_bit_densely_and_per_sample(trained: Trained) -> None:
    forest = trained.forests[IMAGE][0]
    values = raster(24, 20)
    found = Session(trained.export(IMAGE, forest.predictor())).run(values).scores
    expected = forest.predict(patches_of(values))
    np.testing.assert_array_equal(found[0].reshape(expected.shape[1], -1).T, expected)


def test_a_forest_of_a_series_is_the_same_to_the_bit(trained: Trained) -> None:
    forest, values = trained.forests[SERIES][1], pixels(200)
    found = Session(trained.export(SERIES, forest.predictor())).run(values).scores
    np.testing.assert_array_equal(found[0].T, forest.predict(np.ascontiguousarray(values[0].transpose(2, 1, 0))))


def test_a_map_does_not_change_by_one_bit_with_block_or_threads(classifier: Trained) -> None:
    graph, values = classifier.graph(IMAGE), raster(64 + 4, 50 + 4)
    whole = Session(graph, threads=1).run(values)
    np.testing.assert_array_equal(Session(graph, threads=2).run(values).scores, whole.scores)
    session = Session(graph, threads=1)
    for block in (7, 16, 33):
        for row in range(0, 64, block):
            for col in range(0, 50, block):
                part = session.run(values[:, :, row : row + block + 4, col : col + block + 4])
                np.testing.assert_array_equal(part.scores, whole.scores[:, :, row : row + block, col : col + block])
                np.testing.assert_array_equal(part.label, whole.label[:, row : row + block, col : col + block])


def test_a_series_map_does_not_change_by_one_bit_with_the_chunk(classifier: Trained) -> None:
    session, values = Session(classifier.graph(SERIES)), pixels(300)
    whole = session.run(values).scores
    for chunk in (7, 33, 128):
        for start in range(0, 300, chunk):
            part = session.run(values[..., start : start + chunk]).scores
            np.testing.assert_array_equal(part, whole[..., start : start + chunk])


def test_nodata_stays_nodata_and_nothing_else_becomes_it(trained: Trained) -> None:
    values = raster(20, 20, holes=0.1)
    values[0, 2, 7, 7] = np.inf
    inner = ~np.isfinite(values[0, :, 2:-2, 2:-2]).all(axis=0)
    output = Session(trained.graph(IMAGE)).run(values)
    assert np.array_equal(np.isnan(output.scores[0]).all(axis=0), inner)
    assert np.array_equal(np.isnan(output.scores[0]).any(axis=0), inner)
    if output.label is not None:
        nodata = (output.label == NODATA).reshape(-1, *inner.shape)
        assert all(np.array_equal(each, inner) for each in nodata)


def test_classes_follow_the_decision_not_the_probability(classifier: Trained) -> None:
    output = Session(classifier.graph(IMAGE)).run(raster(40, 40))
    weighed = output.scores * np.array([1, 2, 0.5], np.float32)[:, None, None]
    valid = np.isfinite(output.scores[:, 0])
    np.testing.assert_array_equal(output.label[valid], np.array(CODES)[weighed.argmax(axis=1)[valid]])
    assert (weighed.argmax(axis=1) != output.scores.argmax(axis=1))[valid].any()
    np.testing.assert_allclose(output.scores.sum(axis=1)[valid], 1, rtol=1e-5)


def test_a_population_shifts_the_odds_of_a_forest(classifier: Trained) -> None:
    forest, patches = classifier.forests[IMAGE][0], patches_of(raster(9, 9, holes=0))
    before = forest.predict(patches)
    after = forest.of_population(np.log([1.0, 4.0, 0.5]), forest.population).predict(patches)
    times = np.maximum(before, 1e-7) * [1, 4, 0.5]
    np.testing.assert_allclose(after, times / times.sum(axis=1, keepdims=True), rtol=1e-5)


def test_without_calibration_an_average_is_the_mean(classifier: Trained) -> None:
    values = raster(9, 9, holes=0)
    graph = classifier.export(IMAGE, classifier.average(IMAGE, calibrated=False))
    patches = patches_of(values)
    parts = [classifier.network.predict(IMAGE, patches), *(each.predict(patches) for each in classifier.forests[IMAGE])]
    expected = parts[0] / 2 + parts[1] / 4 + parts[2] / 4
    found = Session(graph).run(values).scores[0].reshape(3, -1).T
    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize("sensor", [IMAGE, SERIES])
def test_features_are_computed_once_for_all_forests(classifier: Trained, sensor: str) -> None:
    def nodes(graph: bytes, kinds: set) -> int:
        return sum(node.op_type in kinds for node in onnx.load_from_string(graph).graph.node)

    single = classifier.export(sensor, classifier.forests[sensor][0].predictor())
    average = classifier.graph(sensor)
    assert nodes(average, {"TreeEnsembleRegressor"}) == 2
    own = {"Min", "ReduceMin"}  # of features, and of nothing else
    assert nodes(average, own) == nodes(single, own) > 0


@pytest.mark.parametrize("sensor", [IMAGE, SERIES])
def test_torch_computes_the_same_graph(trained: Trained, sensor: str) -> None:
    graph, values = trained.graph(sensor), raster(20, 22) if sensor == IMAGE else pixels(150)
    one, other = Session(graph).run(values), TorchSession(graph, Device.CPU).run(values)
    np.testing.assert_allclose(
        one.scores / trained.network.target_sd.max(), other.scores / trained.network.target_sd.max(), atol=1e-5
    )
    if one.label is not None:
        assert (one.label == other.label).mean() > 0.99


def test_one_forest_exports_to_one_file(classifier: Trained) -> None:
    assert classifier.graph(SERIES) == classifier.export(SERIES, classifier.average(SERIES))


def test_the_graph_names_two_operator_sets_and_nothing_of_this_machine(classifier: Trained) -> None:
    graph = classifier.graph(IMAGE)
    opsets = {opset.domain: opset.version for opset in onnx.load_from_string(graph).opset_import}
    assert opsets == {"": 17, "ai.onnx.ml": 3}
    assert b"site-packages" not in graph
    assert b".py" not in graph


@pytest.mark.parametrize("weights", [(1.0,), (1.0, 0.0, 1.0), ()])
def test_weights_fit_the_members(classifier: Trained, weights: tuple) -> None:
    members = classifier.average(IMAGE).members
    with pytest.raises(ValueError, match="members"):
        PredictionAverage(list(members), weights, SharesToScores(Task.CLASSIFICATION, np.ones(3), np.zeros(3)))


def test_features_without_medians_make_no_predictor(classifier: Trained) -> None:
    forest = classifier.forests[SERIES][0]
    bare = type(forest.features)(forest.features.view, forest.features.statistics)
    with pytest.raises(ValueError, match="medians"):
        TrainedForest(forest.task, bare, forest.nodes, forest.shift).predictor()


@pytest.mark.parametrize("sensor", [IMAGE, SERIES])
def test_int8_is_of_the_networks_alone(classifier: Trained, sensor: str) -> None:
    """Two networks and two forests: the convolutions between a network's first and last are 8-bit, all else is not."""
    other = trained_for_a_moment(make_samples(seed=5))
    members = [*classifier.average(sensor).members, other.predictor(sensor)]
    scores = SharesToScores(Task.CLASSIFICATION, np.ones(3), np.zeros(3))
    fp32 = classifier.export(sensor, PredictionAverage(members, (1, 1, 1, 1), scores).eval())
    values = classifier.samples.sensors[0 if sensor == IMAGE else 1].values
    int8 = quantize_graph(fp32, classifier.network.sensor(sensor).shape, values)
    nodes = onnx.load_from_string(int8).graph.node
    made = {name: node for node in nodes for name in node.output}
    convolutions = [node for node in nodes if node.op_type == "Conv"]
    eight = [node for node in convolutions if node.input[1] in made]  # their weights are dequantized
    assert {made[node.input[1]].op_type for node in eight} == {"DequantizeLinear"}
    assert len(convolutions) - len(eight) == 4  # the heads: each network's of z_spe and of z_sha
    assert len(eight) > 2
    for node in nodes:
        if node.op_type == "TreeEnsembleRegressor":
            assert not _upstream(dict(made), node) & {"DequantizeLinear", "Conv"}
    one, two = (
        Session(graph).run(raster_of(values, classifier.network.sensor(sensor).shape)) for graph in (fp32, int8)
    )
    np.testing.assert_array_equal(np.isnan(one.scores), np.isnan(two.scores))
    np.testing.assert_allclose(one.scores, two.scores, atol=0.1)
    assert (one.scores != two.scores).any()


def _upstream(made: dict, node: onnx.NodeProto) -> set:
    """Kinds of all nodes that a node's values come from."""
    found, left = set(), list(node.input)
    while left:
        maker = made.pop(left.pop(), None)
        if maker is not None:
            found.add(maker.op_type)
            left += maker.input
    return found
