"""The public interfaces of the engine's folders: others import only what an ``__init__`` exports, and nothing else.

    python tools/doors.py          # print imports that bypass an ``__init__``
    python tools/doors.py --write  # correct them, and export the names that are needed

Tests may import from any module; the engine, the plugin, benchmarks and tools may not.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
USERS = ("engine", "plugin", "benchmarks", "tools")
# These need no large library, so they are loaded eagerly.
EAGER = frozenset(
    f"engine.{room}"
    for room in (
        "arrays",
        "contract.manifest",
        "contract.naming",
        "model_file",
        "outputs",
        "process",
        "samples",
    )
)
_LAZY = "lazy"
_CHECKOUT = "colearn."  # the name under which the checkout is imported


@dataclass(frozen=True)
class DeepImport:
    """An import from a module of another folder: its location, the folder and module, the names."""

    file: Path
    node: ast.ImportFrom
    room: str
    module: str

    def __str__(self) -> str:
        names = ", ".join(alias.name for alias in self.node.names)
        return f"{self.file}:{self.node.lineno}: {names} of {self.room}.{self.module}, to come from {self.room}"


def deep_imports(root: Path = ROOT) -> Iterator[DeepImport]:
    """Imports that bypass an ``__init__``."""
    for user in USERS:
        for file in sorted((root / user).rglob("*.py")):
            yield from _deep_imports_of(file, root)


def _deep_imports_of(file: Path, root: Path) -> Iterator[DeepImport]:
    package = list(file.relative_to(root).parent.parts)
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.ImportFrom):
            continue
        target = _target(node, package)
        room, _, module = ".".join(target).rpartition(".")
        is_module = root.joinpath(*target).with_suffix(".py").is_file() if target else False
        inside = room == ".".join(package) or room == "engine"
        if is_module and target[0] == "engine" and not inside and module != _LAZY:
            yield DeepImport(file.relative_to(root), node, room, module)


def _target(node: ast.ImportFrom, package: list[str]) -> list[str]:
    """The imported module, relative to the checkout; empty if it is not ours."""
    named = node.module.split(".") if node.module else []
    if node.level:
        return [*package[: len(package) - node.level + 1], *named]
    module = (node.module or "").removeprefix(_CHECKOUT)
    return module.split(".") if module.startswith("engine.") or module != (node.module or "") else []


def doors(root: Path = ROOT) -> dict[str, dict[str, str]]:
    """The exports of each folder of the engine: the module of each name, by folder."""
    return {
        ".".join(file.relative_to(root).parent.parts): _exports(file)
        for file in sorted((root / "engine").rglob("__init__.py"))
    }


def _exports(file: Path) -> dict[str, str]:
    nodes = [node for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, ast.ImportFrom)]
    return {alias.name: node.module for node in nodes if node.level == 1 and node.module for alias in node.names}


def unused(root: Path = ROOT) -> dict[str, set[str]]:
    """Exported names that no other folder imports (tests do not count), by folder."""
    found = {
        room: {name for name in names if not _is_used_inside(root, room, name)} for room, names in doors(root).items()
    }
    for user in USERS:
        for file in sorted((root / user).rglob("*.py")):
            package = list(file.relative_to(root).parent.parts)
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom):
                    room = ".".join(_target(node, package))
                    if room in found:
                        found[room] -= {alias.name for alias in node.names}
    return {room: names for room, names in found.items() if names}


def _is_used_inside(root: Path, room: str, name: str) -> bool:
    """Whether the ``__init__`` itself uses a name."""
    tree = ast.parse(root.joinpath(*room.split("."), "__init__.py").read_text(encoding="utf-8"))
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(tree))


def write(root: Path = ROOT) -> int:
    """Correct all deep imports; returns their number."""
    found = list(deep_imports(root))
    wanted: defaultdict[str, dict[str, str]] = defaultdict(dict, doors(root))
    for each in found:
        for alias in each.node.names:
            wanted[each.room].setdefault(alias.name, _home(root, each.room, each.module, alias.name))
    for room in {each.room for each in found}:
        _write_door(root, room, wanted[room])
    by_file: defaultdict[Path, list[DeepImport]] = defaultdict(list)
    for each in found:
        by_file[each.file].append(each)
    for file, imports in by_file.items():
        _rewrite(root / file, root, imports)
    return len(found)


def _home(root: Path, room: str, module: str, name: str) -> str:
    """The module of a folder that defines a name, if ``module`` only imports it from there."""
    file = root.joinpath(*room.split("."), f"{module}.py")
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        beside = isinstance(node, ast.ImportFrom) and node.level == 1 and node.module
        if beside and "." not in beside and name in {alias.name for alias in node.names}:
            return beside
    return module


def _write_door(root: Path, room: str, exports: dict[str, str]) -> None:
    file = root.joinpath(*room.split("."), "__init__.py")
    text = file.read_text(encoding="utf-8")
    tree = ast.parse(text)
    doc = ast.get_docstring(tree, clean=False) or room
    kept = [
        ast.get_source_segment(text, node)
        for node in tree.body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") not in ("__all__", "__getattr__")
    ]
    names = sorted([*exports, *re.findall(r"^(\w+) =", "\n".join(filter(None, kept)), re.M)])
    modules: defaultdict[str, list[str]] = defaultdict(list)
    for name, module in exports.items():
        modules[module].append(name)
    imports = [f"from .{module} import {', '.join(sorted(of))}" for module, of in sorted(modules.items())]
    every = f"__all__ = [{', '.join(map(repr, names))}]"
    if room in EAGER:
        parts = ["\n".join(imports), *filter(None, kept), every]
    else:
        dots = "." * len(room.split("."))
        block = "\n    ".join(imports)
        head = f"from typing import TYPE_CHECKING\n\nfrom {dots}contract.{_LAZY} import lazy_door"
        parts = [head, f"if TYPE_CHECKING:\n    {block}\nelse:\n    __getattr__ = lazy_door(__name__, __file__)", every]
    body = "\n\n".join(parts)
    file.write_text(f'"""{doc}"""\n\nfrom __future__ import annotations\n\n{body}\n', encoding="utf-8")


def _rewrite(file: Path, root: Path, imports: list[DeepImport]) -> None:
    lines = file.read_text(encoding="utf-8").split("\n")
    package = list(file.relative_to(root).parent.parts)
    for each in sorted(imports, key=lambda found: -found.node.lineno):
        node = each.node
        names = ", ".join(alias.name + (f" as {alias.asname}" if alias.asname else "") for alias in node.names)
        old = lines[node.lineno - 1 : (node.end_lineno or node.lineno)]
        comment = next((found.group(0) for line in old if (found := re.search(r"  #.*$", line))), "")
        line = f"{' ' * node.col_offset}from {_origin(each, package)} import {names}{comment}"
        lines[node.lineno - 1 : node.end_lineno] = [line]
    file.write_text("\n".join(lines), encoding="utf-8")


def _origin(each: DeepImport, package: list[str]) -> str:
    target = each.room.split(".")
    if not each.node.level:
        return (_CHECKOUT if (each.node.module or "").startswith(_CHECKOUT) else "") + each.room
    common = 0
    while common < min(len(package), len(target)) and package[common] == target[common]:
        common += 1
    return "." * (len(package) - common + 1) + ".".join(target[common:])


def main() -> int:
    """Print or correct imports that bypass an ``__init__``; returns 1 if there are any."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--write", action="store_true", help="mend them")
    if parser.parse_args().write:
        sys.stdout.write(f"{write()} imports go through doors now; run ruff check --fix and ruff format\n")
        return 0
    found = list(deep_imports())
    sys.stdout.write("".join(f"{each}\n" for each in found))
    for room, names in unused().items():
        sys.stdout.write(f"{room} exports what nobody imports: {', '.join(sorted(names))}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
