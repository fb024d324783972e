"""The rooms of the engine: how many modules each folder holds, which folders import which, and any circle among them.

    python tools/rooms.py

Imports are read from the sources, those inside functions too.
"""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def modules(root: Path = ROOT) -> dict[str, Path]:
    """Every module of the engine by its dotted name."""
    files = sorted((root / "engine").rglob("*.py"))
    return {".".join(file.relative_to(root).with_suffix("").parts): file for file in files}


def room_of(module: str) -> str:
    """The folder that a module stands in, dotted."""
    return module.rpartition(".")[0]


def imports(root: Path = ROOT) -> Iterator[tuple[str, str]]:
    """Pairs of modules: one imports the other."""
    known = modules(root)
    for name, file in known.items():
        package = name.split(".")[:-1]
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.ImportFrom) or not node.level:
                continue
            base = ".".join([*package[: len(package) - node.level + 1], *(node.module or "").split(".")]).rstrip(".")
            for alias in node.names:
                targets = (base, f"{base}.{alias.name}", f"{base}.__init__")
                target = next((each for each in targets if each in known), None)
                if target:
                    yield name, target


def room_imports(root: Path = ROOT) -> dict[str, set[str]]:
    """Which rooms each room imports, itself left out."""
    found: dict[str, set[str]] = {room_of(name): set() for name in modules(root)}
    for one, other in imports(root):
        if room_of(one) != room_of(other):
            found[room_of(one)].add(room_of(other))
    return found


def circle(graph: dict[str, set[str]]) -> list[str]:
    """Rooms that import one another in a circle, the first of them again at the end; empty where there is none."""
    done: set[str] = set()

    def walk(room: str, path: list[str]) -> list[str]:
        if room in path:
            return [*path[path.index(room) :], room]
        if room in done:
            return []
        for other in sorted(graph.get(room, ())):
            found = walk(other, [*path, room])
            if found:
                return found
        done.add(room)
        return []

    return next((found for room in sorted(graph) if (found := walk(room, []))), [])


def main() -> int:
    """Print the rooms; returns 1 where there is a circle."""
    graph = room_imports()
    sizes = Counter(room_of(name) for name in modules() if not name.endswith("__init__"))
    for room, size in sorted(sizes.items()):
        sys.stdout.write(f"{size:4d}  {room:28s} -> {', '.join(sorted(graph[room])) or '-'}\n")
    found = circle(graph)
    sys.stdout.write(f"{sum(sizes.values())} modules in {len(sizes)} rooms; {' -> '.join(found) or 'no circle'}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
