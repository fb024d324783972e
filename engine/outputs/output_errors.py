"""Errors of an output that cannot be written."""

from __future__ import annotations

from pathlib import Path

from ..contract import ErrorCode, OutputError
from ..contract.wire import disk_is_full
from .run_lock import Holder

OTHER_NAME = "Choose another file name."
_CHECK_PLACE = "Choose another path, check the permissions of the folder, and close programs that have the file open."


def unwritable(final: Path, error: OSError) -> OutputError:
    """DISK_FULL or OUTPUT_UNWRITABLE, depending on the system's error."""
    if disk_is_full(error):
        return full(final, f"no space left in {final.parent}", "free space")
    return cannot(final, f"{final}, which cannot be written ({error.strerror or error})", "a file in a writable folder")


def cannot(final: Path, found: str, expected: str, remedy: str = _CHECK_PLACE) -> OutputError:
    """OUTPUT_UNWRITABLE."""
    return OutputError(ErrorCode.OUTPUT_UNWRITABLE, subject=final.name, found=found, expected=expected, remedy=remedy)


def full(final: Path, found: str, expected: str) -> OutputError:
    """DISK_FULL."""
    return OutputError(
        ErrorCode.DISK_FULL,
        subject=final.name,
        found=found,
        expected=expected,
        remedy="Free some space, or write to another drive.",
    )


def is_input(final: Path) -> OutputError:
    """OUTPUT_IS_INPUT."""
    return OutputError(
        ErrorCode.OUTPUT_IS_INPUT,
        subject=final.name,
        found=f"an output at {final}, which is an input of this run",
        expected="a separate output file",
        remedy=OTHER_NAME,
    )


def busy(final: Path, holder: Holder | None) -> OutputError:
    """OUTPUT_BUSY, naming the run that is writing."""
    who = f" ({holder.describe()})" if holder else ""
    return OutputError(
        ErrorCode.OUTPUT_BUSY,
        subject=final.name,
        found=f"another run that is writing {final}{who}",
        expected="one run at a time per output",
        remedy="Wait until it has finished or cancel it, or choose another file name.",
    )
