"""Graphs by torch: what ONNX Runtime says, on the same values, of every encoder and task."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import onnx
import pytest
import torch
from colearn.engine.contract.job.job import Device, Task
from colearn.engine.contract.job.map_choices import Precision
from colearn.engine.contract.job.method import ImageEncoder, SeriesEncoder, Spectral
from colearn.engine.contract.wire.errors import DeviceError, EngineError, ErrorCode, ModelError
from colearn.engine.export.graph import export_graph
from colearn.engine.inference import torch_session
from colearn.engine.inference.onnx_session import Session
from colearn.engine.inference.torch_graph import TorchGraph
from colearn.engine.inference.torch_session import TorchSession
from colearn.engine.learning.fit.trained_network import TrainedNetwork
from colearn.engine.model.encoders.layers.projection import MANY_BANDS
from colearn.engine.samples.sample_set import SampleSet

from synthetic_samples import IMAGE, SERIES, SMALL, make_samples, trained_for_a_moment

CASES = [(Task.CLASSIFICATION, IMAGE, kind, context_px) for kind in ImageEncoder for context_px in (1, 5)]
CASES += [(Task.CLASSIFICATION, SERIES, kind, 5) for kind in SeriesEncoder]
CASES += [(task, IMAGE, ImageEncoder.DILATED, 5) for task in (Task.MULTILABEL, Task.REGRESSION)]
CASES += [(task, SERIES, SeriesEncoder.TEMPCNN, 5) for task in (Task.MULTILABEL, Task.REGRESSION)]


def graph_of(network: TrainedNetwork, sensor: str, nodata: float = 65535.0) -> bytes:
    codes = (7, 0, 60_000) if network.task is Task.CLASSIFICATION else ()
    return export_graph(network, sensor, codes, -9999.0 if network.task is Task.REGRESSION else nodata)


def values_for(sensor: str, bands: int = 4, pixels: int = 300) -> np.ndarray:
    """Two images, or series: some nodata, some pixels all nodata."""
    random = np.random.default_rng(pixels)
    shape, mean, sd = ((2, bands, 24, 31), 1200, 300) if sensor == IMAGE else ((1, 2, 6, pixels), -12, 4)
    values = random.normal(mean, sd, shape).astype(np.float32)
    values[random.random(shape) < 0.05] = np.nan
    values[..., ::9] = np.nan
    return values


def assert_equal_to_runtime(graph: bytes, values: np.ndarray, unit: np.ndarray) -> None:
    """Scores to 1e-5 (of ``unit`` (output,)), nodata in the same places, labels wherever 1e-5 does not decide them."""
    expected, found = Session(graph).run(values), TorchSession(graph, Device.CPU).run(values)
    assert found.scores.dtype == np.float32
    assert found.scores.shape == expected.scores.shape
    in_units = unit.reshape(1, -1, *[1] * (found.scores.ndim - 2))
    np.testing.assert_allclose(found.scores / in_units, expected.scores / in_units, rtol=0, atol=1e-5)
    if expected.label is None:
        assert found.label is None
    else:
        assert found.label.dtype == expected.label.dtype
        tied = undecided(expected.scores, of_each=found.label.ndim == found.scores.ndim)
        assert tied.mean() < 0.01
        np.testing.assert_array_equal(found.label[~tied], expected.label[~tied])


def undecided(scores: np.ndarray, of_each: bool) -> np.ndarray:
    """Where two classes are level to 1e-5; of labels decided each for itself, where a probability is a half."""
    if of_each:
        return np.abs(scores - 0.5) < 1e-5
    first, second = np.moveaxis(np.sort(scores, axis=1)[:, -2:], 1, 0)[::-1]
    return first - second < 1e-5


@pytest.mark.parametrize(("task", "sensor", "kind", "context_px"), CASES, ids=str)
def test_torch_says_what_onnx_runtime_says(
    task: Task, sensor: str, kind: ImageEncoder | SeriesEncoder, context_px: int
) -> None:
    field = "image_encoder" if sensor == IMAGE else "series_encoder"
    samples = make_samples(task, context_px=context_px)
    network = trained_for_a_moment(samples, epochs=1, design=replace(SMALL, **{field: kind}))
    assert_equal_to_runtime(graph_of(network, sensor), values_for(sensor), np.asarray(network.target_sd))


def many_bands() -> SampleSet:
    samples = make_samples()
    image = samples.sensors[0]
    repeated = np.tile(image.values, (1, MANY_BANDS // 4 + 1, 1, 1))
    return replace(samples, sensors=(replace(image, values=repeated), samples.sensors[1]))


@pytest.mark.parametrize("spectral", Spectral, ids=lambda spectral: spectral.value)
def test_reduced_bands(spectral: Spectral) -> None:
    network = trained_for_a_moment(many_bands(), epochs=1, design=replace(SMALL, spectral=spectral))
    values = values_for(IMAGE, bands=4 * (MANY_BANDS // 4 + 1))
    assert_equal_to_runtime(graph_of(network, IMAGE), values, np.ones(3))


def test_calibrated_probabilities_and_narrow_labels() -> None:
    network = trained_for_a_moment(make_samples(), epochs=1)
    network = network.calibrated(SERIES, np.full(3, 2.5), np.array([0.4, 0.0, -0.3]))
    graph = export_graph(network, SERIES, (1, 2, 3), 255)
    assert_equal_to_runtime(graph, values_for(SERIES), np.ones(3))
    assert TorchSession(graph, Device.CPU).run(values_for(SERIES)).label.dtype == np.uint8


@pytest.mark.parametrize("pixels", [1, 2, 7])
def test_few_pixels(pixels: int) -> None:
    network = trained_for_a_moment(make_samples(), epochs=1)
    assert_equal_to_runtime(graph_of(network, SERIES), values_for(SERIES, pixels=pixels), np.ones(3))


@pytest.fixture(scope="module")
def graph() -> bytes:
    return graph_of(trained_for_a_moment(make_samples(), epochs=1), SERIES)


def test_labels_alone_are_the_same_labels(graph: bytes) -> None:
    session, values = TorchSession(graph, Device.CPU), values_for(SERIES)
    alone = session.run(values, scores=False)
    np.testing.assert_array_equal(alone.label, session.run(values).label)
    assert alone.scores.shape == (1, 0, values.shape[3])


def test_values_may_be_read_only_and_not_contiguous(graph: bytes) -> None:
    values = values_for(SERIES)
    turned = np.asfortranarray(values)
    turned.setflags(write=False)
    session = TorchSession(graph, Device.CPU)
    np.testing.assert_array_equal(session.run(turned).scores, session.run(values).scores)


@pytest.mark.parametrize("kind", SeriesEncoder, ids=lambda kind: kind.value)
def test_data_are_on_the_device_and_what_says_how_is_not(kind: SeriesEncoder) -> None:
    """Without a GPU: torch's device of shapes without values refuses to be mixed with the processor, or to be read."""
    network = trained_for_a_moment(make_samples(), epochs=1, design=replace(SMALL, series_encoder=kind))
    found = TorchGraph(graph_of(network, SERIES), torch.device("meta"))(torch.empty(1, 2, 6, 300, device="meta"))
    assert {name: tuple(tensor.shape) for name, tensor in found.items()} == {
        "probabilities": (1, 3, 300),
        "label": (1, 300),
    }
    assert {tensor.device.type for tensor in found.values()} == {"meta"}


