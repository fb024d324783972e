"""Which device a session opens on, with GPUs, drivers and programs that are there or not put in their places."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest
import torch
from colearn.engine.contract.job.job import Device
from colearn.engine.contract.job.map_choices import Precision, Quality
from colearn.engine.contract.job.sources import Layout
from colearn.engine.contract.manifest.label_classes import LabelClass
from colearn.engine.contract.manifest.manifest import Band, SensorKind, SensorManifest
from colearn.engine.contract.manifest.scores import Estimate, SensorScore, Verdict
from colearn.engine.contract.wire.errors import DeviceError, ErrorCode, ModelError
from colearn.engine.contract.wire.events import Level
from colearn.engine.export.graph import export_graph
from colearn.engine.inference import session_choice as opened
from colearn.engine.inference import torch_session
from colearn.engine.inference.devices.gpu import Driver, ask_driver
from colearn.engine.inference.onnx_session import Session
from colearn.engine.inference.oom_retry import OomRetry
from colearn.engine.inference.session import GPU_CAPACITY, GraphOutput, MapSession, short_memory
from colearn.engine.inference.session_choice import SessionOptions, open_session
from colearn.engine.inference.torch_session import TorchSession
from colearn.engine.process.reporting import Reporter

from journeys import Listening
from synthetic_samples import SERIES, make_samples, trained_for_a_moment
from tests.plugin.manifests import a_manifest

ROOT = Path(__file__).resolve().parents[3]
SENSOR = SensorManifest(
    name=SERIES,
    kind=SensorKind.SERIES,
    layout=Layout.DATES,
    bands=(Band("VV", -15.0, 3.0, -30.0, 0.0), Band("VH", -15.0, 3.0, -30.0, 0.0)),
    bands_named=True,
    dates=tuple(map(str, range(1, 7))),
    dates_known=False,
    pixel_m=10.0,
    context_px=1,
    dtype="float32",
    graph="sensors/radar.onnx",
    score=SensorScore("balanced accuracy", None, Estimate(0.5), None, Verdict.NOT_MEASURED),
)
H100 = Driver(("NVIDIA H100",))


@dataclass
class Model:
    """A model file of one graph, of three classes."""

    bytes: bytes
    path = Path("model.colearn")
    manifest = replace(a_manifest(), classes=tuple(LabelClass(code, f"{code}", "#000000") for code in (1, 2, 3)))

    def graph(self, sensor: str, precision: Precision = Precision.FP32, quality: Quality = Quality.BEST) -> bytes:
        assert (sensor, precision, quality) == (SERIES, Precision.FP32, Quality.BEST)
        return self.bytes


class OnGpu:
    """A session that says it is on a GPU, and what of it fails."""

    device, precision, capacity = Device.CUDA, Precision.FP32, GPU_CAPACITY

    def __init__(self, fails: Exception | None = None, score: float = 0.5) -> None:
        self.fails = fails
        self.score = score

    def run(self, values: np.ndarray, scores: bool = True) -> GraphOutput:
        if self.fails:
            raise self.fails
        return GraphOutput(None, np.full((1, 3, values.shape[-1]), self.score, np.float32))


@pytest.fixture(scope="module")
def model() -> Model:
    return Model(export_graph(trained_for_a_moment(make_samples(), epochs=1), SERIES, (1, 2, 3), 255))


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch):
    """Put together a machine: its driver, an ONNX Runtime session or what it raises, the same by torch."""

    def put_together(driver: Driver, runtime: object = None, by_torch: object = None) -> None:
        def opening(made: object):
            def opened_on_gpu(graph: bytes, device: Device = Device.CUDA) -> object:
                if isinstance(made, Exception):
                    raise made
                return made

            return opened_on_gpu

        monkeypatch.setattr(opened, "ask_driver", lambda: driver)
        if runtime is not None:
            monkeypatch.setattr(opened, "has_cuda", lambda: True)
            monkeypatch.setattr(opened, "_by_onnx_runtime", opening(runtime))
        if by_torch is not None:
            monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
            monkeypatch.setattr(torch_session, "TorchSession", opening(by_torch))

    return put_together


def open_on(
    model: Model, device: Device, precision: Precision = Precision.FP32, sensor: SensorManifest = SENSOR
) -> tuple[MapSession, Listening]:
    sink = Listening()
    return open_session(model, sensor, SessionOptions(device, precision), 1, Reporter(sink)), sink


def no_cuda(found: str = "an ONNX Runtime without CUDA") -> DeviceError:
    return DeviceError(ErrorCode.DEVICE_MISSING, found=found, expected="a GPU", remedy="None.")


class TestWithoutAGpu:
    @pytest.mark.parametrize("device", [Device.AUTO, Device.CPU])
    def test_the_processor_computes_and_nothing_is_warned_of(self, model, machine, device) -> None:
        machine(Driver())
        session, sink = open_on(model, device)
        assert isinstance(session, Session)
        assert session.device is Device.CPU
        assert "Device: CPU" in sink.texts(Level.INFO)
        assert sink.texts(Level.WARNING) == ""

    def test_requesting_one_is_an_error_that_lists_what_exists(self, model, machine) -> None:
        machine(Driver())
        with pytest.raises(DeviceError) as error:
            open_on(model, Device.CUDA)
        assert error.value.code is ErrorCode.DEVICE_MISSING
        assert f"ONNX Runtime {ort.__version__} without CUDA" in error.value.found
        assert f"PyTorch {torch.__version__}" in error.value.found
        assert "no NVIDIA GPU" in error.value.found
        assert error.value.subject == "DEVICE"

    def test_auto_does_not_load_torch(self) -> None:
        """Loading it takes seconds, and it need not be installed."""
        code = (
            f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
            "sys.modules['torch'] = None\n"
            "from engine.inference import session_choice as opened\n"
            "opened.ask_driver = opened.Driver\n"
            "assert opened._on_gpu_if_any(b'', None, None) is None\n"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


class TestWithAGpu:
    @pytest.mark.parametrize("device", [Device.AUTO, Device.CUDA])
    def test_onnx_runtime_comes_first(self, model, machine, device) -> None:
        machine(H100, runtime=OnGpu(), by_torch=OnGpu())
        session, sink = open_on(model, device)
        assert isinstance(session, OomRetry)
        assert (session.device, session.precision, session.capacity) == (Device.CUDA, Precision.FP32, GPU_CAPACITY)
        assert "Device: GPU (ONNX Runtime, NVIDIA H100)." in sink.texts(Level.INFO)
        assert sink.texts(Level.WARNING) == ""

    @pytest.mark.parametrize(
        "runtime",
        [no_cuda(), OnGpu(fails=no_cuda()), OnGpu(score=np.nan)],
        ids=["does not start", "fails when it computes", "computes nothing"],
    )
    @pytest.mark.parametrize("device", [Device.AUTO, Device.CUDA])
    def test_then_torch(self, model, machine, device, runtime) -> None:
        machine(H100, runtime=runtime, by_torch=OnGpu())
        _, sink = open_on(model, device)
        assert "Device: GPU (torch, NVIDIA H100)." in sink.texts(Level.INFO)
        assert sink.texts(Level.WARNING) == ""

    def test_auto_on_a_gpu_that_nothing_can_use_is_warned_of(self, model, machine) -> None:
        machine(H100, runtime=no_cuda("an ONNX Runtime whose CUDA provider does not start"))
        session, sink = open_on(model, Device.AUTO)
        assert session.device is Device.CPU
        warning = sink.texts(Level.WARNING)
        assert "NVIDIA H100" in warning
        assert "whose CUDA provider does not start" in warning
        assert f"PyTorch {torch.__version__}" in warning

    def test_asking_for_it_is_then_an_error(self, model, machine) -> None:
        machine(H100, runtime=no_cuda("an ONNX Runtime whose CUDA provider does not start"))
        with pytest.raises(DeviceError, match=r"NVIDIA H100.*CUDA provider does not start.*PyTorch") as error:
            open_on(model, Device.CUDA)
        assert error.value.code is ErrorCode.DEVICE_MISSING

    def test_a_failing_driver_causes_a_warning(self, model, machine) -> None:
        machine(Driver(problem="an NVIDIA driver that fails (error 803)"))
        session, sink = open_on(model, Device.AUTO)
        assert session.device is Device.CPU
        assert "error 803" in sink.texts(Level.WARNING)

    def test_a_gpu_whose_memory_others_hold(self, model, machine) -> None:
        full = short_memory(RuntimeError("CUDA out of memory"))
        machine(H100, runtime=OnGpu(fails=full), by_torch=OnGpu(fails=full))
        with pytest.raises(DeviceError) as error:
            open_on(model, Device.CUDA)
        assert error.value.code is ErrorCode.OUT_OF_MEMORY

    def test_the_processor_is_used_when_asked_for(self, model, machine) -> None:
        machine(H100, runtime=OnGpu(), by_torch=OnGpu())
        assert open_on(model, Device.CPU)[0].device is Device.CPU

    def test_without_torch_that_is_reported(self, model, machine, monkeypatch) -> None:
        machine(H100)
        monkeypatch.setitem(sys.modules, "torch", None)
        with pytest.raises(DeviceError, match="no PyTorch"):
            open_on(model, Device.CUDA)

    def test_torch_tells_why_it_finds_none(self, model, machine, monkeypatch) -> None:
        def too_old() -> bool:
            import warnings

            warnings.warn("The NVIDIA driver on your system is too old", stacklevel=2)
            return False

        machine(H100)
        monkeypatch.setattr(torch.cuda, "is_available", too_old)
        with pytest.raises(DeviceError) as error:
            open_on(model, Device.CUDA)
        assert "too old" in error.value.details


class TestPrecision:
    def test_int8_on_a_gpu_is_refused(self, model, machine) -> None:
        machine(H100, runtime=OnGpu())
        with pytest.raises((DeviceError, ModelError)) as error:
            open_on(model, Device.CUDA, Precision.INT8)
        assert error.value.code is ErrorCode.PRECISION_MISSING

    def test_what_is_used_is_reported(self, model, machine) -> None:
        machine(Driver())
        session, sink = open_on(model, Device.AUTO, Precision.AUTO)
        assert session.precision is Precision.FP32
        assert "Precision: fp32" in sink.texts(Level.INFO)


needs_gpu = pytest.mark.skipif(not ask_driver().gpus, reason="no NVIDIA GPU")


@pytest.mark.gpu
@needs_gpu
@pytest.mark.parametrize("program", ["onnxruntime", "torch"])
def test_a_real_gpu_predicts_as_the_processor(model, program) -> None:
    if importlib.util.find_spec(program) is None:
        pytest.skip(f"no {program}")
    try:
        session = TorchSession(model.bytes) if program == "torch" else Session(model.bytes, Device.CUDA)
    except DeviceError as error:
        pytest.skip(error.found)
    values = np.random.default_rng(0).normal(-12, 4, (1, 2, 6, 5000)).astype(np.float32)
    values[..., ::9] = np.nan
    np.testing.assert_allclose(session.run(values).scores, Session(model.bytes).run(values).scores, rtol=0, atol=1e-5)
