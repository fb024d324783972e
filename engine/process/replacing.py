"""Files of a temporary folder moved to their places, all of them or none.

What was there before is kept in the folder ``EARLIER`` inside the temporary one, and a journal beside it says what is
being moved, until all is done. A failure puts everything back. A process that is killed in between leaves both on the
disk, and the next run that writes there puts everything back; so can a person, by hand.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ..contract.staging import JOURNAL
from .output_errors import unwritable

EARLIER = ".colearn-earlier"


@dataclass(frozen=True)
class Move:
    """What leaves ``folder`` for the folder around it: ``new`` files, in this order, after the ``stale`` are gone."""

    folder: Path
    new: tuple[str, ...]
    stale: tuple[str, ...] = ()

    def place(self, name: str) -> Path:
        """The final place of a file."""
        return self.folder.parent / name


def replace_all(moves: Sequence[Move]) -> None:
    """Move all files, replacing those that are there.

    Raises:
        OutputError: OUTPUT_UNWRITABLE or DISK_FULL, after everything was put back.
    """
    at = moves[0].place(moves[0].new[0]) if moves else Path()
    try:
        for move in moves:
            at = move.place(move.new[-1])
            _begin(move)
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
        for move in moves:
            (move.folder / JOURNAL).unlink()  # from here on the new files count
    except OSError as error:
        failure = unwritable(at, error)
        for move in reversed(moves):
            try:
                put_back(move.folder)
            except OSError as other:
                failure.details += f"{move.folder / EARLIER} holds earlier files that could not be put back ({other})\n"
        raise failure from error


def put_back(folder: Path) -> None:
    """Undo what a move out of a temporary folder has done so far; nothing where none is under way.

    Raises:
        OSError: something cannot be put back; it lies in the folder's ``EARLIER``, and this may be tried again.
    """
    journal = folder / JOURNAL
    if not journal.is_file():
        return
    try:
        noted = json.loads(journal.read_text(encoding="utf-8"))
    except ValueError:  # killed while it was written: nothing has been moved yet
        noted = {"new": {}, "stale": []}
    for name, stamp in noted["new"].items():
        earlier, staged, final = folder / EARLIER / name, folder / name, folder.parent / name
        if os.path.lexists(earlier):
            os.replace(earlier, final)
        elif not os.path.lexists(staged) and os.path.lexists(final) and _stamp(final) == stamp:
            os.replace(final, staged)
    for name in noted["stale"]:
        if os.path.lexists(folder / EARLIER / name):
            os.replace(folder / EARLIER / name, folder.parent / name)
    journal.unlink()


def _begin(move: Move) -> None:
    """Note what will be moved, before anything is."""
    with suppress(FileExistsError):
        (move.folder / EARLIER).mkdir()
    noted = {"new": {name: _stamp(move.folder / name) for name in move.new}, "stale": list(move.stale)}
    (move.folder / JOURNAL).write_text(json.dumps(noted), encoding="utf-8")


def _keep_earlier(move: Move, name: str) -> None:
    """Keep what is at a final place: by a second name, so that it is never missing there, or else by moving it."""
    final, earlier = move.place(name), move.folder / EARLIER / name
    if not os.path.lexists(final):
        return
    try:
        if final.is_symlink():
            raise OSError  # the link itself, not what it points to
        os.link(final, earlier)
    except OSError:
        os.replace(final, earlier)


def _stamp(path: Path) -> list[int]:
    """What a file keeps when it is moved: its size and the time it was written."""
    status = os.lstat(path)
    return [status.st_size, status.st_mtime_ns]
