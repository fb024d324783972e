"""Opening a session: choice of device, runtime and precision for a sensor's graph."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..contract import CoLearnError, Device, DeviceError, ErrorCode, Precision, Quality, SensorManifest
from ..model_file import ModelFile, require_plain_graph
from ..process import Reporter
from .devices import Driver, ask_driver
from .onnx_session import Session, has_cuda
from .oom_retry import OomRetry
from .precision import choose_precision
from .session import MapSession


@dataclass(frozen=True)
class SessionOptions:
    """Options for running a sensor's graph; ``quality`` as chosen by :func:`.quality.choose_quality`."""

    device: Device
    precision: Precision
    quality: Quality = Quality.BEST


def open_session(
    model: ModelFile, sensor: SensorManifest, options: SessionOptions, threads: int, reporter: Reporter
) -> MapSession:
    """The session that maps from ``sensor``; the device and precision actually used are logged.

    A GPU is used through ONNX Runtime if possible, otherwise through torch; int8 runs only on the CPU. With
    ``auto``, an existing GPU that cannot be used causes a warning.

    Args:
        threads: threads within one run on the CPU; 0 = one per core.

    Raises:
        DeviceError: a GPU is requested and cannot be used.
        ModelError: the model has no graph of this precision, or one that cannot be run.
    """
    device, precision, quality = options.device, options.precision, options.quality
    on_gpu = None
    if device is Device.CUDA:
        choose_precision(sensor, precision, device, quality=quality)  # fails before anything is loaded
        on_gpu = _on_gpu(_graph(model, sensor, quality), sensor, ask_driver(), reporter)
    elif device is Device.AUTO and precision is not Precision.INT8:
        on_gpu = _on_gpu_if_any(_graph(model, sensor, quality), sensor, reporter)
    chosen = choose_precision(sensor, precision, Device.CPU if on_gpu is None else Device.CUDA, quality=quality)
    (reporter.warning if chosen.warned else reporter.info)("precision", chosen.why)
    if on_gpu is not None:
        return on_gpu
    reporter.info("device", "Device: CPU.")
    return Session(_graph(model, sensor, quality, chosen.precision), Device.CPU, threads, chosen.precision)


def _graph(model: ModelFile, sensor: SensorManifest, quality: Quality, precision: Precision = Precision.FP32) -> bytes:
    """The sensor's graph, after verification: it is untrusted.

    Raises:
        ModelError: MODEL_DAMAGED.
    """
    content = model.graph(sensor.name, precision, quality)
    require_plain_graph(content, model.manifest, sensor, str(model.path))
    return content


def _on_gpu_if_any(graph: bytes, sensor: SensorManifest, reporter: Reporter) -> MapSession | None:
    """A session on the GPU; None if there is none, or, with a warning, if it cannot be used."""
    driver = ask_driver()
    if not (driver.gpus or driver.problem or has_cuda()):
        return None
    try:
        return _on_gpu(graph, sensor, driver, reporter)
    except DeviceError as error:
        reporter.warning("gpu_unusable", f"The GPU is not used, so mapping takes longer: {error.found}. {error.remedy}")
        return None


def _on_gpu(graph: bytes, sensor: SensorManifest, driver: Driver, reporter: Reporter) -> MapSession:
    """A session tested on the GPU.

    Raises:
        DeviceError: neither runtime works; states the problem of each.
    """
    programs: tuple[tuple[str, Callable[[bytes], MapSession]], ...] = (
        ("ONNX Runtime", _by_onnx_runtime),
        ("torch", _by_torch),
    )
    refusals = []
    for name, opened in programs:
        try:
            session = opened(graph)
            _try_out(session, sensor)
        except CoLearnError as error:
            refusals.append(error)
            continue
        reporter.info("device", f"Device: GPU ({name}, {', '.join(driver.gpus[:1]) or 'a GPU'}).")
        return OomRetry(session, sensor.shape, reporter)
    raise _no_gpu(driver, refusals)


def _by_onnx_runtime(graph: bytes) -> MapSession:
    return Session(graph, Device.CUDA)


def _by_torch(graph: bytes) -> MapSession:
    """A torch session; for prediction, torch is imported only here: it takes seconds, and may not be installed.

    Raises:
        DeviceError: torch is not installed, or finds no GPU.
    """
    try:
        import torch

        from .torch_session import TorchSession
    except (ImportError, OSError) as error:
        raise _unusable("no PyTorch", str(error)) from error
    with warnings.catch_warnings(record=True) as reasons:  # torch warns here if a driver is too old
        warnings.simplefilter("always")
        usable = torch.cuda.is_available()
    if not usable:
        built = " without CUDA" if torch.version.cuda is None else ""
        found = f"PyTorch {torch.__version__}{built or ', which finds no usable GPU'}"
        raise _unusable(found, "\n".join(str(reason.message) for reason in reasons))
    return TorchSession(graph, Device.CUDA)


def _try_out(session: MapSession, sensor: SensorManifest) -> None:
    """Run on one pixel: incompatible drivers and libraries often load, but fail when computing.

    Raises:
        CoLearnError: it fails, or returns nodata for a pixel of zeros.
    """
    if not np.isfinite(session.run(np.zeros(sensor.shape.one_pixel, np.float32)).scores).all():
        raise _unusable("a GPU that computes NaN")


def _no_gpu(driver: Driver, refusals: list[CoLearnError]) -> DeviceError:
    full = any(error.code is ErrorCode.OUT_OF_MEMORY for error in refusals)
    return DeviceError(
        ErrorCode.OUT_OF_MEMORY if full else ErrorCode.DEVICE_MISSING,
        subject="DEVICE",
        found="; ".join([driver.summary(), *(error.found for error in refusals)]),
        expected="an NVIDIA GPU that ONNX Runtime or PyTorch can use",
        remedy="Choose the device auto or cpu, or install the GPU driver and a CUDA build of one of them.",
        details="\n".join(error.details for error in refusals if error.details),
    )


def _unusable(found: str, details: str = "") -> DeviceError:
    return DeviceError(
        ErrorCode.DEVICE_MISSING,
        subject="DEVICE",
        found=found,
        expected="PyTorch built for CUDA, and a GPU that it can use",
        remedy="Choose the device auto or cpu, or install a CUDA build of PyTorch.",
        details=details,
    )