def test_it_computes_in_fp32_and_nothing_less(graph: bytes) -> None:
    if not hasattr(torch.backends.cuda.matmul, "fp32_precision"):  # before torch 2.9
        torch.backends.cudnn.allow_tf32 = True
        assert TorchSession(graph, Device.CPU).precision is Precision.FP32
        assert (torch.backends.cudnn.allow_tf32, torch.backends.cuda.matmul.allow_tf32) == (False, False)
        return
    torch.backends.cudnn.conv.fp32_precision = "tf32"
    assert TorchSession(graph, Device.CPU).precision is Precision.FP32
    assert torch.backends.cudnn.conv.fp32_precision == "ieee"
    assert torch.backends.cuda.matmul.fp32_precision == "ieee"


def failing(message: str) -> SimpleNamespace:
    def run(values: torch.Tensor) -> None:
        raise RuntimeError(message)

    return SimpleNamespace(run=run)


def test_short_memory(graph: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    session = TorchSession(graph, Device.CPU)
    monkeypatch.setattr(session, "_graph", failing("CUDA out of memory. Tried to allocate 2.00 GiB.").run)
    with pytest.raises(DeviceError) as error:
        session.run(values_for(SERIES))
    assert error.value.code is ErrorCode.OUT_OF_MEMORY


def test_values_that_do_not_fit(graph: bytes) -> None:
    with pytest.raises(EngineError) as error:
        TorchSession(graph, Device.CPU).run(np.zeros((1, 3, 6, 9), np.float32))
    assert error.value.code is ErrorCode.UNFORESEEN
    assert error.value.details


@pytest.fixture
def on_gpu(monkeypatch: pytest.MonkeyPatch):
    """A session that takes this machine for one with a GPU, and runs ``computed`` instead of a graph."""
    cleared: list[int] = []

    def opened(computed) -> tuple[TorchSession, list[int]]:
        monkeypatch.setattr(torch_session, "TorchGraph", lambda graph, device: computed)
        monkeypatch.setattr(torch.cuda, "Stream", object)
        monkeypatch.setattr(torch.cuda, "stream", nullcontext)
        monkeypatch.setattr(torch.cuda, "synchronize", lambda: None)
        monkeypatch.setattr(torch.cuda, "empty_cache", lambda: cleared.append(1))
        session = TorchSession(b"", Device.CUDA)
        monkeypatch.setattr(session, "_device", torch.device("cpu"))
        return session, cleared

    return opened


def test_a_gpu_computes_two_runs_side_by_side_and_no_more(on_gpu) -> None:
    lock, running, most = threading.Lock(), [], []

    def computed(values: torch.Tensor) -> dict[str, torch.Tensor]:
        with lock:
            running.append(1)
            most.append(len(running))
        time.sleep(0.01)
        with lock:
            running.pop()
        return {"values": values}

    session, _ = on_gpu(computed)
    blocks = [np.full((1, 1, 1, 3), at, np.float32) for at in range(12)]
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(session.run, blocks))
    assert max(most) == 2
    assert [output.scores.mean() for output in found] == list(range(12))


