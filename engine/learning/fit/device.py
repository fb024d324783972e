"""The device of training, and torch's errors as errors of the engine."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from ...contract import Device, DeviceError, ErrorCode
from ...process import counted, speaks_of_memory, usable_cores
from ...samples import SampleSet
from .settings import Settings

MOST_AT_ONCE = 8  # trainings; the interpreter runs one of them at a time between torch's operations
MOST_BYTES_AT_ONCE = 3 * 2**30  # of all of them, beside the samples
# Numbers that a network keeps for its gradients, per number of its widest layer: a generous estimate.
KEPT_PER_VALUE = 16


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
    return "cpu", f"Device: CPU, {counted(use_all_cores(), 'core')}."


def use_all_cores() -> int:
    """Let torch use every core available to this process; returns their number."""
    cores = usable_cores()
    torch.set_num_threads(cores)
    return cores


def use_one_core() -> None:
    """Let torch use one core in this thread, and in those that are started from now on."""
    torch.set_num_threads(1)


def trainings_at_once(samples: SampleSet, settings: Settings) -> int:
    """How many trainings of one core each run side by side: as many as there are cores, and memory for."""
    values = sum(
        math.prod(sensor.shape.lengths) // sensor.shape.bands * (sensor.shape.bands + settings.design.hidden)
        for sensor in samples.sensors
    )
    bytes_of_one = 4 * KEPT_PER_VALUE * settings.batch_size * values
    return max(1, min(usable_cores(), MOST_AT_ONCE, MOST_BYTES_AT_ONCE // bytes_of_one))


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
