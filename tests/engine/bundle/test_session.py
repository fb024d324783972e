"""Sessions: devices and errors."""

import numpy as np
import onnxruntime as ort
import pytest
from colearn.engine.bundle.graph import export_graph
from colearn.engine.bundle.session import Session
from colearn.engine.contract.errors import DeviceError, EngineError, ErrorCode, ModelError
from colearn.engine.contract.job import Device

from synthetic_samples import IMAGE, make_samples, trained_for_a_moment

NO_GPU = pytest.mark.skipif(
    "CUDAExecutionProvider" in ort.get_available_providers(), reason="this machine may have one"
)


@pytest.fixture(scope="module")
def graph() -> bytes:
    return export_graph(trained_for_a_moment(make_samples(), epochs=1), IMAGE, (1, 2, 3), 255)


@NO_GPU
def test_auto_says_which_device_it_took(graph: bytes) -> None:
    assert Session(graph, Device.AUTO).device == "cpu"


@NO_GPU
def test_a_gpu_that_is_not_there_is_an_error(graph: bytes) -> None:
    with pytest.raises(DeviceError) as error:
        Session(graph, Device.CUDA)
    assert error.value.code is ErrorCode.DEVICE_MISSING


def test_a_gpu_that_does_not_load_is_an_error(graph: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """ONNX Runtime then falls back to the CPU without a word."""
    cuda, cpu = "CUDAExecutionProvider", "CPUExecutionProvider"
    real = ort.InferenceSession
    monkeypatch.setattr(ort, "get_available_providers", lambda: [cuda, cpu])
    monkeypatch.setattr(ort, "InferenceSession", lambda graph, options, providers: real(graph, options, [cpu]))
    assert Session(graph, Device.AUTO).device == "cpu"
    with pytest.raises(DeviceError) as error:
        Session(graph, Device.CUDA)
    assert error.value.code is ErrorCode.DEVICE_MISSING


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