def test_after_short_memory_the_gpu_is_free_for_smaller_runs(on_gpu) -> None:
    def computed(values: torch.Tensor) -> dict[str, torch.Tensor]:
        if values.numel() > 5:
            raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        return {"values": values}

    session, cleared = on_gpu(computed)
    for _ in range(5):  # more often than there are streams
        with pytest.raises(DeviceError):
            session.run(np.zeros((1, 1, 1, 6), np.float32))
    assert len(cleared) == 5
    assert session.run(np.zeros((1, 1, 1, 5), np.float32)).scores.size == 5


@pytest.mark.parametrize("broken", [b"", b"no graph"])
def test_bytes_that_are_no_graph(broken: bytes) -> None:
    with pytest.raises(ModelError) as error:
        TorchSession(broken, Device.CPU)
    assert error.value.code is ErrorCode.MODEL_DAMAGED


def test_an_operation_that_exports_do_not_have_is_named(graph: bytes) -> None:
    model = onnx.load_from_string(graph)
    next(node for node in model.graph.node if node.op_type == "Relu").op_type = "Tanh"
    with pytest.raises(ModelError, match="Tanh"):
        TorchSession(model.SerializeToString(), Device.CPU)


def test_it_is_kept_off_where_torch_says_it_in_the_old_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Torch before 2.9 has no such attributes, and refuses to be given them."""
    from colearn.engine.inference import torch_session

    class Old:
        def __init__(self) -> None:
            object.__setattr__(self, "allow_tf32", True)

        def __setattr__(self, name: str, value: object) -> None:
            if name != "allow_tf32":
                raise AttributeError(f"Unknown attribute {name}")
            object.__setattr__(self, name, value)

    matmul, cudnn = Old(), Old()
    monkeypatch.setattr(torch_session.torch.backends.cuda, "matmul", matmul)
    monkeypatch.setattr(torch_session.torch.backends, "cudnn", cudnn)
    torch_session._compute_exactly()
    assert (matmul.allow_tf32, cudnn.allow_tf32) == (False, False)
