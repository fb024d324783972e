"""Exported graphs: they say what the network says, for any size of raster, with nodata kept."""

import numpy as np
import onnx
import pytest
import torch
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.wire.errors import ErrorCode, ModelError
from colearn.engine.export import graph as graph_module
from colearn.engine.export.graph import export_graph
from colearn.engine.inference.onnx_session import Session
from colearn.engine.learning.fit.trained_network import TrainedNetwork
from colearn.engine.samples.layout import raster_of
from numpy.lib.stride_tricks import sliding_window_view

from synthetic_samples import IMAGE, SERIES, USUAL, make_samples, pixels, raster, trained_for_a_moment

CODES = (7, 0, 200)
NODATA = 255.0
TASKS = [Task.CLASSIFICATION, Task.MULTILABEL, Task.REGRESSION]
EXPORTED: dict[tuple[int, str], tuple[TrainedNetwork, bytes]] = {}


@pytest.fixture(scope="module", params=TASKS, ids=lambda task: task.value)
def trained(request: pytest.FixtureRequest) -> TrainedNetwork:
    return trained_for_a_moment(make_samples(request.param))


@pytest.fixture(scope="module")
def classifier() -> TrainedNetwork:
    return trained_for_a_moment(make_samples(), design=USUAL)


def exported(network: TrainedNetwork, sensor: str) -> bytes:
    """A network's graph, made once; the network is kept with it, so that no other gets its identity."""
    key = (id(network), sensor)
    if key not in EXPORTED:
        codes = CODES if network.task is Task.CLASSIFICATION else ()
        EXPORTED[key] = (network, export_graph(network, sensor, codes, NODATA))
    return EXPORTED[key][1]


def session_of(network: TrainedNetwork, sensor: str) -> Session:
    return Session(exported(network, sensor))


def tolerance(network: TrainedNetwork) -> np.ndarray:
    return 1e-5 * network.target_sd[None]


@pytest.mark.parametrize("rows_cols", [(1, 1), (1, 40), (23, 2), (17, 31)], ids=str)
def test_a_map_equals_the_network_on_every_pixels_patch(trained: TrainedNetwork, rows_cols: tuple) -> None:
    values = raster(rows_cols[0] + 4, rows_cols[1] + 4)
    patches = sliding_window_view(values[0], (5, 5), axis=(1, 2)).transpose(1, 2, 0, 3, 4)
    expected = trained.predict(IMAGE, np.ascontiguousarray(patches.reshape(-1, 4, 5, 5)))
    found = session_of(trained, IMAGE).run(values).scores
    assert found.shape == (1, len(trained.target_sd), *rows_cols)
    difference = np.abs(found[0].reshape(found.shape[1], -1).T - expected)
    assert np.array_equal(np.isnan(found[0, 0]).ravel(), np.isnan(expected[:, 0]))
    assert (
        difference[~np.isnan(expected)] <= np.broadcast_to(tolerance(trained), expected.shape)[~np.isnan(expected)]
    ).all()


@pytest.mark.parametrize("count", [1, 2, 100])
def test_a_series_graph_predicts_as_the_network(trained: TrainedNetwork, count: int) -> None:
    values = pixels(count)
    expected = trained.predict(SERIES, np.ascontiguousarray(values[0].transpose(2, 1, 0)))
    found = session_of(trained, SERIES).run(values).scores
    assert found.shape == (1, len(trained.target_sd), count)
    np.testing.assert_allclose(found[0].T / trained.target_sd, expected / trained.target_sd, rtol=0, atol=1e-5)


def test_a_batch_is_mapped_image_by_image(trained: TrainedNetwork) -> None:
    values = np.concatenate([raster(9, 12), raster(9, 12)[:, :, ::-1]])
    session = session_of(trained, IMAGE)
    both = session.run(values).scores
    assert both.shape[0] == 2
    np.testing.assert_allclose(both[1:], session.run(values[1:]).scores, atol=1e-5 * trained.target_sd.max())


def test_classes_leave_as_codes(classifier: TrainedNetwork) -> None:
    output = session_of(classifier, IMAGE).run(raster(30, 30))
    valid = ~np.isnan(output.scores[:, 0])
    assert output.label.dtype == np.uint8
    assert not valid.all()
    assert (output.label[~valid] == 255).all()
    assert np.array_equal(output.label[valid], np.array(CODES)[output.scores.argmax(axis=1)[valid]])
    np.testing.assert_allclose(output.scores.sum(axis=1)[valid], 1, rtol=1e-5)


def test_large_codes_leave_as_uint16(classifier: TrainedNetwork) -> None:
    output = Session(export_graph(classifier, SERIES, (1000, 2, 65534), 65535)).run(pixels(50))
    assert output.label.dtype == np.uint16
    assert output.label.shape == (1, 50)
    assert set(np.unique(output.label)) <= {1000, 2, 65534, 65535}
    assert (output.label[0, ::9] == 65535).all()


