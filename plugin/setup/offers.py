"""What can be set up, with the size of its download. No QGIS and no Qt in here.

Sizes are those of the wheels of engine-requirements.txt for Python 3.11 on 64-bit Linux, numpy not counted; other
systems differ by a tenth or two. PyTorch from PyPI is the CUDA build on Linux and the CPU build elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

TORCH = "torch"
TORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"
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


def packages(purpose: Purpose, requirements: str) -> tuple[str, ...]:
    """What pip is asked for: mapping needs a part of the requirements only."""
    found = pins(requirements)
    return tuple(line for name, line in found.items() if purpose is not Purpose.MAP or name in MAPPING_PACKAGES)


def torch_from_cpu_index(purpose: Purpose, requirements: str, platform: str) -> tuple[str, ...]:
    """pip's arguments for PyTorch without CUDA, where PyPI has only the one with it; nothing elsewhere."""
    if purpose is not Purpose.TRAIN_CPU or not platform.startswith("linux"):
        return ()
    return ("--index-url", TORCH_CPU_INDEX, f"{pins(requirements)[TORCH]}+cpu")


def size_text(megabytes: int) -> str:
    """A size for a person: gigabytes are about so many."""
    return f"{megabytes} MB" if megabytes < 1000 else f"about {megabytes / 1000:.0f} GB"
