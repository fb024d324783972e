"""The version of the GPU's driver, by a library that is there or not."""

from __future__ import annotations

import ctypes
from types import SimpleNamespace

import pytest
from colearn.engine.inference.devices import gpu
from colearn.engine.inference.devices.gpu import Driver, ask_driver


class Library(SimpleNamespace):
    """A driver's library with two GPUs; ``started`` is what starting it answers."""

    def cuInit(self, flags: int) -> int:  # noqa: N802
        return self.started

    def cuDeviceGetCount(self, count) -> int:  # noqa: N802
        count._obj.value = 2
        return 0

    def cuDeviceGet(self, device, position: int) -> int:  # noqa: N802
        device._obj.value = position
        return 0

    def cuDeviceGetName(self, name, length: int, device: ctypes.c_int) -> int:  # noqa: N802
        name.value = f"GPU {device.value}".encode()
        return 0


class TestDriver:
    @pytest.mark.parametrize(
        ("started", "expected"),
        [
            (0, Driver(("GPU 0", "GPU 1"))),
            (100, Driver()),
            (803, Driver(problem="an NVIDIA driver that fails (error 803)")),
        ],
    )
    def test_what_it_answers(self, monkeypatch, started, expected) -> None:
        monkeypatch.setattr(gpu.ctypes, "CDLL", lambda name: Library(started=started))
        assert ask_driver() == expected

    def test_none(self, monkeypatch) -> None:
        def missing(name: str) -> None:
            raise OSError(name)

        monkeypatch.setattr(gpu.ctypes, "CDLL", missing)
        assert ask_driver() == Driver()
