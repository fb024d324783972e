"""Temporary folders of other runs next to an output: those of active runs, and leftovers of killed ones.

They may also be forged by somebody else. Links, folders of other users and journals that were not written by one of
our runs are reported and left untouched.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from ..contract import STAGED_FOR
from ..contract.wire import NoPlainFileError, is_own_folder
from .journal import StrangeJournalError
from .output_errors import busy
from .replacing import head_of, put_back
from .run_lock import Holder, LockState, RunLock, look_at_lock

Warn = Callable[[str, str], None]  # a code and a message: a reporter's warning

LOCK = ".colearn-lock"
PARTS = "parts-"  # partial results of a map, kept on request: not a leftover
_MOST_STEM_CHARACTERS = 60  # file systems limit names to 255 bytes
_MOST_TRIES = 3
_BEING_MADE_S = 60.0  # for a folder without a lock yet
_SURELY_OVER_S = 86_400.0  # without any write; for runs on other computers, whose locks may not be visible here


def no_warning(_code: str, _text: str) -> None:
    """Discard a warning."""


def temporary_folder(final: Path, run_id: str) -> Path:
    """The temporary folder to which a run writes an output."""
    return final.parent / f"{_prefix(final)}{run_id}"


def clear_place(final: Path, own: Path, warn: Warn = no_warning) -> None:
    """Restore or remove leftovers of killed runs next to an output.

    Two runs that start at the same instant may both be refused: neither can know that the other will stop.

    Raises:
        OutputError: OUTPUT_BUSY, another active run is writing the same output.
        OSError: the folder cannot be read, or earlier files cannot be restored.
    """
    for folder in _others(final, own):
        if not is_own_folder(folder):
            _warn_of_strange(folder, "it is a link, not a folder, or belongs to another user", warn)
            continue
        state, holder = look_at_lock(folder / LOCK)
        names = [os.path.normcase(name) for name in holder.names] if holder else []
        if state is LockState.HELD and os.path.normcase(final.name) in names:
            raise busy(final, holder)
        if not _is_empty_and_gone(folder) and is_left(folder, state, holder):
            _put_right(final, folder, warn)


def remove_folder(folder: Path) -> None:
    """Remove a folder as far as the system permits; its lock last, so that its owner stays identifiable."""
    for _ in range(_MOST_TRIES):  # another thread may still be writing to it
        if not os.path.lexists(folder):
            return
        for left in sorted(_names(folder), key=lambda name: name == LOCK):
            remove_anything(folder / left)
        shutil.rmtree(folder, ignore_errors=True)


def remove_anything(path: Path) -> None:
    """Remove a file, folder or link (not its target), as far as the system permits."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
        return
    try:
        path.unlink()
    except OSError:
        return


def _put_right(final: Path, folder: Path, warn: Warn) -> None:
    """Undo the unfinished commit of an ended run in all its folders, and remove them."""
    with ExitStack() as locks:
        try:
            for each in dict.fromkeys(
                [folder, head_of(folder)]
            ):  # a commit may only be undone while holding the lock of its record
                if not is_own_folder(each):
                    continue
                lock = RunLock.take(each / LOCK)
                if lock is None:
                    raise busy(final, look_at_lock(each / LOCK)[1])
                locks.callback(lock.release)
            done = put_back(folder)
        except (StrangeJournalError, NoPlainFileError) as error:
            _warn_of_strange(folder, error.strerror or str(error), warn)
            return
    for each in dict.fromkeys([*done, folder]):
        if look_at_lock(each / LOCK)[0] is not LockState.HELD:
            remove_folder(each)


def _warn_of_strange(folder: Path, why: str, warn: Warn) -> None:
    warn(
        "strange_folder",
        f"{folder} looks like a temporary folder of CoLearn, but {why}. Nothing in it was used or changed. Check it "
        f"and remove it.",
    )


def _prefix(final: Path) -> str:
    return f".{final.stem[:_MOST_STEM_CHARACTERS]}{STAGED_FOR}"


def _others(final: Path, own: Path) -> Iterator[Path]:
    prefix = os.path.normcase(_prefix(final))
    for entry in sorted(os.listdir(final.parent)):
        name = os.path.normcase(entry)
        folder = final.parent / entry
        if name.startswith(prefix) and not name[len(prefix) :].startswith(PARTS) and folder != own and folder.is_dir():
            yield folder


def _is_empty_and_gone(folder: Path) -> bool:
    """Remove an empty folder left by a run killed at that moment; an active run creates it again."""
    try:
        folder.rmdir()
    except OSError:
        return False
    return True


def is_left(folder: Path, state: LockState, holder: Holder | None) -> bool:
    """Whether the folder's run has certainly ended."""
    if state is LockState.HELD:
        return False
    if state is LockState.FREE and holder and holder.is_here:
        return True
    if state is LockState.UNSIGNED and _names(folder) == [LOCK]:  # killed before it had written anything
        return True
    if os.path.lexists(folder / LOCK):
        return _quiet_s(folder) > _SURELY_OVER_S
    return _quiet_s(folder) > _BEING_MADE_S


def _quiet_s(folder: Path) -> float:
    """Seconds since the last write to a folder."""
    newest = folder.stat().st_mtime
    for path in folder.rglob("*"):
        try:
            newest = max(newest, path.lstat().st_mtime)
        except OSError:  # removed meanwhile: another run is active
            return 0.0
    return time.time() - newest


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []
