"""Doors of folders that load a module only when one of its names is asked for.

A folder's ``__init__`` says what others may import. Where torch, GDAL or another large library stands behind some of
it, imports are written for type checkers only, and this is its ``__getattr__``: who takes a name loads one module.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

_IMPORT = re.compile(r"^[ \t]*from \.(\w+) import (?:\(([^)]*)\)|([^(#\n]+))", re.M)  # as ruff's formatter writes it
_NAME = re.compile(r"\w+")


def lazy_door(package: str, file: str) -> Callable[[str], object]:
    """``__getattr__`` of the package whose ``__init__`` is ``file``, by the imports from its own modules there."""
    places: dict[str, str] = {}

    def get(name: str) -> object:
        if not places:
            places.update(names_by_module(Path(file).read_text(encoding="utf-8")))
        if name not in places:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found: object = getattr(import_module(f"{package}.{places[name]}"), name)
        return found

    return get


def names_by_module(source: str) -> dict[str, str]:
    """Where the names come from that a door imports from modules beside it: the module of each name.

    Read as text: to parse the largest door as Python takes longer than to import what is wanted of it.
    """
    found = _IMPORT.findall(source)
    return {name: module for module, listed, line in found for name in _NAME.findall(listed or line)}
