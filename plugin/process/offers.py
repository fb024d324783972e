"""What can be set up, with the size of its download. No QGIS and no Qt in here.

Sizes are those of the wheels of engine-requirements.txt for Python 3.11 on 64-bit Linux, numpy not counted, where QGIS
brings nothing; with QGIS's own scipy and matplotlib it is about 60 MB less (measured: 40 and 255 MB). PyTorch from PyPI
is the CUDA build on Linux and the CPU build elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

TORCH = "torch"
TORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"
PIP = "pip>=24.1,<27"  # only such say how far a download is
MAPPING_PACKAGES = ("onnxruntime", "scikit-learn", "matplotlib", "jinja2")


class Purpose(Enum):
    """What the engine is wanted for."""

    TRAIN_CPU = "train_cpu"
    TRAIN_CUDA = "train_cuda"
    MAP = "map"


@dataclass(frozen=True)
class Offer:
    """One way to set the engine up: what it is for, how much is downloaded."""

    purpose: Purpose
    megabytes: int


MAP_MB, TRAIN_CPU_MB = 100, 310
TRAIN_CUDA_MB = 3300  # PyTorch and the CUDA libraries it brings; not measured for this version


def offers(platform: str) -> tuple[Offer, ...]:
    """What can be set up on a platform (``sys.platform``), the usual choice first."""
    cuda = (Offer(Purpose.TRAIN_CUDA, TRAIN_CUDA_MB),) if platform.startswith("linux") else ()
    return (Offer(Purpose.TRAIN_CPU, TRAIN_CPU_MB), *cuda, Offer(Purpose.MAP, MAP_MB))


def pins(requirements: str) -> dict[str, str]:
    """The lines of a requirements file by package."""
    lines = [line.split("#")[0].strip() for line in requirements.splitlines()]
    return {_package(line): line for line in lines if line}


def _package(line: str) -> str:
    return re.split(r"[=<>\[ ]", line, maxsplit=1)[0].lower()


def locks(purpose: Purpose, platform: str) -> tuple[str, ...]:
    """The locks of what is installed: mapping needs a part only, and PyTorch may come from elsewhere."""
    if purpose is Purpose.MAP:
        return ("map",)
    return ("map", "train") if has_torch_of_its_own(purpose, platform) else ("map", "train", TORCH)


def has_torch_of_its_own(purpose: Purpose, platform: str) -> bool:
    """Whether PyTorch is wanted without CUDA, and PyPI has only the one with it."""
    return purpose is Purpose.TRAIN_CPU and platform.startswith("linux")


def size_text(megabytes: int) -> str:
    """A size for a person: at most so many megabytes, about so many gigabytes."""
    return f"up to {megabytes} MB" if megabytes < 1000 else f"about {megabytes / 1000:.0f} GB"
