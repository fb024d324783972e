"""Outputs of a run, written atomically.

Every output is written under its final name to a hidden folder next to its final path, and moved when all of a run's
outputs are complete: a move within a file system is atomic. Sidecar files (``.aux.xml``) are named after the file they
belong to, so their names are correct from the start. A lock in the folder shows other runs that this one is active.
"""

from __future__ import annotations

import math
import os
import shutil
import threading
import uuid
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

from ..contract import JOURNAL, thousands
from ..contract.wire import NoPlainFileError, is_own_folder, is_plain_name
from .output_errors import OTHER_NAME, busy, cannot, full, is_input, unwritable
from .output_places import require_plain_place
from .replacing import Move, put_back, replace_all
from .run_lock import RunLock, look_at_lock
from .scratch import remove_scratch
from .stale_outputs import (
    LOCK,
    Warn,
    clear_place,
    no_warning,
    remove_anything,
    remove_folder,
    temporary_folder,
)

# Files that earlier runs may have left next to an output; one that the new output does not replace would describe it
# wrongly.
_RASTER_ENDINGS = (".tif", ".tiff")
_DATABASE_ENDING = ".gpkg"
_SIDECAR_ENDINGS = (".aux.xml", ".msk", ".ovr")
_STYLE_ENDING = ".qml"  # replaces the file's suffix; QGIS would show the new map with the old map's classes
# SQLite's journals of pending changes. It would apply those of an old database to a new one.
_UNFINISHED_ENDINGS = ("-wal", "-journal")
_MEMORY_ENDING = "-shm"

_unfinished: set[OutputSet] = set()
# Held while outputs are moved, so that the process ends before or after, not in between. Reentrant: a signal may
# arrive in the thread that is moving them.
_lock = threading.RLock()
_MOST_WAIT_S = 1.0
_MOST_TRIES = 3


def remove_all_temporary() -> None:
    """Remove all files of uncommitted runs; any thread may call it when the process is about to end."""
    remove_scratch()
    held = _lock.acquire(timeout=_MOST_WAIT_S)
    try:
        for outputs in list(_unfinished):
            if held or not outputs.is_moving:  # otherwise another thread is blocked in a move: the next run recovers
                outputs.discard()
    finally:
        if held:
            _lock.release()


class OutputSet:
    """The outputs of one run.

    As a context manager it leaves nothing behind unless :meth:`commit` was called: no temporary folder, no final file,
    no parent folder that it created. Only one run at a time can write an output.
    """

    def __init__(
        self, run_id: str = "", inputs: Iterable[str | os.PathLike[str]] = (), warn: Warn = no_warning
    ) -> None:
        """Set the run's identifier, and the input files that no output may replace.

        Args:
            warn: receives warnings about untrusted files next to outputs.
        """
        if not is_plain_name(f"run{run_id}"):
            raise ValueError(f"found the run id {run_id!r}, expected letters and digits")
        self._run_id = run_id or uuid.uuid4().hex[:12]
        self._warn = warn
        self._inputs = {_real(path) for path in inputs}
        self._staged: dict[Path, Path] = {}  # final path → temporary path
        self._locks: dict[Path, RunLock] = {}  # of the temporary folders
        self._made: list[Path] = []  # parent folders that were created, outermost first
        self._wanted_bytes: dict[int, int] = {}  # device → bytes needed by outputs on it
        self._committed = False
        self.is_moving = False

    def __enter__(self) -> OutputSet:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.discard()

    def discard(self) -> None:
        """Remove temporary files; after :meth:`commit` only empty folders are left.

        During a commit, files already moved are restored first. A folder with files that cannot be restored is kept,
        so that the next run or the user can restore them.
        """
        for folder, lock in self._locks.items():
            stuck = _put_back(folder)
            lock.release()
            if not stuck:
                remove_folder(folder)
        for parent in () if self._committed else reversed(self._made):
            if parent.is_dir() and not any(parent.iterdir()):
                parent.rmdir()
        _unfinished.discard(self)

    def stage(self, path: str | os.PathLike[str]) -> Path:
        """The temporary path of an output: the same name in a temporary folder next to it.

        Raises:
            OutputError: OUTPUT_IS_INPUT, OUTPUT_BUSY, OUTPUT_UNWRITABLE or DISK_FULL.
        """
        final = Path(os.path.abspath(path))
        folder = temporary_folder(final, self._run_id)
        try:
            self._require_possible(final)
            with _lock:
                _unfinished.add(self)
                self._make_parents(final.parent)
                self._make_folder(folder, final)
                self._staged[final] = folder / final.name
                self._locks[folder].add(final.name)
                clear_place(final, folder, self._warn)
        except OSError as error:
            raise unwritable(final, error) from error
        return folder / final.name

    def require_free(self, path: str | os.PathLike[str], wanted_bytes: int) -> None:
        """Raise unless the drive of ``path`` has ``wanted_bytes`` free in addition to those requested before.

        Raises:
            OutputError: DISK_FULL.
        """
        folder = _existing_parent(Path(os.path.abspath(path)))
        try:
            device, free = folder.stat().st_dev, shutil.disk_usage(folder).free
        except OSError as error:
            raise unwritable(Path(path), error) from error
        wanted = self._wanted_bytes[device] = self._wanted_bytes.get(device, 0) + wanted_bytes
        if free < wanted:
            free_mb, wanted_mb = math.floor(free / 1e5) / 10, math.ceil(wanted / 1e5) / 10
            raise full(
                Path(path),
                f"{thousands(free_mb, '.1f')} MB free on the drive of {folder}",
                f"{thousands(wanted_mb, '.1f')} MB for the outputs",
            )

    def write_text(self, temporary: Path, text: str) -> None:
        """Write a staged output as UTF-8 text; raises as :meth:`write_bytes`."""
        self.write_bytes(temporary, text.encode())

    def write_bytes(self, temporary: Path, content: bytes) -> None:
        """Write a staged output.

        Raises:
            OutputError: OUTPUT_UNWRITABLE or DISK_FULL.
        """
        try:
            temporary.write_bytes(content)
        except OSError as error:
            raise unwritable(temporary.parent.parent / temporary.name, error) from error

    def commit(self) -> None:
        """Move every output to its final path, sidecars before the file they belong to, replacing older ones.

        All are checked first; nothing is moved unless all exist. If a move fails nevertheless, those before it are
        undone.

        Raises:
            OutputError: OUTPUT_UNWRITABLE or DISK_FULL.
        """
        with _lock:
            for final, temporary in self._staged.items():
                _require_movable(final, temporary)
            self.is_moving = True
            try:
                replace_all([self._move(folder) for folder in self._locks])
            finally:
                self.is_moving = False
            self._committed = True

    def _make_folder(self, folder: Path, final: Path) -> None:
        """Create and lock a temporary folder of this run; leftovers of a killed run of the same job are removed."""
        if folder in self._locks:
            return
        lock = _make_and_lock(folder)
        if lock is None:
            raise busy(final, look_at_lock(folder / LOCK)[1])
        self._locks[folder] = lock
        put_back(folder)
        for left in folder.iterdir():
            if left.name != LOCK:
                remove_anything(left)

    def _move(self, folder: Path) -> Move:
        mains = [temporary for temporary in self._staged.values() if temporary.parent == folder]
        own = [main.name for main in mains]
        beside = list(dict.fromkeys(name for main in mains for name in _sidecars(main)))
        sidecars = [name for name in beside if os.path.isfile(folder / name) and name not in own]
        old = (*beside, *(name for main in mains for name in _companions(main)))
        stale = [name for name in old if name not in sidecars and not self._is_of_others(folder.parent / name)]
        there = tuple(name for name in stale if os.path.lexists(folder.parent / name))
        return Move(folder, (*sorted(sidecars), *own), there)

    def _is_of_others(self, final: Path) -> bool:
        """Whether a file next to an output is itself an output, or the style of an input with the output's name."""
        styles = {os.path.splitext(path)[0] + _STYLE_ENDING for path in self._inputs}
        return final in self._staged or _real(final) in styles

    def _require_possible(self, final: Path) -> None:
        if _real(final) in self._inputs:
            raise is_input(final)
        if final in self._staged:
            raise cannot(final, f"two outputs of this run at {final}", "a separate file for each output", OTHER_NAME)
        require_plain_place(final)

    def _make_parents(self, parent: Path) -> None:
        missing = []
        while not parent.exists():
            missing.append(parent)
            parent = parent.parent
        for folder in reversed(missing):
            folder.mkdir(exist_ok=True)
            self._made.append(folder)