@pytest.mark.parametrize(("sensor", "values"), [(IMAGE, raster(8, 9)), (SERIES, pixels(20))])
def test_labels_of_a_multilabel_network(sensor: str, values: np.ndarray) -> None:
    output = session_of(trained_for_a_moment(make_samples(Task.MULTILABEL)), sensor).run(values)
    expected = np.where(np.isnan(output.scores), 255, output.scores >= 0.5)
    assert output.label.dtype == np.uint8
    assert np.array_equal(output.label, expected)


def test_a_regression_graph_has_no_labels() -> None:
    network = trained_for_a_moment(make_samples(Task.REGRESSION))
    output = Session(export_graph(network, IMAGE, (), -9999)).run(raster(8, 9))
    assert output.label is None
    assert 50 < np.nanmean(output.scores[:, 0]) < 200  # in the target's unit


@pytest.mark.parametrize("sensor", [IMAGE, SERIES])
def test_nothing_but_nodata(trained: TrainedNetwork, sensor: str) -> None:
    values = np.full_like(raster(8, 9) if sensor == IMAGE else pixels(5), np.nan)
    output = session_of(trained, sensor).run(values)
    assert np.isnan(output.scores).all()
    assert output.label is None or (output.label == 255).all()


def test_infinite_values_are_nodata(classifier: TrainedNetwork) -> None:
    values = raster(5, 5, holes=0)
    values[0, 2, 2, 2] = -np.inf
    assert np.isnan(session_of(classifier, IMAGE).run(values).scores).all()


def test_a_map_does_not_change_by_one_bit_with_the_block(classifier: TrainedNetwork) -> None:
    session, values = session_of(classifier, IMAGE), raster(64 + 4, 50 + 4)
    whole = session.run(values).scores
    for block in (1, 7, 16, 33):
        for row in range(0, 64, block) if block > 1 else (0, 31, 63):
            for col in range(0, 50, block) if block > 1 else (0, 17, 49):
                part = session.run(values[:, :, row : row + block + 4, col : col + block + 4]).scores
                np.testing.assert_array_equal(part, whole[:, :, row : row + block, col : col + block])


def test_a_series_map_does_not_change_by_one_bit_with_the_chunk(classifier: TrainedNetwork) -> None:
    session, values = session_of(classifier, SERIES), pixels(300)
    whole = session.run(values).scores
    for chunk in (1, 7, 16, 33, 128):
        for start in range(0, 300, chunk):
            part = session.run(values[..., start : start + chunk]).scores
            np.testing.assert_array_equal(part, whole[..., start : start + chunk])


def test_a_map_does_not_change_by_one_bit_with_the_threads(classifier: TrainedNetwork) -> None:
    graph, values = exported(classifier, IMAGE), raster(90, 70)
    one, two = (Session(graph, threads=threads).run(values).scores for threads in (1, 2))
    np.testing.assert_array_equal(one, two)


def test_one_network_exports_to_one_file(classifier: TrainedNetwork) -> None:
    assert export_graph(classifier, IMAGE, CODES, NODATA) == exported(classifier, IMAGE)


def test_the_graph_stands_alone(classifier: TrainedNetwork) -> None:
    """Weights inside, standard operators of one old enough opset, nothing of this machine."""
    graph = exported(classifier, IMAGE)
    model = onnx.load_from_string(graph)
    assert not any(tensor.external_data for tensor in model.graph.initializer)
    assert [(opset.domain, opset.version) for opset in model.opset_import] == [("", 17)]
    assert b"site-packages" not in graph
    assert b".py" not in graph


def test_the_graph_holds_what_predicts_and_no_more(classifier: TrainedNetwork) -> None:
    model = onnx.load_from_string(exported(classifier, SERIES))
    stored = sum(int(np.prod(tensor.dims)) for tensor in model.graph.initializer)
    needed = sum(weight.numel() for weight in classifier.predictor(SERIES).state_dict().values())
    assert stored <= needed + 100


def test_an_export_that_differs_is_refused(classifier: TrainedNetwork, monkeypatch: pytest.MonkeyPatch) -> None:
    class Off(graph_module.MapGraph):
        def forward(self, raster: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            scores, label = super().forward(raster)
            return scores + 0.001, label

    monkeypatch.setattr(graph_module, "MapGraph", Off)
    with pytest.raises(ModelError) as error:
        export_graph(classifier, IMAGE, CODES, NODATA)
    assert error.value.code is ErrorCode.MODEL_EXPORT_DIFFERS


def test_an_export_that_misses_nodata_is_refused(classifier: TrainedNetwork, monkeypatch: pytest.MonkeyPatch) -> None:
    class Filled(graph_module.MapGraph):
        def forward(self, raster: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            scores, label = super().forward(raster)
            return torch.where(scores.isnan(), 0, scores), label

    monkeypatch.setattr(graph_module, "MapGraph", Filled)
    with pytest.raises(ModelError, match="nodata"):
        export_graph(classifier, IMAGE, CODES, NODATA)


def test_samples_as_rasters() -> None:
    series = make_samples().sensors[1].values
    assert raster_of(series, make_samples().sensors[1].shape).shape == (1, 2, 6, 60)
