"""The folders of engine and plugin: number of modules, imports between folders, and import cycles.

    python tools/rooms.py

Imports are read from the sources, including those inside functions; in the plugin without those for type checkers.
There, a folder with subfolders contains both what these share and what combines them (messages and the plugin itself,
the dock's session and the dock), so that each of its modules counts separately. No folder of the repository has more
than twelve modules besides its ``__init__``, and no module more than 300 lines, except those listed here with reasons.
"""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MOST_MODULES = 12
MOST_LINES = 300
PARTS = ("engine", "plugin", "benchmarks", "tools", "tests")
FULL_ROOMS = {
    "benchmarks/method": "one program and what it is made of; nothing else imports from it",
    "benchmarks/speed": "one benchmark a module, started by name from run.py",
    "tests": "what tests of all rooms share: pytest finds helpers in one folder",
    "tests/engine": "tests of whole journeys, which cross all rooms",
    "tests/security": "one hole a module; they share their sandbox",
    "tools": "one program a module, started by its name from the Makefile",
}


def modules(root: Path = ROOT, part: str = "engine") -> dict[str, Path]:
    """All modules of the engine, or of the plugin, by dotted name."""
    files = sorted((root / part).rglob("*.py"))
    return {".".join(file.relative_to(root).with_suffix("").parts): file for file in files}


def room_of(module: str) -> str:
    """The folder of a module, dotted."""
    return module.rpartition(".")[0]


def imports(root: Path = ROOT, part: str = "engine") -> Iterator[tuple[str, str]]:
    """Pairs of modules of which the first imports the second."""
    known = modules(root, part)
    for name, file in known.items():
        package = name.split(".")[:-1]
        tree = ast.parse(file.read_text(encoding="utf-8"))
        unloaded = set() if part == "engine" else _for_type_checkers(tree)
        for node in ast.walk(tree):
            if not isinstance(node, ast.ImportFrom) or not node.level or node in unloaded:
                continue
            base = ".".join([*package[: len(package) - node.level + 1], *(node.module or "").split(".")]).rstrip(".")
            for alias in node.names:
                targets = (base, f"{base}.{alias.name}", f"{base}.__init__")
                target = next((each for each in targets if each in known), None)
                if target:
                    yield name, target


def _for_type_checkers(tree: ast.Module) -> set[ast.AST]:
    guards = [node for node in ast.walk(tree) if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)]
    return {inner for guard in guards for statement in guard.body for inner in ast.walk(statement)}


def room_imports(root: Path = ROOT, part: str = "engine") -> dict[str, set[str]]:
    """The folders that each folder imports, except itself."""
    rooms = {room_of(name) for name in modules(root, part)}
    shared = (
        {room for room in rooms if any(other.startswith(f"{room}.") for other in rooms)} if part != "engine" else set()
    )

    def place(module: str) -> str:
        return module if room_of(module) in shared else room_of(module)

    found: dict[str, set[str]] = {place(name): set() for name in modules(root, part)}
    for one, other in imports(root, part):
        if place(one) != place(other):
            found[place(one)].add(place(other))
    return found


def circle(graph: dict[str, set[str]]) -> list[str]:
    """Folders that import each other in a cycle, the first one repeated at the end; empty if there is none."""
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


def sizes_of_rooms(root: Path = ROOT) -> dict[str, int]:
    """The number of modules in each folder of the repository, ``__init__`` excluded, by path."""
    files = [file for part in PARTS for file in (root / part).rglob("*.py") if file.name != "__init__.py"]
    return dict(Counter(file.parent.relative_to(root).as_posix() for file in files))


def long_modules(root: Path = ROOT) -> dict[str, int]:
    """Modules with more than 300 lines and their lengths, by path; ``__init__`` excluded."""
    files = [file for part in PARTS for file in (root / part).rglob("*.py") if file.name != "__init__.py"]
    lines = {file.relative_to(root).as_posix(): len(file.read_text(encoding="utf-8").splitlines()) for file in files}
    return {path: count for path, count in sorted(lines.items()) if count > MOST_LINES}


def main() -> int:
    """Print the folders; returns 1 if there is a cycle."""
    graph, plugin = room_imports(), room_imports(part="plugin")
    sizes = Counter(room_of(name) for name in modules() if not name.endswith("__init__"))
    for room, size in sorted(sizes.items()):
        sys.stdout.write(f"{size:4d}  {room:28s} -> {', '.join(sorted(graph[room])) or '-'}\n")
    for place, others in sorted(plugin.items()):
        sys.stdout.write(f"      {place:28s} -> {', '.join(sorted(others)) or '-'}\n")
    found = circle(graph) or circle(plugin)
    sys.stdout.write(f"{sum(sizes.values())} modules in {len(sizes)} rooms; {' -> '.join(found) or 'no circle'}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
