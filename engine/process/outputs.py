"""Outputs that appear whole or not at all.

Every output is written under its final name into a hidden folder beside its final place, and moved when all of a run's
outputs are whole: on one file system, a move is one step. Sidecar files (``.aux.xml``) are named after the file they
belong to, so they are right from the start.
"""

from __future__ import annotations

import errno
import math
import os
import shutil
import threading
import uuid
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

from ..contract.errors import ErrorCode, OutputError

# What older runs may have left beside an output; a file of these names that the new output does not bring would lie
# about it.
_SIDECAR_ENDINGS = (".aux.xml", ".msk", ".ovr")
_RASTER_ENDINGS = (".tif", ".tiff")
_STYLE_ENDING = ".qml"  # in place of a raster's own; QGIS would show the new map in the old one's classes
_MOST_STEM_CHARACTERS = 60  # file systems take 255 bytes for a name

_OTHER_NAME = "Choose another file name."
_CHECK_PLACE = "Choose another path, check the folder's permissions, and close programs that hold the file open."

_unfinished: set[OutputSet] = set()
# Held while outputs move, so that an end of the process comes before or after, not in between. Reentrant: a signal may
# arrive in the very thread that is moving.
_lock = threading.RLock()
_MOST_WAIT_S = 1.0
_MOST_TRIES = 3


def remove_all_temporary() -> None:
    """Leave nothing of runs that have not committed; any thread may call it when the process is about to end."""
    held = _lock.acquire(timeout=_MOST_WAIT_S)
    try:
        for outputs in list(_unfinished):
            outputs.discard()
    finally:
        if held:
            _lock.release()


class OutputSet:
    """The outputs of one run.

    As a context manager it leaves nothing behind unless :meth:`commit` was reached: no temporary folder, no final file,
    no parent folder that it made.
    """

    def __init__(self, run_id: str = "", inputs: Iterable[str | os.PathLike[str]] = ()) -> None:
        """Name the run, and the files that no output may replace."""
        self._run_id = run_id or uuid.uuid4().hex[:12]
        self._inputs = {_real(path) for path in inputs}
        self._staged: dict[Path, Path] = {}  # final path → temporary path
        self._made: list[Path] = []  # parent folders that were not there, outermost first
        self._wanted_bytes: dict[int, int] = {}  # device → bytes that outputs on it will take
        self._committed = False

    def __enter__(self) -> OutputSet:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.discard()

    def discard(self) -> None:
        """Remove what is temporary; after :meth:`commit` that is nothing but empty folders."""
        for folder in self._folders():
            _remove(folder)
        for folder in () if self._committed else reversed(self._made):
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
        _unfinished.discard(self)

    def stage(self, path: str | os.PathLike[str]) -> Path:
        """Where to write an output for now: the same name in a temporary folder beside.

        Raises:
            OutputError: OUTPUT_IS_INPUT, OUTPUT_UNWRITABLE or DISK_FULL.
        """
        final = Path(os.path.abspath(path))
        self._require_possible(final)
        temporary = final.parent / f".{final.stem[:_MOST_STEM_CHARACTERS]}.colearn-{self._run_id}" / final.name
        try:
            with _lock:
                _unfinished.add(self)
                self._make_parents(final.parent)
                if temporary.parent not in self._folders():
                    _remove(temporary.parent)  # left by a killed run of the same job
                    temporary.parent.mkdir()
                self._staged[final] = temporary
        except OSError as error:
            raise _unwritable(final, error) from error
        return temporary

    def require_free(self, path: str | os.PathLike[str], wanted_bytes: int) -> None:
        """Raise unless the drive of ``path`` has room for ``wanted_bytes`` beside what was asked for it before.

        Raises:
            OutputError: DISK_FULL.
        """
        folder = _existing_parent(Path(os.path.abspath(path)))
        device, free = folder.stat().st_dev, shutil.disk_usage(folder).free
        wanted = self._wanted_bytes[device] = self._wanted_bytes.get(device, 0) + wanted_bytes
        if free < wanted:
            free_mb, wanted_mb = math.floor(free / 1e5) / 10, math.ceil(wanted / 1e5) / 10
            raise _full(
                Path(path), f"{free_mb:,.1f} MB free on the drive of {folder}", f"{wanted_mb:,.1f} MB for the outputs"
            )

    def write_text(self, temporary: Path, text: str) -> None:
        """Write a staged output as UTF-8 text.

        Raises:
            OutputError: OUTPUT_UNWRITABLE or DISK_FULL.
        """
        try:
            temporary.write_text(text, encoding="utf-8")
        except OSError as error:
            raise _unwritable(temporary.parent.parent / temporary.name, error) from error

    def commit(self) -> None:
        """Move every output to its final place, sidecars before the file they belong to, replacing older ones.

        All are checked first; nothing moves unless all are there and can be moved.

        Raises:
            OutputError: OUTPUT_UNWRITABLE.
        """
        with _lock:
            for final, temporary in self._staged.items():
                _require_movable(final, temporary)
            for folder in self._folders():
                self._move_all(folder)
            self._committed = True

    def _folders(self) -> list[Path]:
        return list(dict.fromkeys(temporary.parent for temporary in self._staged.values()))

    def _move_all(self, folder: Path) -> None:
        mains = [temporary for temporary in self._staged.values() if temporary.parent == folder]
        sidecars = [file for file in sorted(folder.iterdir()) if file not in mains]
        for main in mains:
            for name in _names_beside(main):
                stale = folder.parent / name
                if folder / name not in sidecars and stale not in self._staged and os.path.lexists(stale):
                    _move(None, stale)
        for file in (*sidecars, *mains):
            _move(file, folder.parent / file.name)

    def _require_possible(self, final: Path) -> None:
        if _real(final) in self._inputs:
            raise OutputError(
                ErrorCode.OUTPUT_IS_INPUT,
                subject=final.name,
                found=f"an output at {final}, which is an input of this run",
                expected="an output of its own",
                remedy=_OTHER_NAME,
            )
        if final in self._staged:
            raise _cannot(final, f"two outputs of this run at {final}", "a file for every output", _OTHER_NAME)
        if final.is_dir():
            raise _cannot(final, f"a folder at {final}", "the path of a file", _OTHER_NAME)

    def _make_parents(self, parent: Path) -> None:
        missing = []
        while not parent.exists():
            missing.append(parent)
            parent = parent.parent
        for folder in reversed(missing):
            folder.mkdir(exist_ok=True)
            self._made.append(folder)


