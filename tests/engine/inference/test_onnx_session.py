"""Sessions: devices and errors."""

import numpy as np
import onnxruntime as ort
import pytest
from colearn.engine.contract.job.job import Device, Task
from colearn.engine.contract.wire.errors import DeviceError, EngineError, ErrorCode, ModelError
from colearn.engine.export.graph import export_graph
from colearn.engine.inference.onnx_session import Session

from synthetic_samples import IMAGE, SERIES, make_samples, trained_for_a_moment


@pytest.fixture(scope="module")
def graph() -> bytes:
    return export_graph(trained_for_a_moment(make_samples(), epochs=1), IMAGE, (1, 2, 3), 255)


def test_a_runtime_without_cuda_is_an_error(graph: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ort, "get_available_providers", lambda: ["CPUExecutionProvider"])
    with pytest.raises(DeviceError, match="without CUDA") as error:
        Session(graph, Device.CUDA)
    assert error.value.code is ErrorCode.DEVICE_MISSING


def test_a_gpu_that_does_not_load_is_an_error(
    graph: bytes, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    """ONNX Runtime then falls back to the CPU without a word, and its loader prints where events go."""
    cuda, cpu = "CUDAExecutionProvider", "CPUExecutionProvider"
    real, asked = ort.InferenceSession, []

    def fallen_back(graph: bytes, options: ort.SessionOptions, providers: list) -> ort.InferenceSession:
        asked.extend(providers)
        return real(graph, options, [cpu])

    monkeypatch.setattr(ort, "get_available_providers", lambda: [cuda, cpu])
    monkeypatch.setattr(ort, "preload_dlls", lambda: print("Failed to load libcudnn.so.9"))
    monkeypatch.setattr(ort, "InferenceSession", fallen_back)
    with pytest.raises(DeviceError, match="does not start") as error:
        Session(graph, Device.CUDA)
    assert error.value.code is ErrorCode.DEVICE_MISSING
    assert asked[0][0] == cuda
    assert asked[0][1]["use_tf32"] == "0"
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("broken", [b"", b"no graph", None])
def test_bytes_that_are_no_graph(graph: bytes, broken: bytes | None) -> None:
    with pytest.raises(ModelError) as error:
        Session(graph[: len(graph) // 2] if broken is None else broken)
    assert error.value.code is ErrorCode.MODEL_DAMAGED


def test_values_that_do_not_fit(graph: bytes) -> None:
    with pytest.raises(EngineError, match="bands"):
        Session(graph).run(np.zeros((1, 3, 9, 9), dtype=np.float32))


def test_short_memory(graph: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    from onnxruntime.capi.onnxruntime_pybind11_state import RuntimeException

    class Full:
        def run(self, names: list, feed: dict) -> list:
            raise RuntimeException("Failed to allocate memory for requested buffer of size 99")

    session = Session(graph)
    monkeypatch.setattr(session, "_session", Full())
    with pytest.raises(DeviceError) as error:
        session.run(np.zeros((1, 4, 9, 9), dtype=np.float32))
    assert error.value.code is ErrorCode.OUT_OF_MEMORY


def test_values_need_not_be_contiguous(graph: bytes) -> None:
    values = np.random.default_rng(0).normal(1000, 200, (1, 9, 12, 4)).astype(np.float32).transpose(0, 3, 1, 2)
    session = Session(graph)
    np.testing.assert_array_equal(session.run(values).scores, session.run(np.ascontiguousarray(values)).scores)


@pytest.mark.parametrize(("sensor", "shape"), [(IMAGE, (2, 4, 19, 12)), (SERIES, (1, 2, 6, 50))])
@pytest.mark.parametrize("task", [Task.CLASSIFICATION, Task.MULTILABEL])
def test_labels_alone_are_the_same_labels(task: Task, sensor: str, shape: tuple) -> None:
    network = trained_for_a_moment(make_samples(task), epochs=1)
    session = Session(export_graph(network, sensor, (1, 2, 3) if task is Task.CLASSIFICATION else (), 255))
    values = np.random.default_rng(0).normal(1000, 400, shape).astype(np.float32)
    both, alone = session.run(values), session.run(values, scores=False)
    np.testing.assert_array_equal(alone.label, both.label)
    assert alone.scores.shape == (both.scores.shape[0], 0, *both.scores.shape[2:])


def test_values_of_a_regression_are_never_left_out() -> None:
    session = Session(export_graph(trained_for_a_moment(make_samples(Task.REGRESSION), epochs=1), IMAGE, (), -9999.0))
    output = session.run(np.ones((1, 4, 9, 9), np.float32), scores=False)
    assert output.label is None
    assert output.scores.shape == (1, 2, 5, 5)