def _make_and_lock(folder: Path) -> RunLock | None:
    """A temporary folder of this run with its lock; None if another process runs the same job.

    Raises:
        NoPlainFileError: the path exists and is not a folder.
        OSError: it cannot be created.
    """
    for attempt in range(_MOST_TRIES):
        was_there = os.path.lexists(folder)
        folder.mkdir(exist_ok=True)
        if not is_own_folder(folder):
            raise NoPlainFileError(folder, "a link or a folder of another user,")
        try:
            return RunLock.take(folder / LOCK)
        except FileNotFoundError:  # another run removed it as a leftover while cleaning up
            if attempt + 1 == _MOST_TRIES:
                raise
        except OSError:
            if not was_there:
                remove_folder(folder)
            raise
    raise AssertionError


def _sidecars(main: Path) -> list[str]:
    """Names of the sidecar files of an output."""
    ending = main.suffix.lower()
    style = [main.with_suffix(_STYLE_ENDING).name] if ending in (*_RASTER_ENDINGS, _DATABASE_ENDING) else []
    return [*(f"{main.name}{end}" for end in _SIDECAR_ENDINGS), *style]


def _companions(main: Path) -> list[str]:
    """Names of the files that SQLite may have left next to an old output."""
    endings = (*_UNFINISHED_ENDINGS, _MEMORY_ENDING) if main.suffix.lower() == _DATABASE_ENDING else ()
    return [f"{main.name}{end}" for end in endings]


def _require_movable(final: Path, temporary: Path) -> None:
    if not temporary.is_file() or temporary.stat().st_size == 0:
        raise cannot(final, "an output that was not written", "a complete file")
    for companion in (f"{temporary}{end}" for end in _UNFINISHED_ENDINGS):
        if os.path.isfile(companion) and os.path.getsize(companion):
            raise cannot(final, f"a database that was not closed ({Path(companion).name})", "a complete file")
    require_plain_place(final)
    if not os.access(final.parent, os.W_OK):
        raise cannot(final, f"a location that cannot be written to: {final}", "a writable folder")


def _put_back(folder: Path) -> bool:
    """Undo an unfinished move; whether files that could not be restored remain in the folder."""
    try:
        put_back(folder)
    except OSError:
        return (folder / JOURNAL).exists()
    return False


def _real(path: str | os.PathLike[str]) -> str:
    return os.path.normcase(os.path.realpath(path))


def _existing_parent(path: Path) -> Path:
    return next((parent for parent in path.parents if os.path.isdir(parent)), path)
