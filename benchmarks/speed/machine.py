"""The machine and the software versions of a measurement; no names of hosts or users."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ...engine.contract import ENGINE_VERSION
from ...engine.inference.devices import ask_driver
from ...engine.process import usable_cores

PACKAGES = (
    "numpy",
    "onnxruntime",
    "torch",
    "scikit-learn",
    "lightgbm",
    "pytorch-metric-learning",
)
_CPUINFO = Path("/proc/cpuinfo")
_TOLD_FLAGS = {
    "avx2": "AVX2",
    "avx512f": "AVX-512",
    "avx512_vnni": "AVX-512 VNNI",
    "avx_vnni": "AVX-VNNI",
    "avx512_bf16": "AVX-512 BF16",
    "amx_int8": "AMX int8",
    "asimddp": "dot products",
}


@dataclass(frozen=True)
class Machine:
    """What readers need to assess absolute figures."""

    processor: str
    instructions: tuple[str, ...]
    cores: int
    memory_gb: float
    system: str
    versions: dict[str, str] = field(default_factory=dict)
    gpus: tuple[str, ...] = ()


def this_machine() -> Machine:
    """The machine, as reported by the operating system."""
    name, flags = _cpuinfo()
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 0
    versions = {"CoLearn": ENGINE_VERSION, "Python": platform.python_version(), "GDAL": _gdal_version()}
    return Machine(
        processor=name or platform.processor() or platform.machine(),
        instructions=tuple(logged for flag, logged in _TOLD_FLAGS.items() if flag in flags),
        cores=usable_cores(),
        memory_gb=round(pages / 2**30, 1),
        system=f"{platform.system()} {platform.machine()}",
        versions=versions | {name: _version(name) for name in PACKAGES},
        gpus=ask_driver().gpus,
    )


def _cpuinfo() -> tuple[str, set[str]]:
    """The name and flags of the first core; empty if the system does not report them."""
    if not _CPUINFO.exists():
        return "", set()
    lines = [line.partition(":") for line in _CPUINFO.read_text(encoding="utf-8", errors="replace").splitlines()]
    logged = {name.strip(): value.strip() for name, _, value in reversed(lines)}
    family = f" (family {logged['cpu family']}, model {logged['model']})" if "cpu family" in logged else ""
    return logged.get("model name", "") + family, set(logged.get("flags", logged.get("Features", "")).split())


def _gdal_version() -> str:
    """GDAL's version; a GPU machine may have none, since nothing measured there needs it."""
    try:
        from osgeo import gdal
    except ImportError:
        return "not installed"
    return str(gdal.__version__)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
