"""The files of a run besides its outputs: exported layers, virtual rasters, the job file, and folders made for them.

Each is written under a temporary name beside its own. Only when all are whole do they take their places, the job file
last; what they replace is kept until the run may keep its files, and put back if it may not.
"""

from __future__ import annotations

import errno
import glob
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

_COMPANIONS = ("", "-journal", "-wal", "-shm")  # SQLite's files of an interrupted export, or of an open layer
_MARK = ".colearn-file-"
_EARLIER = "-earlier"
_SURELY_LEFT_S = 86_400.0  # without any write: left behind by a QGIS that was killed


class RunFiles:
    """Files written and folders created by a run."""

    def __init__(self) -> None:
        self._mark = f"{_MARK}{uuid4().hex[:12]}"
        self._staged: dict[Path, Path] = {}  # by their final path
        self._texts: dict[str, str] = {}  # to be written
        self._placed: list[Path] = []
        self._folders: list[Path] = []

    def will_write_text(self, path: str, text: str) -> None:
        """Record a text file, to be written by :meth:`put_in_place`."""
        self._texts[path] = text
        self.will_need_folder_of(path)

    def stage(self, path: str) -> str:
        """The temporary path under which to write a file; its folder exists.

        Raises:
            OSError: the folder cannot be created, or the path is a folder itself.
        """
        final = Path(path)
        if final.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
        self.will_need_folder_of(path)
        final.parent.mkdir(parents=True, exist_ok=True)
        _remove_left_behind(final)
        self._staged[final] = _beside(final, self._mark)
        return str(self._staged[final])

    def put_in_place(self) -> None:
        """Write the texts, and give all files their names, in the order in which they were recorded.

        Raises:
            OSError: a file cannot be written or moved; call :meth:`remove`.
        """
        for path, text in self._texts.items():
            Path(self.stage(path)).write_text(text, encoding="utf-8")
        self._texts = {}
        for final, staged in list(self._staged.items()):
            _flush(staged)
            self._placed.append(final)
            self._set_aside(final)
            os.replace(staged, final)
            del self._staged[final]

    def keep(self) -> None:
        """Let the files in place count: what they have replaced is removed."""
        for final in self._placed:
            _remove_with_companions(self._earlier(final))
        self._placed = []
        self._remove_staged()
        self.remove_empty_folders()

    def remove(self) -> None:
        """Remove the files, put back what they have replaced, and remove the new folders that are then empty."""
        for final in self._placed:
            _remove_with_companions(final)
            for there, earlier in _pairs(final, self._earlier(final)):
                with suppress(OSError):  # there was none
                    os.replace(earlier, there)
        self._placed, self._texts = [], {}
        self._remove_staged()
        self.remove_empty_folders()

    def will_need_folder_of(self, path: str) -> None:
        """Record the parent folders of ``path`` that do not exist yet."""
        self._folders += [folder for folder in Path(path).parents if not folder.exists()]

    def remove_empty_folders(self) -> None:
        """Remove the new folders that are empty, the innermost first."""
        for folder in sorted(set(self._folders), key=lambda each: len(each.parts), reverse=True):
            with suppress(OSError):  # already removed, or not empty
                folder.rmdir()

    def _earlier(self, final: Path) -> Path:
        return _beside(final, f"{self._mark}{_EARLIER}")

    def _set_aside(self, final: Path) -> None:
        """Keep what is to be replaced, with the companions that belong to it and not to the new file."""
        for there, earlier in _pairs(final, self._earlier(final)):
            is_replaced = there == final  # then its name should have a file at any moment
            if os.path.lexists(there) and not (is_replaced and _linked(there, earlier)):
                os.replace(there, earlier)

    def _remove_staged(self) -> None:
        for staged in self._staged.values():
            _remove_with_companions(staged)
        self._staged = {}


def _beside(final: Path, mark: str) -> Path:
    """A hidden name in the same folder, with the same extension, which formats are recognized by."""
    return final.with_name(f".{final.stem}{mark}{final.suffix}")


def _pairs(one: Path, other: Path) -> Iterator[tuple[Path, Path]]:
    for companion in _COMPANIONS:
        yield Path(f"{one}{companion}"), Path(f"{other}{companion}")


def _linked(path: Path, other: Path) -> bool:
    """Give a file a second name, where the file system can."""
    try:
        os.link(path, other, follow_symlinks=False)
    except (OSError, NotImplementedError):
        return False
    return True


def _remove_with_companions(path: Path) -> None:
    for companion in _COMPANIONS:
        with suppress(OSError):  # not there, or locked by another program: nothing can be done
            Path(f"{path}{companion}").unlink()


def _remove_left_behind(final: Path) -> None:
    """Remove the temporary files of runs that were killed."""
    for left in final.parent.glob(f"{glob.escape(f'.{final.stem}{_MARK}')}*{glob.escape(final.suffix)}*"):
        with suppress(OSError):
            if time.time() - left.lstat().st_mtime > _SURELY_LEFT_S:
                left.unlink()


def _flush(path: Path) -> None:
    """Have the system write a closed file to the disk, as far as it can."""
    with suppress(OSError):
        handle = os.open(path, os.O_RDWR)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