def _names_beside(main: Path) -> list[str]:
    """Names of the files that speak about an output."""
    style = [main.with_suffix(_STYLE_ENDING).name] if main.suffix.lower() in _RASTER_ENDINGS else []
    return [*(f"{main.name}{ending}" for ending in _SIDECAR_ENDINGS), *style]


def _require_movable(final: Path, temporary: Path) -> None:
    if not temporary.is_file() or temporary.stat().st_size == 0:
        raise _cannot(final, "an output that was never written", "a whole file")
    if final.is_dir() or not os.access(final.parent, os.W_OK):
        raise _cannot(final, f"a place that cannot be written to: {final}", "a folder that can be written to")


def _move(file: Path | None, final: Path) -> None:
    """Put ``file`` at its final place; None only clears the place."""
    try:
        if file is None:
            final.unlink()
        else:
            os.replace(file, final)
    except OSError as error:
        raise _unwritable(final, error) from error


def _remove(folder: Path) -> None:
    for _ in range(_MOST_TRIES):  # another thread may still be writing into it
        if folder.exists():
            shutil.rmtree(folder, ignore_errors=True)


def _real(path: str | os.PathLike[str]) -> str:
    return os.path.normcase(os.path.realpath(path))


def _existing_parent(path: Path) -> Path:
    return next(parent for parent in path.parents if parent.is_dir())


def _unwritable(final: Path, error: OSError) -> OutputError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return _full(final, f"no space left in {final.parent}", "free space")
    return _cannot(
        final, f"{final}, which cannot be written ({error.strerror or error})", "a file in a writable folder"
    )


def _cannot(final: Path, found: str, expected: str, remedy: str = _CHECK_PLACE) -> OutputError:
    return OutputError(
        ErrorCode.OUTPUT_UNWRITABLE,
        subject=final.name,
        found=found,
        expected=expected,
        remedy=remedy,
    )


def _full(final: Path, found: str, expected: str) -> OutputError:
    return OutputError(
        ErrorCode.DISK_FULL,
        subject=final.name,
        found=found,
        expected=expected,
        remedy="Free some space, or write to another drive.",
    )
