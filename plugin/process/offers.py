"""The installation options, with their download sizes. No QGIS and no Qt in here.

Sizes are those of the wheels of engine-requirements.txt for Python 3.11 on 64-bit Linux, without numpy, where QGIS
provides none of them; with QGIS's own scipy and matplotlib it is about 60 MB less (measured: 40 and 255 MB). PyTorch
from PyPI is the CUDA build on Linux and the CPU build elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

TORCH = "torch"
TORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"
PIP = "pip>=24.1,<27"  # versions that report the progress of downloads
MAPPING_PACKAGES = ("onnxruntime", "scikit-learn", "matplotlib", "jinja2")


class Purpose(Enum):
    """What the engine is needed for."""

    TRAIN_CPU = "train_cpu"
    TRAIN_CUDA = "train_cuda"
    MAP = "map"


@dataclass(frozen=True)
class Offer:
    """One installation option: its purpose and download size."""

    purpose: Purpose
    megabytes: int


MAP_MB, TRAIN_CPU_MB = 100, 310
TRAIN_CUDA_MB = 3300  # PyTorch and its CUDA libraries; not measured for this version


def offers(platform: str) -> tuple[Offer, ...]:
    """The installation options on a platform (``sys.platform``), the usual choice first."""
    cuda = (Offer(Purpose.TRAIN_CUDA, TRAIN_CUDA_MB),) if platform.startswith("linux") else ()
    return (Offer(Purpose.TRAIN_CPU, TRAIN_CPU_MB), *cuda, Offer(Purpose.MAP, MAP_MB))


def pins(requirements: str) -> dict[str, str]:
    """The lines of a requirements file, by package."""
    lines = [line.split("#")[0].strip() for line in requirements.splitlines()]
    return {_package(line): line for line in lines if line}


def _package(line: str) -> str:
    return re.split(r"[=<>\[ ]", line, maxsplit=1)[0].lower()


def locks(purpose: Purpose, platform: str) -> tuple[str, ...]:
    """The lock files to install: mapping needs only a part, and PyTorch may come from another index."""
    if purpose is Purpose.MAP:
        return ("map",)
    return ("map", "train") if has_torch_of_its_own(purpose, platform) else ("map", "train", TORCH)


def has_torch_of_its_own(purpose: Purpose, platform: str) -> bool:
    """Whether PyTorch is needed without CUDA on a platform for which PyPI has only the CUDA build."""
    return purpose is Purpose.TRAIN_CPU and platform.startswith("linux")


def size_text(megabytes: int) -> str:
    """A size as text for the user: an upper limit in MB, or roughly in GB."""
    return f"up to {megabytes} MB" if megabytes < 1000 else f"about {megabytes / 1000:.0f} GB"
