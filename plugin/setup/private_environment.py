"""The private environment on disk: a new one is built next to it, and replaces it only when complete.

A user who can map and now also wants to train keeps the working environment if that fails or is cancelled.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

from ...engine.contract import ErrorCode, OutputError
from ..messages import tr
from ..process.environment import READY_MARK

NEW, EARLIER = "-new", "-earlier"


def staging(target: Path) -> Path:
    """The folder in which the environment ``target`` is built; it can be moved, as only its interpreter is ever run."""
    return target.with_name(target.name + NEW)


def discard(target: Path) -> None:
    """Remove an incomplete new environment."""
    shutil.rmtree(staging(target), ignore_errors=True)


def adopt(target: Path) -> None:
    """Move the new environment into place; the previous one is removed.

    Raises:
        OutputError: OUTPUT_UNWRITABLE: an engine runs in the previous one (on Windows), or the new one is missing. The
        previous one is kept.
    """
    shutil.rmtree(_earlier(target), ignore_errors=True)
    try:
        (staging(target) / READY_MARK).touch()
        if target.exists():
            target.rename(_earlier(target))
        staging(target).rename(target)
    except OSError as error:
        recover(target)
        discard(target)
        raise OutputError(
            ErrorCode.OUTPUT_UNWRITABLE,
            subject=str(target),
            found=error.strerror or str(error),
            expected=tr("an environment that nothing is using"),
            remedy=tr("End trainings and maps, close other QGIS windows, and install again."),
        ) from error
    shutil.rmtree(_earlier(target), ignore_errors=True)


def recover(target: Path) -> None:
    """Restore the previous environment if QGIS ended in the middle of :func:`adopt`."""
    if not target.exists() and (_earlier(target) / READY_MARK).exists():
        with suppress(OSError):  # it stays, and may be restored next time
            _earlier(target).rename(target)


def unpacked_bytes(target: Path) -> int:
    """Current size, in bytes, of the packages in the environment being built, without QGIS's own packages."""
    size = 0
    for folder, _folders, files in os.walk(staging(target)):
        for file in files:
            with suppress(OSError):  # pip has just moved the file
                size += os.lstat(os.path.join(folder, file)).st_size
    return size


def _earlier(target: Path) -> Path:
    return target.with_name(target.name + EARLIER)
