"""Moving files from temporary folders to their final paths, all of them or none.

Existing files are kept in the folder ``EARLIER`` inside each temporary one, and a journal next to it lists what is
being moved. The first folder's journal is the record of the whole commit: until it is removed, any failure restores
all files; from then on the new files are valid, in all folders at once. A process that is killed in between
leaves the journals on the disk, and the next run that writes to one of the paths recovers all of them.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ..contract import JOURNAL
from ..contract.wire import is_own_folder
from .durable import sync
from .journal import (
    EARLIER,
    Journal,
    StrangeJournalError,
    name_beside,
    named_by,
    read_journal,
    write_journal,
)
from .output_errors import unwritable


@dataclass(frozen=True)
class Move:
    """A move from ``folder`` to its parent: ``new`` files, in this order, after the ``stale`` ones are removed."""

    folder: Path
    new: tuple[str, ...]
    stale: tuple[str, ...] = ()

    def place(self, name: str) -> Path:
        """The final path of a file."""
        return self.folder.parent / name


def replace_all(moves: Sequence[Move]) -> None:
    """Move all files, replacing existing ones.

    Raises:
        OutputError: OUTPUT_UNWRITABLE or DISK_FULL, after all files were restored.
    """
    if not moves:
        return
    at = moves[0].place(moves[0].new[0])
    try:
        for move in moves:
            at = move.place(move.new[-1])
            for name in move.new:
                sync(move.folder / name)
        _note(moves)
        for move in moves:
            for name in (*move.stale, *move.new):
                at = move.place(name)
                _keep_earlier(move, name)
        for move in moves:
            for name in move.stale:
                at = move.place(name)
                at.unlink(missing_ok=True)
            for name in move.new:
                at = move.place(name)
                os.replace(move.folder / name, at)
            sync(move.folder.parent)
        (moves[0].folder / JOURNAL).unlink()  # from here on the new files are valid
    except OSError as error:
        failure = unwritable(at, error)
        try:
            put_back(moves[0].folder)
        except OSError as other:
            kept = ", ".join(str(move.folder / EARLIER) for move in moves)
            failure.details += f"{kept} may hold earlier files that could not be put back ({other})\n"
        raise failure from error
    for move in moves[1:]:
        with suppress(OSError):  # without the record it has no effect
            (move.folder / JOURNAL).unlink()


def put_back(folder: Path) -> list[Path]:
    """Undo the unfinished commit that a temporary folder is part of; does nothing if there is none.

    Returns:
        the recovered folders; empty if there was nothing to undo.

    Raises:
        StrangeJournalError: the journal was not written by one of our runs; nothing was changed.
        OSError: a file cannot be restored; it is in the folder's ``EARLIER``, and a retry is possible.
    """
    journal = read_journal(folder)
    if journal is None:
        (folder / JOURNAL).unlink(missing_ok=True)
        return []
    head = named_by(folder, journal.head) if journal.head else folder
    record = _record(folder, journal, head)
    if record is None:  # the commit was complete
        (folder / JOURNAL).unlink()
        return [folder]
    return _undo_all(head, record)


def head_of(folder: Path) -> Path:
    """The folder with the record of the commit that a temporary folder is part of; itself if there is no commit.

    Raises:
        StrangeJournalError: the journal was not written by one of our runs.
        OSError: it cannot be read.
    """
    journal = read_journal(folder)
    return named_by(folder, journal.head) if journal and journal.head else folder


def _record(folder: Path, journal: Journal, head: Path) -> Journal | None:
    """The record of a folder's commit; None if it is gone because the commit was complete.

    Raises:
        StrangeJournalError: the two do not name each other, or it cannot be determined whether a record exists.
    """
    if not journal.head:
        return journal
    if not head.parent.is_dir():
        raise StrangeJournalError(folder, f"{head} is not accessible")
    record = read_journal(head) if os.path.lexists(head) else None
    if record is None or record.token != journal.token:
        return None
    if record.head or not any(_is_same(folder, named_by(head, name)) for name in record.members):
        raise StrangeJournalError(folder, f"{head} has no record of it")
    return record


def _is_same(folder: Path, other: Path) -> bool:
    return is_own_folder(other) and os.path.samefile(folder, other)


def _undo_all(head: Path, record: Journal) -> list[Path]:
    """Undo the whole commit; its record is removed last, so that an interrupted undo can be repeated in full."""
    done = []
    for member in (named_by(head, name) for name in record.members):
        journal = read_journal(member) if is_own_folder(member) else None
        if journal is not None and journal.token == record.token:
            _undo(member, journal)
            done.append(member)
    _undo(head, record)
    return [*done, head]


def _undo(folder: Path, journal: Journal) -> None:
    for name, stamp in journal.new.items():
        earlier, staged, final = folder / EARLIER / name, folder / name, folder.parent / name
        if os.path.lexists(earlier):
            os.replace(earlier, final)
        elif not os.path.lexists(staged) and os.path.lexists(final) and _stamp(final) == tuple(stamp):
            os.replace(final, staged)
    for name in journal.stale:
        if os.path.lexists(folder / EARLIER / name):
            os.replace(folder / EARLIER / name, folder.parent / name)
    (folder / JOURNAL).unlink()


def _note(moves: Sequence[Move]) -> None:
    """Write the journals before anything is moved: the record first, since the others have no effect without it."""
    head, token = moves[0].folder, uuid.uuid4().hex
    members = tuple(name_beside(head, move.folder) for move in moves[1:])
    for move in moves:
        with suppress(FileExistsError):
            (move.folder / EARLIER).mkdir()
        new = {name: _stamp(move.folder / name) for name in move.new}
        is_head = move.folder == head
        of = "" if is_head else name_beside(move.folder, head)
        write_journal(move.folder, Journal(new, move.stale, token, of, members if is_head else ()))
        sync(move.folder)


def _keep_earlier(move: Move, name: str) -> None:
    """Keep the existing file at a final path: by a hard link, so that it is never missing there, or by moving it."""
    final, earlier = move.place(name), move.folder / EARLIER / name
    if not os.path.lexists(final):
        return
    try:
        if final.is_symlink():
            raise OSError  # the link itself, not what it points to
        os.link(final, earlier)
    except OSError:
        os.replace(final, earlier)


def _stamp(path: Path) -> tuple[int, int]:
    """The properties of a file that a move preserves: its size and modification time."""
    status = os.lstat(path)
    return status.st_size, status.st_mtime_ns
