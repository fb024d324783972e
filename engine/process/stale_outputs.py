"""Temporary folders of other runs beside an output: of live ones, and what killed ones left."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from .output_errors import busy
from .replacing import put_back
from .run_lock import Holder, LockState, look_at_lock

LOCK = ".colearn-lock"
PARTS = "parts-"  # of a map, kept by wish: no leftover
_MOST_STEM_CHARACTERS = 60  # file systems take 255 bytes for a name
_MOST_TRIES = 3
_BEING_MADE_S = 60.0  # a folder whose lock is not there yet
_SURELY_OVER_S = 86_400.0  # without a byte written; for runs of other computers, whose locks may not be seen here


def temporary_folder(final: Path, run_id: str) -> Path:
    """Where a run writes an output for now."""
    return final.parent / f"{_prefix(final)}{run_id}"


def clear_place(final: Path, own: Path) -> None:
    """Put back and remove what killed runs left beside an output.

    Two runs that begin in the same instant may both be refused: neither can know that the other will give way.

    Raises:
        OutputError: OUTPUT_BUSY, a live run is writing the same output.
        OSError: the folder cannot be read, or what was there before cannot be put back.
    """
    for folder in _others(final, own):
        state, holder = look_at_lock(folder / LOCK)
        names = [os.path.normcase(name) for name in holder.names] if holder else []
        if state is LockState.HELD and os.path.normcase(final.name) in names:
            raise busy(final, holder)
        if _is_left(folder, state, holder):
            put_back(folder)
            remove_folder(folder)


def remove_folder(folder: Path) -> None:
    """Remove a folder as far as the system lets us."""
    for _ in range(_MOST_TRIES):  # another thread may still be writing into it
        if folder.exists():
            shutil.rmtree(folder, ignore_errors=True)


def _prefix(final: Path) -> str:
    return f".{final.stem[:_MOST_STEM_CHARACTERS]}.colearn-"


def _others(final: Path, own: Path) -> Iterator[Path]:
    prefix = os.path.normcase(_prefix(final))
    for entry in sorted(os.listdir(final.parent)):
        name = os.path.normcase(entry)
        folder = final.parent / entry
        if name.startswith(prefix) and not name[len(prefix) :].startswith(PARTS) and folder != own and folder.is_dir():
            yield folder


def _is_left(folder: Path, state: LockState, holder: Holder | None) -> bool:
    """Whether the folder's run is over, for sure."""
    if state is LockState.HELD:
        return False
    if state is LockState.FREE and holder and holder.is_here:
        return True
    if (folder / LOCK).exists():
        return _quiet_s(folder) > _SURELY_OVER_S
    return _quiet_s(folder) > _BEING_MADE_S


def _quiet_s(folder: Path) -> float:
    """Seconds since anything was written in a folder."""
    newest = folder.stat().st_mtime
    for path in folder.rglob("*"):
        try:
            newest = max(newest, path.lstat().st_mtime)
        except OSError:  # gone meanwhile: somebody is at work
            return 0.0
    return time.time() - newest
