"""Names of Qt's and QGIS's classes as required by Qt 6: they exist, and enumeration members are qualified.

    python tools/compat/names.py FOLDER…

Checks what this Python can import: Qt's names with PyQt6, QGIS's names with QGIS. Standard library only, because it
runs in environments without anything else. Methods of objects are not checked, because their classes are unknown here.
"""

from __future__ import annotations

import ast
import enum
import importlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

_FROM_QT = "qgis.PyQt."
_FROM_QGIS = ("qgis.core", "qgis.gui", "qgis.analysis")
# Classes that QGIS exports from where Qt 5 had them.
_MOVED = {("QtWidgets", "QAction"), ("QtWidgets", "QActionGroup"), ("QtWidgets", "QShortcut")}


@dataclass(frozen=True)
class Use:
    """A class name with the attributes after it, as written in a file."""

    place: str
    module: str
    parts: tuple[str, ...]


def uses_in(path: Path) -> Iterator[Use]:
    """All uses of Qt's and QGIS's classes in a file: imports, and names with attributes."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported: dict[str, tuple[str, str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith((_FROM_QT, *_FROM_QGIS)):
            for alias in node.names:
                imported[alias.asname or alias.name] = (str(node.module), alias.name)
                yield Use(f"{path}:{node.lineno}", str(node.module), (alias.name,))
    inner = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and id(node) not in inner:
            parts, root = _parts(node)
            if root in imported:
                module, name = imported[root]
                yield Use(f"{path}:{node.lineno}", module, (name, *parts))


def _parts(node: ast.expr) -> tuple[tuple[str, ...], str]:
    if isinstance(node, ast.Attribute):
        parts, root = _parts(node.value)
        return (*parts, node.attr), root
    return (), node.id if isinstance(node, ast.Name) else ""


def fault_of(use: Use, module: ModuleType) -> str:
    """The problem with a name; empty if there is none."""
    found: Any = module
    for at, part in enumerate(use.parts):
        if at and not isinstance(found, type):
            return ""  # a method's result, or a member's
        owner, found = found, getattr(found, part, None)
        if found is None and not hasattr(owner, part):
            return f"{use.place}: {'.'.join(use.parts[: at + 1])} is not in {use.module}"
        if at and _is_member(found) and owner is not type(found):
            return f"{use.place}: {'.'.join(use.parts[: at + 1])} needs {type(found).__name__} before its last name"
    return ""


def _is_member(found: object) -> bool:
    """Whether this is an enumeration member; those of QGIS 3 are integers of a class of their own."""
    return isinstance(found, (enum.Enum, int)) and type(found) not in (int, bool)


def module_of(use: Use) -> ModuleType | None:
    """The module of a name, if this Python has it."""
    name = use.module
    if name.startswith(_FROM_QT):
        name = "PyQt6." + name[len(_FROM_QT) :]
        if (name.rpartition(".")[2], use.parts[0]) in _MOVED:
            name = "PyQt6.QtGui"
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        return None


def main(folders: list[str]) -> int:
    """Check all files; prints each fault and the number of names checked."""
    files = sorted(path for folder in folders for path in Path(folder).rglob("*.py"))
    checked = [(use, module) for path in files for use in uses_in(path) if (module := module_of(use)) is not None]
    faults = [fault for use, module in checked if (fault := fault_of(use, module))]
    sys.stdout.writelines(f"{line}\n" for line in [*faults, f"{len(checked)} names, {len(faults)} faults"])
    return 1 if faults or not checked else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
