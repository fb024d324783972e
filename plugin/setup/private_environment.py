"""The private environment on the disk: a new one is made beside it, and takes its place only when it is whole.

Who can map and now also wants to train keeps what works where that fails or is cancelled.
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
    """Where the environment is made that will be ``target``; it is run by its interpreter alone, so it may move."""
    return target.with_name(target.name + NEW)


def discard(target: Path) -> None:
    """Remove what was made in vain."""
    shutil.rmtree(staging(target), ignore_errors=True)


def adopt(target: Path) -> None:
    """Put the new environment into its place; the one before goes.

    Raises:
        OutputError: OUTPUT_UNWRITABLE: an engine runs in the one before, on Windows; or the new one is gone. The one
            before stays.
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
    """Put the environment back that was there before, where QGIS ended between the two."""
    if not target.exists() and (_earlier(target) / READY_MARK).exists():
        with suppress(OSError):  # it stays, and may be found the next time
            _earlier(target).rename(target)


def unpacked_bytes(target: Path) -> int:
    """How large the packages are that the environment in the making has by now, without QGIS's own that it sees."""
    size = 0
    for folder, _folders, files in os.walk(staging(target)):
        for file in files:
            with suppress(OSError):  # pip has just moved it
                size += os.lstat(os.path.join(folder, file)).st_size
    return size


def _earlier(target: Path) -> Path:
    return target.with_name(target.name + EARLIER)
