"""Graphs in 8 bits: nearly what the network says, nodata kept, the same bytes and bits every time."""

from functools import cache
from itertools import pairwise

import numpy as np
import onnx
import pytest
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.job.method import ImageEncoder, SeriesEncoder
from colearn.engine.contract.manifest.sample_shape import SampleShape
from colearn.engine.export.graph import export_graph
from colearn.engine.export.quantized import gains_from_int8, quantize_graph, split_inputs
from colearn.engine.inference.onnx_session import Session
from colearn.engine.learning.fit.trained_network import TrainedNetwork
from colearn.engine.learning.tasks.rules import agreement
from colearn.engine.mapping.block_map import run_steadily
from colearn.engine.model.network_design import NetworkDesign
from colearn.engine.samples.layout import raster_of

from synthetic_samples import IMAGE, SERIES, make_samples, trained_for_a_moment

CODES, NODATA = (7, 0, 200), 255.0
TASKS = [Task.CLASSIFICATION, Task.MULTILABEL, Task.REGRESSION]
DESIGN = NetworkDesign(width=32, hidden=32)
MORE = 400  # samples that nothing was trained on or calibrated with


class Pair:
    """One sensor's graph in 32 bits and in 8, calibrated on the samples the network was trained on."""

    def __init__(self, network: TrainedNetwork, sensor: str) -> None:
        self.network, self.sensor, self.task = network, network.sensor(sensor), network.task
        codes = CODES if network.task is Task.CLASSIFICATION else ()
        self.fp32 = export_graph(network, sensor, codes, NODATA)
        self.int8 = quantize_graph(self.fp32, self.sensor.shape, values_of(make_samples(network.task), sensor))

    def outputs(self, graph: bytes, samples: np.ndarray) -> np.ndarray:
        """Scores (sample, output)."""
        scores = Session(graph).run(raster_of(samples, self.sensor.shape)).scores
        return scores[:, :, 0, 0] if samples.ndim == 4 else scores[0].T


def values_of(samples, sensor: str) -> np.ndarray:
    return next(each.values for each in samples.sensors if each.name == sensor)


@cache
def trained_on(task: Task) -> TrainedNetwork:
    """Trained once, for whoever asks."""
    return trained_for_a_moment(make_samples(task), epochs=10, batch_size=20, learning_rate=0.01, design=DESIGN)


@pytest.fixture(scope="module", params=TASKS, ids=lambda task: task.value)
def network(request) -> TrainedNetwork:
    return trained_on(request.param)


@pytest.fixture(scope="module", params=[IMAGE, SERIES])
def pair(network, request) -> Pair:
    return Pair(network, request.param)


@pytest.fixture(scope="module", params=[IMAGE, SERIES])
def classifier(request) -> Pair:
    return Pair(trained_on(Task.CLASSIFICATION), request.param)


def test_it_predicts_nearly_the_same_on_new_samples(pair: Pair) -> None:
    samples = values_of(make_samples(pair.task, MORE, seed=1), pair.sensor.name)
    fp32, int8 = (pair.outputs(graph, samples) for graph in (pair.fp32, pair.int8))
    assert agreement(pair.task, int8, fp32, pair.network.target_sd) >= 0.99
    assert (np.abs(int8 - fp32).max(axis=0) < 0.2 * pair.network.target_sd).all()
    assert (int8 != fp32).any()  # or it would be no test


def test_the_same_pixels_are_nodata(pair: Pair) -> None:
    samples = values_of(make_samples(pair.task), pair.sensor.name).copy()
    samples[::3] = np.nan
    samples[1::3, 0] = np.inf
    fp32, int8 = (pair.outputs(graph, samples) for graph in (pair.fp32, pair.int8))
    assert np.isnan(int8).any()
    np.testing.assert_array_equal(np.isnan(int8), np.isnan(fp32))


def test_values_far_from_all_it_was_calibrated_on_stay_numbers(pair: Pair) -> None:
    samples = values_of(make_samples(pair.task), pair.sensor.name) * 1000
    int8 = pair.outputs(pair.int8, samples)
    assert np.isfinite(int8[~np.isnan(pair.outputs(pair.fp32, samples))]).all()


def test_classes_leave_as_codes(classifier: Pair) -> None:
    samples = values_of(make_samples(), classifier.sensor.name)
    output = Session(classifier.int8).run(raster_of(samples, classifier.sensor.shape))
    valid = ~np.isnan(output.scores[:, 0])
    assert output.label.dtype == np.uint8
    assert np.array_equal(output.label[valid], np.array(CODES)[output.scores.argmax(axis=1)[valid]])
    np.testing.assert_allclose(output.scores.sum(axis=1)[valid], 1, rtol=1e-5)


def test_probabilities_do_not_come_in_steps(classifier: Pair) -> None:
    samples = values_of(make_samples(count=MORE, seed=2), classifier.sensor.name)
    assert len(np.unique(classifier.outputs(classifier.int8, samples)[:, 0])) > 256


def test_one_network_and_its_samples_give_one_file(classifier: Pair) -> None:
    assert Pair(classifier.network, classifier.sensor.name).int8 == classifier.int8


def test_other_samples_give_another(classifier: Pair) -> None:
    others = values_of(make_samples(), classifier.sensor.name) * 1.5
    assert quantize_graph(classifier.fp32, classifier.sensor.shape, others) != classifier.int8


