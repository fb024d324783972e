"""A session: one sensor's graph, ready to run. ONNX Runtime lives here and only here; no torch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as ort_errors

from ..contract.errors import DeviceError, EngineError, ErrorCode, ModelError
from ..contract.job import Device
from ..process.foreign import speaks_of_memory

LABEL = "label"
_CUDA = "CUDAExecutionProvider"
_CPU = "CPUExecutionProvider"
_ERRORS = (
    ort_errors.EPFail,
    ort_errors.Fail,
    ort_errors.InvalidArgument,
    ort_errors.InvalidGraph,
    ort_errors.InvalidProtobuf,
    ort_errors.NoSuchFile,
    ort_errors.NotImplemented,
    ort_errors.RuntimeException,
)


@dataclass(frozen=True)
class GraphOutput:
    """What a graph says of every pixel.

    Images: ``label`` (batch, row, col), multilabel (batch, label, row, col); ``scores`` (batch, output, row, col).
    Series: ``label`` (1, pixel), multilabel (1, label, pixel); ``scores`` (1, output, pixel). Labels are uint8 or
    uint16 with the manifest's nodata, None for regression; scores are probabilities or values, NaN = nodata.
    """

    label: NDArray[Any] | None
    scores: NDArray[np.float32]


class Session:
    """A graph on a device; :meth:`run` may be called from several threads.

    Args:
        graph: the ONNX file's bytes.
        device: ``auto`` takes the GPU where ONNX Runtime can use one; ``device`` then says which was taken.
        threads: threads within one run; 0 = as many as cores.

    Raises:
        DeviceError: the GPU was asked for and cannot be used, or memory is short.
        ModelError: the bytes are no graph ONNX Runtime can run.
    """

    def __init__(self, graph: bytes, device: Device = Device.CPU, threads: int = 1) -> None:
        if device is Device.CUDA and _CUDA not in ort.get_available_providers():
            raise _no_gpu("an ONNX Runtime without CUDA")
        wanted = [_CPU] if device is Device.CPU else [_CUDA, _CPU]
        providers = [provider for provider in wanted if provider in ort.get_available_providers()]
        with _errors(_damaged):
            self._session = ort.InferenceSession(graph, _options(threads), providers)
        taken = self._session.get_providers()[0]
        if device is Device.CUDA and taken != _CUDA:
            raise _no_gpu("a CUDA driver or library that does not load")
        self.device = "cuda" if taken == _CUDA else "cpu"
        self._input = self._session.get_inputs()[0].name
        self._outputs = [output.name for output in self._session.get_outputs()]

    def run(self, values: NDArray[np.float32]) -> GraphOutput:
        """Run the graph.

        Args:
            values: raw values, NaN = nodata: images (batch, band, row + 2 halo, col + 2 halo), series
                (1, band, date, pixel).

        Raises:
            DeviceError: memory is short.
            EngineError: the values do not fit the graph.
        """
        feed = {self._input: np.ascontiguousarray(values, dtype=np.float32)}
        with _errors(_unfit):
            results = dict(zip(self._outputs, self._session.run(self._outputs, feed), strict=True))
        label = results.pop(LABEL, None)
        (scores,) = results.values()
        return GraphOutput(label, scores)


def _options(threads: int) -> ort.SessionOptions:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors; what matters arrives as an exception
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # blocks run side by side on all cores
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    return options


@contextmanager
def _errors(otherwise: Any) -> Iterator[None]:
    """The seam where ONNX Runtime's errors become ours: short memory, or what ``otherwise`` makes of the message."""
    try:
        yield
    except (*_ERRORS, MemoryError) as error:
        if speaks_of_memory(error):
            raise _short_memory(error) from error
        raise otherwise(error) from error


def _short_memory(error: BaseException) -> DeviceError:
    return DeviceError(
        ErrorCode.OUT_OF_MEMORY,
        subject="mapping",
        found="too little memory for one block",
        expected="memory for one block a thread",
        remedy="Lower the block size or the number of threads, choose the device cpu, or close other programs.",
        details=str(error),
    )


def _damaged(error: BaseException) -> ModelError:
    return ModelError(
        ErrorCode.MODEL_DAMAGED,
        subject="the model's graph",
        found="a graph that ONNX Runtime cannot load",
        expected="a graph exported by CoLearn",
        remedy=f"Copy the model file again, train it anew, or update onnxruntime (here {ort.__version__}).",
        details=str(error),
    )


def _unfit(error: BaseException) -> EngineError:
    return EngineError(
        ErrorCode.UNFORESEEN,
        subject="the model's graph",
        found="values that the graph refuses",
        expected="as many bands and dates as the sensor was trained with",
        remedy="Please report this with the log.",
        details=str(error),
    )


def _no_gpu(found: str) -> DeviceError:
    return DeviceError(
        ErrorCode.DEVICE_MISSING,
        subject="DEVICE",
        found=found,
        expected="an NVIDIA GPU that ONNX Runtime can use",
        remedy="Choose the device auto or cpu, or install onnxruntime-gpu and the CUDA libraries it names.",
    )
