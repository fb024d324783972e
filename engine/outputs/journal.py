"""The journal of a move: which files are being moved out of a temporary folder, and in which commit.

The outputs of a run are one commit. Each is written to its own folder next to its final path, so each folder has a
journal, and one of them is the record of the commit: while it exists nothing is committed; once it is gone, all is.

A journal found on the disk may come from somebody else. It is trusted only if every name in it is a plain name of the
folder's own output, and if a record and the journal that refers to it name each other.
"""

from __future__ import annotations

import errno
import json
import os
from dataclasses import dataclass
from pathlib import Path

from ..contract import JOURNAL, STAGED_FOR, CodecError
from ..contract.wire import from_plain, is_own_folder, is_plain_name, open_plain, parse_json, read_plain, to_plain

EARLIER = ".colearn-earlier"
_MOST_BYTES = 2**20


class StrangeJournalError(OSError):
    """A journal that was not written by one of our runs, or was changed since."""

    def __init__(self, folder: Path, why: str) -> None:
        super().__init__(errno.EBADMSG, f"its journal was not written by CoLearn: {why}", str(folder))


@dataclass(frozen=True)
class Journal:
    """The files being moved out of one folder.

    ``new`` are file names with their stamps, in the order they are moved; ``stale`` those that are removed without a
    replacement. ``token`` identifies the commit; ``head`` is the folder with its record, empty in the record, which
    lists the other folders as its ``members``: by name if they are in the same folder, otherwise by path.
    """

    new: dict[str, tuple[int, int]]
    stale: tuple[str, ...]
    token: str
    head: str = ""
    members: tuple[str, ...] = ()


def write_journal(folder: Path, journal: Journal) -> None:
    """Write a folder's journal and flush it to the disk.

    Raises:
        OSError: it cannot be written.
    """
    file = open_plain(folder / JOURNAL, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    with os.fdopen(file, "w", encoding="utf-8") as stream:
        json.dump(to_plain(journal), stream)
        stream.flush()
        os.fsync(stream.fileno())


def read_journal(folder: Path) -> Journal | None:
    """The journal of a folder; None if there is none, or if a run was killed while writing it.

    Raises:
        StrangeJournalError: it was not written by one of our runs.
        OSError: it cannot be read.
    """
    if not os.path.lexists(folder / JOURNAL):
        return None
    if not is_own_folder(folder):
        raise StrangeJournalError(folder, "the folder is a link or belongs to another user")
    try:
        plain = parse_json(read_plain(folder / JOURNAL, _MOST_BYTES).decode("utf-8"))
    except ValueError:
        _require_nothing_moved(folder)
        return None
    try:
        journal = from_plain(Journal, plain, "journal")
    except CodecError as error:
        raise StrangeJournalError(folder, str(error)) from error
    _require_sense(folder, journal)
    return journal


def name_beside(folder: Path, other: Path) -> str:
    """The name of another temporary folder in a journal in ``folder``."""
    return other.name if other.parent == folder.parent else str(other)


def named_by(folder: Path, name: str) -> Path:
    """The temporary folder that a name in a journal in ``folder`` refers to."""
    return folder.parent / name


def _require_nothing_moved(folder: Path) -> None:
    """All journals are written before the first file is moved: a truncated one can be ignored if nothing was moved."""
    earlier = folder / EARLIER
    if os.path.lexists(earlier) and (not is_own_folder(earlier) or os.listdir(earlier)):
        raise StrangeJournalError(folder, f"no JSON, though {EARLIER} holds files")


def _require_sense(folder: Path, journal: Journal) -> None:
    stem, mark, run = folder.name.lstrip(".").rpartition(STAGED_FOR)
    for name in (*journal.new, *journal.stale):
        if not (mark and is_plain_name(name) and os.path.normcase(name).startswith(os.path.normcase(stem))):
            raise StrangeJournalError(folder, f"a file called {name[:80]!r}")
    for other in (journal.head, *journal.members) if journal.head or journal.members else ():
        if other and not _is_sibling(other, run):
            raise StrangeJournalError(folder, f"a folder called {other[:80]!r}")
    earlier = folder / EARLIER
    if os.path.lexists(earlier) and not is_own_folder(earlier):
        raise StrangeJournalError(folder, f"{EARLIER} is no folder")


def _is_sibling(other: str, run: str) -> bool:
    """Whether a name, or a normalized path, is that of a temporary folder of the same run."""
    plain = is_plain_name(other) or (os.path.isabs(other) and os.path.normpath(other) == other)
    return plain and "\0" not in other and os.path.basename(other).endswith(f"{STAGED_FOR}{run}")
