"""A session of ONNX Runtime, which is used only here; no torch."""

from __future__ import annotations

import contextlib
import io
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as ort_errors

from ..arrays import Floats
from ..contract import LABEL, Device, DeviceError, EngineError, ErrorCode, ModelError, Precision, about
from ..process import speaks_of_memory, usable_cores
from .session import CPU_CAPACITY, GPU_CAPACITY, GraphOutput, short_memory, without_scores

_CUDA = "CUDAExecutionProvider"
_CPU = "CPUExecutionProvider"
_CUDA_OPTIONS = {
    # TF32 keeps 10 of a product's 23 bits, and which kernels use it depends on the block: dense would not equal per
    # sample within the tolerance of law 3.
    "use_tf32": "0",
    # The default tries all algorithms for each new shape; partial blocks at the edges have many.
    "cudnn_conv_algo_search": "HEURISTIC",
    # The default doubles its arena, and runs out of memory long before the blocks need it.
    "arena_extend_strategy": "kSameAsRequested",
}
# Memory limit of all runs of a process on the CPU. A block takes a few hundred megabytes; an untrusted
# graph may multiply shapes arbitrarily, and no check can tell how large its arrays become.
MOST_BYTES = 4 * 2**30
MOST_BYTES_A_CORE = 2**28
# ONNX Runtime's messages for an arena at its limit, or an array beyond its maximum size.
_BEYOND = ("smaller than requested bytes", "exceeds the supported maximum")
_ARENA = {"arena_extend_strategy": 0, "initial_chunk_size_bytes": -1, "max_dead_bytes_per_chunk": -1}  # the defaults
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


class Session:
    """A graph on a device; :meth:`run` may be called from several threads.

    Args:
        graph: the ONNX file's bytes.
        device: ``cuda`` or ``cpu``; it is chosen by :func:`.session_choice.open_session`.
        threads: threads within one run; 0 = one per core.
        precision: the precision of the graph, ``fp32`` or ``int8``.

    Raises:
        DeviceError: the GPU was requested and cannot be used, or memory is insufficient.
        ModelError: the bytes are not a graph that ONNX Runtime can run.
    """

    def __init__(
        self, graph: bytes, device: Device = Device.CPU, threads: int = 1, precision: Precision = Precision.FP32
    ) -> None:
        on_gpu = device is Device.CUDA
        if on_gpu:
            _load_cuda()
        options = _options(threads)
        if not on_gpu:  # a GPU's memory is itself a limit
            limit_memory()
            options.add_session_config_entry("session.use_env_allocators", "1")
        with _errors(_damaged, on_gpu):
            self._session = ort.InferenceSession(graph, options, _providers(on_gpu))
        if on_gpu and self._session.get_providers()[0] != _CUDA:  # it falls back to the CPU silently
            raise _no_gpu(f"{runtime_name()}, whose CUDA provider does not start here")
        self.device = Device.CUDA if on_gpu else Device.CPU
        self.precision = precision
        self.capacity = GPU_CAPACITY if on_gpu else CPU_CAPACITY
        self._turns = threading.BoundedSemaphore(self.capacity.runs_at_once) if on_gpu else contextlib.nullcontext()
        self._input = self._session.get_inputs()[0].name
        self._outputs = [output.name for output in self._session.get_outputs()]
        self._spatial_axes = max(len(output.shape) for output in self._session.get_outputs()) - 2

    def run(self, values: Floats, scores: bool = True) -> GraphOutput:
        """Run the graph, as :meth:`.map_session.MapSession.run`."""
        if not scores and LABEL in self._outputs:
            (label,) = self._fetch([LABEL], values)
            return without_scores(label, self._spatial_axes)
        results = dict(zip(self._outputs, self._fetch(self._outputs, values), strict=True))
        label = results.pop(LABEL, None)
        (found,) = results.values()
        return GraphOutput(label, found)

    def _fetch(self, names: list[str], values: Floats) -> Sequence[NDArray[Any]]:
        """Outputs by name; ONNX Runtime skips everything the requested outputs do not need."""
        feed = {self._input: np.ascontiguousarray(values, dtype=np.float32)}
        with self._turns, _errors(_unfit, self.device is Device.CUDA):
            found: Sequence[NDArray[Any]] = self._session.run(names, feed)
        return found


@cache
def limit_memory() -> int:
    """Set up one limited ONNX Runtime arena for all sessions of this process; returns the limit in bytes."""
    most_bytes = max(MOST_BYTES, MOST_BYTES_A_CORE * usable_cores())
    place = ort.OrtMemoryInfo("Cpu", ort.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, ort.OrtMemType.DEFAULT)
    ort.create_and_register_allocator(place, ort.OrtArenaCfg({**_ARENA, "max_mem": most_bytes}))
    return most_bytes


def runtime_name() -> str:
    """ONNX Runtime with its version, for messages."""
    return f"ONNX Runtime {ort.__version__}"


def has_cuda() -> bool:
    """Whether the installed ONNX Runtime was built for CUDA, regardless of whether it works here."""
    return _CUDA in ort.get_available_providers()


def _providers(on_gpu: bool) -> list[Any]:
    return [(_CUDA, _CUDA_OPTIONS), _CPU] if on_gpu else [_CPU]


def _load_cuda() -> None:
    """Load CUDA's libraries installed by pip, which ONNX Runtime does not find itself.

    Raises:
        DeviceError: this ONNX Runtime has no CUDA support.
    """
    if not has_cuda():
        raise _no_gpu(f"{runtime_name()} without CUDA")
    if hasattr(ort, "preload_dlls"):
        with contextlib.redirect_stdout(io.StringIO()):  # it prints, and stdout is reserved for events
            ort.preload_dlls()


def _options(threads: int) -> ort.SessionOptions:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors only; anything relevant raises an exception
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # blocks run in parallel on all cores
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    return options


@contextmanager
def _errors(otherwise: Any, on_gpu: bool) -> Iterator[None]:
    """Convert ONNX Runtime's errors: insufficient memory, or what ``otherwise`` makes of the message."""
    try:
        yield
    except (*_ERRORS, MemoryError) as error:
        if not on_gpu and any(words in str(error) for words in _BEYOND):
            raise _beyond_limit(error) from error
        if speaks_of_memory(error):
            raise short_memory(error) from error
        raise otherwise(error) from error


def _damaged(error: BaseException) -> ModelError:
    return ModelError(
        ErrorCode.MODEL_DAMAGED,
        subject="the model's graph",
        found="a graph that ONNX Runtime cannot load",
        expected="a graph exported by CoLearn",
        remedy=f"Copy the model file again, train the model again, or update onnxruntime (here {ort.__version__}).",
        details=str(error),
    )


def _beyond_limit(error: BaseException) -> DeviceError:
    return DeviceError(
        ErrorCode.OUT_OF_MEMORY,
        subject="the model's graph",
        found=f"a graph that requests more than {about(limit_memory() / 2**30)} GB at once",
        expected="a few hundred megabytes per block",
        remedy="Lower the block size or the number of threads. If that does not help, do not trust the model file.",
        details=str(error),
    )


def _unfit(error: BaseException) -> EngineError:
    return EngineError(
        ErrorCode.UNFORESEEN,
        subject="the model's graph",
        found="values that the graph rejects",
        expected="the bands and dates that the sensor was trained with",
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