def test_the_graph_stands_alone(classifier: Pair) -> None:
    model = onnx.load_from_string(classifier.int8)
    assert [(opset.domain, opset.version) for opset in model.opset_import] == [("", 17)]
    assert b".py" not in classifier.int8
    assert b"/tmp" not in classifier.int8
    assert len(classifier.int8) < len(classifier.fp32)


@pytest.mark.parametrize("threads", [1, 2])
def test_no_bit_of_a_pixel_depends_on_what_is_mapped_with_it(classifier: Pair, threads: int) -> None:
    """Pieces of any size, in any order, on any number of threads, against the whole on one."""
    random = np.random.default_rng(0)
    halo_px = classifier.sensor.shape.halo_px
    side = 40 + 2 * halo_px
    shape = (1, 4, side, side) if classifier.sensor.name == IMAGE else (1, 2, 6, 1600)
    values = random.normal(classifier.sensor.statistics.mean[0], 400, shape).astype(np.float32)
    values[random.random(shape) < 0.02] = np.nan
    cols = values.shape[-1] - 2 * halo_px
    rows = values.shape[-2] - 2 * halo_px if classifier.sensor.name == IMAGE else 1
    whole = run_steadily(Session(classifier.int8), values, rows * cols).scores
    session = Session(classifier.int8, threads=threads)
    cuts = [0, 1, 2, 9, cols // 2, cols - 3, cols]
    for start, stop in random.permutation(list(pairwise(cuts))):
        piece = run_steadily(session, values[..., start : stop + 2 * halo_px], rows * (stop - start)).scores
        np.testing.assert_array_equal(piece, whole[..., start:stop])


def test_networks_of_convolutions_gain_and_those_that_attend_do_not() -> None:
    gains = {}
    for series, image in [(SeriesEncoder.TEMPCNN, ImageEncoder.DILATED), (SeriesEncoder.LTAE, ImageEncoder.RESIDUAL)]:
        network = trained_for_a_moment(
            make_samples(), epochs=1, design=NetworkDesign(series_encoder=series, image_encoder=image, hidden=16)
        )
        gains |= {series: gains_from_int8(network.predictor(SERIES).path)}
        gains |= {image: gains_from_int8(network.predictor(IMAGE).path)}
    assert gains == {
        SeriesEncoder.TEMPCNN: True,
        ImageEncoder.DILATED: True,
        SeriesEncoder.LTAE: False,
        ImageEncoder.RESIDUAL: True,
    }


def test_in_two_digits_an_input_is_what_it_was(classifier: Pair) -> None:
    model = onnx.load_from_string(classifier.fp32)
    assert split_inputs(model.graph)
    samples = values_of(make_samples(seed=3), classifier.sensor.name)
    found = classifier.outputs(model.SerializeToString(), samples)
    np.testing.assert_allclose(found, classifier.outputs(classifier.fp32, samples), rtol=0, atol=1e-5)


def test_first_convolutions_take_whole_fours_of_channels(pair: Pair) -> None:
    model = onnx.load_from_string(pair.fp32)
    assert split_inputs(model.graph)
    weights = {tensor.name: tensor for tensor in model.graph.initializer}
    first = [node for node in model.graph.node if node.input and node.input[0] == "input_in_two_digits"]
    assert {weights[node.input[1]].dims[1] % 4 for node in first} == {0}


def test_two_digits_are_finer_than_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over both sensors: on images most of what 8 bits cost lies behind the first convolution."""
    network = trained_on(Task.CLASSIFICATION)
    pairs = [Pair(network, sensor) for sensor in (IMAGE, SERIES)]
    monkeypatch.setattr("colearn.engine.export.quantized.split_inputs", lambda graph: False)
    in_one = [Pair(network, sensor) for sensor in (IMAGE, SERIES)]

    def cost(pair: Pair) -> float:
        samples = values_of(make_samples(count=MORE, seed=4), pair.sensor.name)
        return float(np.nanmean(np.abs(pair.outputs(pair.int8, samples) - pair.outputs(pair.fp32, samples))))

    assert sum(map(cost, pairs)) < 0.95 * sum(map(cost, in_one))


def test_no_tensor_is_taken_out_of_the_graph_while_it_is_prepared(
    classifier: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some versions of ONNX Runtime then store the graph with a reference to a file that nobody wrote."""

    def taken_out(_model: onnx.ModelProto) -> None:
        raise AssertionError("tensors were taken out of a model in memory")

    monkeypatch.setattr("onnxruntime.quantization.shape_inference.extract_raw_data_from_model", taken_out)
    assert quantize_graph(
        classifier.fp32, classifier.sensor.shape, values_of(make_samples(), classifier.sensor.name)
    ) == (classifier.int8)


def test_a_graph_cut_off_for_want_of_room_is_a_full_disk(classifier: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """Libraries write what they can, and then call the file invalid."""
    written = []

    def breaks(*_arguments, **_options):
        written.append("graph")
        raise onnx.checker.ValidationError("The model does not have an ir_version set properly.")

    def full(path, content):
        if written:
            raise OSError(27, "File too large")
        return len(content)

    monkeypatch.setattr("colearn.engine.export.quantized.quant_pre_process", breaks)
    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    with pytest.raises(OSError, match="File too large"):
        quantize_graph(b"graph", SampleShape(4, side_px=3), np.zeros((1, 4, 3, 3), np.float32))
