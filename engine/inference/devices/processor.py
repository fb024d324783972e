"""Whether this processor has fast int8 instructions, as reported by the operating system, without measuring."""

from __future__ import annotations

import ctypes
import importlib
import platform
import sys
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")
DOT_PRODUCTS = {"avx512_vnni", "avx_vnni", "asimddp", "i8mm"}  # of x86 (VNNI) and ARM, by their Linux names
_WINDOWS_ARM_DOT_PRODUCT = 43  # PF_ARM_V82_DP_INSTRUCTIONS_AVAILABLE
_MACOS_ARM_DOT_PRODUCT = b"hw.optional.arm.FEAT_DotProd"


def has_fast_int8() -> bool:
    """Whether the processor has 8-bit multiply-accumulate instructions; False if unknown.

    Without them 8-bit graphs are slower, and on x86 sums of products may saturate: the agreement measured in training
    then no longer applies.
    """
    if sys.platform == "linux":
        return bool(_linux_features() & DOT_PRODUCTS)
    if platform.machine().lower() in ("arm64", "aarch64"):
        return _macos_arm() if sys.platform == "darwin" else _windows_arm()
    return _x86_by_numpy()


def _linux_features() -> set[str]:
    """Features common to all cores; ``flags`` on x86, ``Features`` on ARM."""
    try:
        lines = CPUINFO.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return set()
    found = [
        set(value.split())
        for name, _, value in (line.partition(":") for line in lines)
        if name.strip() in ("flags", "Features")
    ]
    return set.intersection(*found) if found else set()


def _macos_arm() -> bool:
    value, size = ctypes.c_int(0), ctypes.c_size_t(ctypes.sizeof(ctypes.c_int))
    ask = getattr(ctypes.CDLL(None), "sysctlbyname", None)
    known = ask is not None and ask(_MACOS_ARM_DOT_PRODUCT, ctypes.byref(value), ctypes.byref(size), None, 0) == 0
    return known and value.value == 1


def _windows_arm() -> bool:
    windows = getattr(ctypes, "windll", None)
    return windows is not None and bool(windows.kernel32.IsProcessorFeaturePresent(_WINDOWS_ARM_DOT_PRODUCT))


def _x86_by_numpy() -> bool:
    """NumPy detects processor features on import, but not VNNI without AVX-512."""
    for name in ("numpy._core._multiarray_umath", "numpy.core._multiarray_umath"):
        try:
            features = getattr(importlib.import_module(name), "__cpu_features__", {})
        except ImportError:
            continue
        return bool(features.get("AVX512VNNI", False))
    return False
