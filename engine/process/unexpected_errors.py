"""Conversion of unexpected errors to the engine's own."""

from __future__ import annotations

import sys
import tempfile
import traceback

from ..contract import CoLearnError, DeviceError, EngineError, ErrorCode, OutputError
from ..contract.wire import disk_is_full

_MEMORY_WORDS = (
    "out of memory",
    "can't allocate memory",
    "cannot allocate memory",
    "failed to allocate memory",
    "not enough memory",
    "bad allocation",
    "bad_alloc",
    "cudaerrormemoryallocation",
    "alloc_failed",  # cuBLAS and cuDNN
    "allocation_failed",
    "smaller than requested bytes",  # ONNX Runtime on a GPU
)
_LESS_MEMORY = {
    "train": "Close other programs, or lower MAX_SAMPLES, CONTEXT_M or BATCH_SIZE.",
    "predict": "Close other programs, or lower threads or block_px in the job file.",
    "evaluate": "Close other programs, or evaluate fewer scenes or labels at a time.",
}


def speaks_of_memory(error: BaseException) -> bool:
    """Whether this error of Python, torch, ONNX Runtime or GDAL means that memory is insufficient."""
    return isinstance(error, MemoryError) or any(words in str(error).lower() for words in _MEMORY_WORDS)


def unexpected_error(error: Exception, journey: str) -> CoLearnError:
    """The error as a CoLearnError; to be called where it was caught, as it includes the traceback."""
    details = traceback.format_exc()
    if speaks_of_memory(error):
        return DeviceError(
            ErrorCode.OUT_OF_MEMORY,
            found="insufficient memory",
            expected="enough memory for the job",
            remedy=_LESS_MEMORY[journey],
            details=details,
        )
    if isinstance(error, OSError) and disk_is_full(error):
        return OutputError(
            ErrorCode.DISK_FULL,
            subject=str(error.filename or tempfile.gettempdir()),
            found=f"no space left ({error.strerror})",
            expected=f"free space for the outputs, and for temporary files in {tempfile.gettempdir()}",
            remedy="Free some space, or set TMPDIR to a folder on another drive.",
            details=details,
        )
    if isinstance(error, ImportError):
        return EngineError(
            ErrorCode.DEPENDENCY_MISSING,
            found=f"{error} ({sys.executable})",
            expected="the packages of engine-requirements.txt",
            remedy="Install the engine again: `make setup`, or Plugins > CoLearn > Set up… in QGIS.",
            details=details,
        )
    return EngineError(
        ErrorCode.UNFORESEEN,
        found=f"{type(error).__name__}: {error}",
        expected="no error",
        remedy="Please report this with the log. Your files were not changed.",
        details=details,
    )
