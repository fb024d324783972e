"""NVIDIA's driver and GPUs, queried through the driver's own library, before any large package is loaded."""

from __future__ import annotations

import ctypes
import sys
from dataclasses import dataclass

_SUCCESS = 0
_NO_DEVICE = 100  # CUDA_ERROR_NO_DEVICE
_LONGEST_NAME = 256


@dataclass(frozen=True)
class Driver:
    """Information from the driver: its GPUs' names; ``problem`` if it is installed but does not work."""

    gpus: tuple[str, ...] = ()
    problem: str = ""

    def summary(self) -> str:
        """A summary as text."""
        return self.problem or ", ".join(self.gpus) or "no NVIDIA GPU with a driver"


def ask_driver() -> Driver:
    """The GPUs available to this process; none without a driver. No context is created on them."""
    try:
        library = ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return Driver()
    started = library.cuInit(0)
    if started != _SUCCESS:
        return Driver() if started == _NO_DEVICE else Driver(problem=f"an NVIDIA driver that fails (error {started})")
    count = ctypes.c_int()
    library.cuDeviceGetCount(ctypes.byref(count))
    return Driver(tuple(_name(library, position) for position in range(count.value)))


def _name(library: ctypes.CDLL, position: int) -> str:
    device, name = ctypes.c_int(), ctypes.create_string_buffer(_LONGEST_NAME)
    library.cuDeviceGet(ctypes.byref(device), position)
    library.cuDeviceGetName(name, _LONGEST_NAME, device)
    return name.value.decode(errors="replace") or "an NVIDIA GPU"
