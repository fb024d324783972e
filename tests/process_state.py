"""What a test can change of its process, and put back for the tests after it."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from qgis_state import QgisState

_SIGNALS = tuple(
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGALRM", "SIGXFSZ", "SIGPIPE")
    if hasattr(signal, name)
)
_LIMITS = ("RLIMIT_AS", "RLIMIT_FSIZE", "RLIMIT_NOFILE")
_OF_LIBRARIES = ("PYTEST", "KMP_", "OMP_", "TORCH", "QT_")  # set while they are loaded, for as long as they are


@dataclass(frozen=True)
class ProcessState:
    """The environment, the working folder, umask, signal handlers, limits; settings of numpy, torch, GDAL and QGIS."""

    environment: Mapping[str, str]
    folder: str
    umask: int
    handlers: Mapping[int, Any]
    limits: Mapping[str, tuple[int, int]]
    numpy_errors: Mapping[str, str]
    torch: Mapping[str, Any]
    gdal: Mapping[str, Any]
    qgis: QgisState

    @classmethod
    def now(cls) -> ProcessState:
        umask = os.umask(0)
        os.umask(umask)
        return cls(
            dict(os.environ),
            os.getcwd(),
            umask,
            {each: signal.getsignal(each) for each in _SIGNALS},
            _limits(),
            np.geterr(),
            _torch_settings(),
            _gdal_settings(),
            QgisState.now(),
        )

    def restore(self) -> None:
        _restore_environment(self.environment)
        os.chdir(self.folder)
        os.umask(self.umask)
        for each, handler in self.handlers.items():
            if handler is not None and signal.getsignal(each) is not handler:
                signal.signal(each, handler)
        now = _limits()
        for name, limit in self.limits.items():
            if limit != now[name]:
                import resource

                resource.setrlimit(getattr(resource, name), limit)
        np.seterr(**self.numpy_errors)
        _restore_torch(self.torch)
        _restore_gdal(self.gdal)
        self.qgis.restore()


def _restore_environment(before: Mapping[str, str]) -> None:
    for name in {*os.environ, *before}:
        if name.startswith(_OF_LIBRARIES) or os.environ.get(name) == before.get(name):
            continue
        if name in before:
            os.environ[name] = before[name]
        else:
            del os.environ[name]


def _limits() -> dict[str, tuple[int, int]]:
    if os.name == "nt":
        return {}
    import resource

    return {name: resource.getrlimit(getattr(resource, name)) for name in _LIMITS}


def _torch_settings() -> dict[str, Any]:
    """By the name of the function that sets each; empty until torch is loaded."""
    torch = sys.modules.get("torch")
    if torch is None or not hasattr(torch, "get_num_threads"):  # loaded in part: importing it failed
        return {}
    return {
        "set_num_threads": torch.get_num_threads(),
        "set_default_dtype": torch.get_default_dtype(),
        "set_grad_enabled": torch.is_grad_enabled(),
        "use_deterministic_algorithms": torch.are_deterministic_algorithms_enabled(),
    }


def _restore_torch(before: Mapping[str, Any]) -> None:
    now = _torch_settings()
    for name, value in before.items():
        if now[name] != value:
            getattr(sys.modules["torch"], name)(value)


def _gdal_settings() -> dict[str, Any]:
    """Empty until GDAL is loaded: what it is set to while it is loaded holds for good."""
    gdal = sys.modules.get("osgeo.gdal")
    if gdal is None:
        return {}
    return {
        "cache": gdal.GetCacheMax(),
        "proxy": gdal.GetConfigOption("GDAL_HTTP_PROXY"),
        "engine": _engine_is_loaded(),
    }


def _restore_gdal(before: Mapping[str, Any]) -> None:
    if not before:
        return
    gdal = sys.modules["osgeo.gdal"]
    if before["engine"] and gdal.GetCacheMax() != before["cache"]:
        gdal.SetCacheMax(before["cache"])
    if gdal.GetConfigOption("GDAL_HTTP_PROXY") != before["proxy"]:
        gdal.SetConfigOption("GDAL_HTTP_PROXY", before["proxy"])


def _engine_is_loaded() -> bool:
    """The engine sets GDAL's cache as it is loaded, once."""
    return "colearn.engine.raster.gdal_calls" in sys.modules
