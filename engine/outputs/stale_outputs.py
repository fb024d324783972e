"""Temporary folders of other runs beside an output: of live ones, and what killed ones left.

What lies there may also be a stranger's, made to look like ours. Links, other people's folders and journals that no run
of ours wrote are reported and left alone.
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

Warn = Callable[[str, str], None]  # a code and a sentence: a reporter's warning

LOCK = ".colearn-lock"
PARTS = "parts-"  # of a map, kept by wish: no leftover
_MOST_STEM_CHARACTERS = 60  # file systems take 255 bytes for a name
_MOST_TRIES = 3
_BEING_MADE_S = 60.0  # a folder whose lock is not there yet
_SURELY_OVER_S = 86_400.0  # without a byte written; for runs of other computers, whose locks may not be seen here


def no_warning(_code: str, _text: str) -> None:
    """Discard a warning."""


def temporary_folder(final: Path, run_id: str) -> Path:
    """Where a run writes an output for now."""
    return final.parent / f"{_prefix(final)}{run_id}"


def clear_place(final: Path, own: Path, warn: Warn = no_warning) -> None:
    """Restore or remove what killed runs left next to an output.

    Two runs that begin in the same instant may both be refused: neither can know that the other will give way.

    Raises:
        OutputError: OUTPUT_BUSY, a live run is writing the same output.
        OSError: the folder cannot be read, or what was there before cannot be put back.
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
    """Remove a folder as far as the system lets us; its lock last, so that its owner is known."""
    for _ in range(_MOST_TRIES):  # another thread may still be writing into it
        if not os.path.lexists(folder):
            return
        for left in sorted(_names(folder), key=lambda name: name == LOCK):
            remove_anything(folder / left)
        shutil.rmtree(folder, ignore_errors=True)


def remove_anything(path: Path) -> None:
    """Remove what is there, a link itself and not what it points to, as far as the system lets us."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
        return
    try:
        path.unlink()
    except OSError:
        return


def _put_right(final: Path, folder: Path, warn: Warn) -> None:
    """Undo what the commit of a run that is over had done, in all folders of it, and remove them."""
    with ExitStack() as locks:
        try:
            for each in dict.fromkeys(
                [folder, head_of(folder)]
            ):  # whoever undoes a commit holds the lock of its record
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
    """Remove a folder that was made, or emptied, by a run killed in that instant; a live one makes it again."""
    try:
        folder.rmdir()
    except OSError:
        return False
    return True


def is_left(folder: Path, state: LockState, holder: Holder | None) -> bool:
    """Whether the folder's run is over, for sure."""
    if state is LockState.HELD:
        return False
    if state is LockState.FREE and holder and holder.is_here:
        return True
    if state is LockState.UNSIGNED and _names(folder) == [LOCK]:  # killed before it had written a byte
        return True
    if os.path.lexists(folder / LOCK):
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


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []
