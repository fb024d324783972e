"""The device of training, and torch's errors as errors of the engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from ...contract import Device, DeviceError, ErrorCode
from ...process import speaks_of_memory, usable_cores


def choose_device(wanted: Device) -> tuple[str, str]:
    """torch's name of the device, and a sentence for the log.

    Raises:
        DeviceError: a GPU was requested and there is none.
    """
    if wanted is not Device.CPU and torch.cuda.is_available():
        return "cuda", f"Device: GPU {torch.cuda.get_device_name()}."
    if wanted is Device.CUDA:
        raise DeviceError(
            ErrorCode.DEVICE_MISSING,
            subject="DEVICE",
            found=f"no GPU that this PyTorch ({torch.__version__}) can use",
            expected="an NVIDIA GPU with a working driver, and PyTorch built for CUDA",
            remedy="Choose the device auto or cpu, or install the driver and a CUDA build of PyTorch.",
        )
    return "cpu", f"Device: CPU, {use_all_cores()} thread(s)."


def use_all_cores() -> int:
    """Let torch use every core available to this process; returns their number."""
    cores = usable_cores()
    torch.set_num_threads(cores)
    return cores


@contextmanager
def memory_errors() -> Iterator[None]:
    """Turn torch's out-of-memory failures into a :class:`DeviceError`."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:  # torch.OutOfMemoryError is a RuntimeError
        if speaks_of_memory(error):
            raise DeviceError(
                ErrorCode.OUT_OF_MEMORY,
                subject="training",
                found="too little memory",
                expected="memory for the samples and one batch",
                remedy="Lower BATCH_SIZE, MAX_SAMPLES or CONTEXT_M, use fewer bands, or close other programs.",
                details=str(error),
            ) from error
        raise
