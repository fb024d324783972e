"""Imports in slices: a window has a hundred modules, and QGIS would stand still while all of them are imported."""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Optional

from qgis.PyQt.QtCore import QObject, QTimer

SLICE_S = 0.02  # after which QGIS repaints and handles input
_ROOT = Path(__file__).resolve().parents[2]
_PACKAGE = __name__.rsplit(".", 3)[0]  # whatever the plugin's folder is called


class SlicedImport(QObject):
    """Imports the modules of some folders, then calls functions; at once if all of them are imported already."""

    def __init__(self, folders: Sequence[str], parent: Optional[QObject] = None) -> None:
        """Prepare; of ``folders``, paths in the plugin's, those come first that others import from."""
        super().__init__(parent)
        self._folders = folders
        self._names: list[str] = []
        self._waiting: list[Callable[[], None]] = []
        self._turn = QTimer(self)
        self._turn.setInterval(0)
        self._turn.timeout.connect(self._go_on)

    def start(self, then: Callable[[], None]) -> None:
        """Start, unless it is under way; a function that is waiting already is called once."""
        if then not in self._waiting:
            self._waiting.append(then)
        if self._turn.isActive():
            return
        names = (name for folder in self._folders for name in _modules_in(folder))
        self._names = [name for name in names if name not in sys.modules]
        if self._names:
            self._turn.start()
        else:
            self._end()

    def stop(self) -> None:
        """Stop; no function is called."""
        self._turn.stop()
        self._waiting.clear()

    def _go_on(self) -> None:
        deadline = time.monotonic() + SLICE_S
        while self._names:
            try:
                importlib.import_module(self._names.pop(0))
            except Exception:  # noqa: BLE001  (the functions need the module, and say why there is none)
                self._names.clear()
            if time.monotonic() >= deadline:
                break
        if not self._names:
            self._end()

    def _end(self) -> None:
        waiting = tuple(self._waiting)
        self.stop()
        for then in waiting:
            then()


def _modules_in(folder: str) -> list[str]:
    """The names of all modules in a folder, the deepest first."""
    files = sorted((_ROOT / folder).rglob("*.py"), key=lambda path: (-len(path.parts), path))
    return [".".join((_PACKAGE, *_parts(path.relative_to(_ROOT)))) for path in files]


def _parts(path: Path) -> tuple[str, ...]:
    return path.parent.parts if path.stem == "__init__" else path.with_suffix("").parts
