"""NVIDIA's driver and its GPUs, asked through the driver's own library: before any large package is loaded."""

from __future__ import annotations

import ctypes
import sys
from dataclasses import dataclass

_SUCCESS = 0
_NO_DEVICE = 100  # CUDA_ERROR_NO_DEVICE
_LONGEST_NAME = 256


@dataclass(frozen=True)
class Driver:
    """What the driver says: its GPUs' names; ``problem`` where it is installed and does not work."""

    gpus: tuple[str, ...] = ()
    problem: str = ""

    def summary(self) -> str:
        """In words."""
        return self.problem or ", ".join(self.gpus) or "no NVIDIA GPU with a driver"


def ask_driver() -> Driver:
    """The GPUs this process may use; none where there is no driver. Nothing is set up on them."""
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
