"""A torch session: the same graph on a GPU that ONNX Runtime cannot use. Imported only in that case."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from queue import SimpleQueue

import numpy as np
import torch

from ..arrays import Floats
from ..contract import LABEL, Device, EngineError, ErrorCode, Precision
from ..process import speaks_of_memory
from .session import CPU_CAPACITY, GPU_CAPACITY, GraphOutput, short_memory, without_scores
from .torch_graph import TorchGraph


class TorchSession:
    """A graph on torch's device; :meth:`run` may be called from several threads.

    Args:
        graph: the ONNX file's bytes, of a graph that computes in fp32.
        device: ``cuda``; ``cpu`` gives the same result more slowly than ONNX Runtime, for tests.

    Raises:
        DeviceError: memory is insufficient.
        EngineError: the device does not work.
        ModelError: the bytes are not a graph that torch can run.
    """

    precision = Precision.FP32

    def __init__(self, graph: bytes, device: Device = Device.CUDA) -> None:
        self.device = device
        on_gpu = device is Device.CUDA
        self.capacity = GPU_CAPACITY if on_gpu else CPU_CAPACITY
        self._device = torch.device(device.value)
        self._streams: SimpleQueue[torch.cuda.Stream] = SimpleQueue()
        _compute_exactly()
        with self._errors():
            self._graph = TorchGraph(graph, self._device)
            if on_gpu:
                for _ in range(self.capacity.runs_at_once):
                    self._streams.put(torch.cuda.Stream())  # type: ignore[no-untyped-call]
                torch.cuda.synchronize()  # the weights must be there before streams use them

    def run(self, values: Floats, scores: bool = True) -> GraphOutput:
        """Run the graph, as :meth:`.map_session.MapSession.run`."""
        tensor = torch.from_numpy(np.require(values, np.float32, ["C", "W"]))
        with self._errors(), self._turn(), torch.inference_mode():
            found = self._graph(tensor.to(self._device))
            label = found.pop(LABEL, None)
            (all_scores,) = found.values()
            codes = None if label is None else label.cpu().numpy()
            if codes is not None and not scores:
                return without_scores(codes, all_scores.dim() - 2)
            return GraphOutput(codes, all_scores.cpu().numpy())

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """On a GPU, wait for one of a few streams: a run's values are transferred while another one computes."""
        if self.device is not Device.CUDA:
            yield
            return
        stream = self._streams.get()
        try:
            with torch.cuda.stream(stream):
                yield
        finally:
            self._streams.put(stream)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Convert torch's errors."""
        try:
            yield
        except (RuntimeError, MemoryError) as error:  # torch.OutOfMemoryError is a RuntimeError
            if not speaks_of_memory(error):
                raise _failed(self.device, error) from error
            if self.device is Device.CUDA:
                torch.cuda.empty_cache()  # memory cached in other sizes can be used for smaller blocks
            raise short_memory(error) from error


def _compute_exactly() -> None:
    """Disable TF32, which torch enables for convolutions by default.

    It keeps 10 of a product's 23 bits, and which kernel uses it depends on the block size: a map would no longer
    equal the network applied to each pixel's own patch within the tolerance (law 3).
    """
    if hasattr(torch.backends.cuda.matmul, "fp32_precision"):
        torch.backends.cuda.matmul.fp32_precision = "ieee"
        torch.backends.cudnn.conv.fp32_precision = "ieee"  # type: ignore[attr-defined]
    else:  # before torch 2.9
        torch.backends.cuda.matmul.allow_tf32 = False
        torch.backends.cudnn.allow_tf32 = False


def _failed(device: Device, error: BaseException) -> EngineError:
    return EngineError(
        ErrorCode.UNFORESEEN,
        subject="the model's graph",
        found=f"a failed computation with PyTorch {torch.__version__} on {device.value}",
        expected="the bands and dates that the sensor was trained with, and a working device",
        remedy="Choose the device cpu, and please report this with the log.",
        details=str(error),
    )
