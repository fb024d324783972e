"""Lazy package imports: a module is loaded only when one of its names is accessed.

A package's ``__init__`` defines what others may import. If part of it needs torch, GDAL or another large library,
its imports are for type checkers only, and this is its ``__getattr__``: accessing a name loads one module.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

_IMPORT = re.compile(r"^[ \t]*from \.(\w+) import (?:\(([^)]*)\)|([^(#\n]+))", re.M)  # as formatted by ruff
_NAME = re.compile(r"\w+")


def lazy_door(package: str, file: str) -> Callable[[str], object]:
    """``__getattr__`` of the package whose ``__init__`` is ``file``, by its imports from its own modules."""
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
    """The module of each name that a package's ``__init__`` imports from its own modules.

    Parsed as text: parsing the largest one as Python takes longer than the import itself.
    """
    found = _IMPORT.findall(source)
    return {name: module for module, listed, line in found for name in _NAME.findall(listed or line)}
