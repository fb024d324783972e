"""Metrics of how easily the code is navigated and changed: folders, modules, functions, files touched by a change.

    python tools/house.py                    # the working tree
    python tools/house.py --at REV --at main # revisions side by side, as a Markdown table

A change is represented by an existing example of its kind: adding another one touches the files whose code names it
(``__init__`` and the example's own files excluded). Counts cover Python files in engine/ and plugin/.
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import subprocess
import sys
import tarfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("engine", "plugin")
LARGEST_FOLDERS = 5
MOST_LINES, MOST_FUNCTION_LINES, MOST_FILES = 300, 40, 12

Sources = dict[str, str]


@dataclass(frozen=True)
class Change:
    """A kind of change, and the files that name its example: those that match ``names`` and are not its ``own``."""

    title: str
    names: str
    own: str = "^$"
    within: str = ""

    def files(self, sources: Sources) -> list[str]:
        """The files that another one of its kind would touch, except its own."""
        return [
            path
            for path, text in sources.items()
            if path.startswith(self.within)
            and not path.endswith("__init__.py")
            and not re.search(self.own, path)
            and re.search(self.names, code_of(text))
        ]


STOPS = Change("stops of a parameter from dialog to optimizer (learning rate)", r"\b(learning_rate|LEARNING_RATE)\b")
CHANGES = (
    Change("an encoder (as L-TAE)", r"\b(ltae|LTAE)\b", own=r"/ltae\.py$"),
    Change(
        "a loss with its parameter (as the contrastive one)",
        r"[Cc]ontrast|CONTRAST",
        own=r"losses/(contrastive|label_contrast)\.py$",
    ),
    Change("a predictor (as the forest)", r"\b\w*([Ff]orest|FOREST)", own=r"forest|/trees/"),
    Change("a map output (as confidence)", r"\b(output_confidence|OUTPUT_CONFIDENCE|block\.confidence)\b"),
    Change("a task (as regression)", r"\bTask\.REGRESSION\b"),
    Change("a dialog with live curves (what reads epochs)", r"\bEpoch\b", within="plugin/"),
    Change(
        "series with spatial context (what asks for the kind of a sensor)",
        r"\bndim == 4\b|\bSensorKind\.|\.has_(dates|space)\b|dim\(\) == [34]\b",
    ),
)

# Modules that distinguish tasks: each has one table with an entry per task, so that a new task is one line in each.
TASK_HOMES = (
    "engine/contract/job/task.py",
    "engine/learning/tasks/rules.py",
    "engine/model/task_output.py",
    "engine/model/losses/criteria.py",
    "engine/mapping/options.py",
    "engine/report/content/task_words.py",
    "engine/samples/labels/label_space.py",
    "engine/samples/split/stratification.py",
    "plugin/model_card.py",
    "plugin/styles/raster_styling.py",
)
_TASKS = r"\bTask\.(AUTO|CLASSIFICATION|MULTILABEL|REGRESSION)\b"
_TRAITS = r"task\.(one_class|has_probabilities|in_percent)\b"


@cache
def code_of(text: str) -> str:
    """The code of a module without comments and docstrings."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and ast.get_docstring(
            node
        ):
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)


def sources_at(revision: str | None) -> Sources:
    """The text of every Python file by path; of the working tree if no revision is given."""
    if revision is None:
        files = [file for folder in FOLDERS for file in sorted((ROOT / folder).rglob("*.py"))]
        return {file.relative_to(ROOT).as_posix(): file.read_text(encoding="utf-8") for file in files}
    command = ["git", "-C", str(ROOT), "archive", "--format=tar", revision, *FOLDERS]
    packed = subprocess.run(command, check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        members = [member for member in archive if member.isfile() and member.name.endswith(".py")]
        return {member.name: _text_of(archive, member) for member in members}


def _text_of(archive: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    file = archive.extractfile(member)
    return "" if file is None else file.read().decode()


def folder_sizes(sources: Sources) -> list[tuple[str, int]]:
    """The number of modules per folder, ``__init__`` excluded, in descending order."""
    count = Counter(str(PurePosixPath(path).parent) for path in sources if not path.endswith("__init__.py"))
    return sorted(count.items(), key=lambda each: (-each[1], each[0]))


def task_branches(sources: Sources) -> dict[str, int]:
    """The number of lines that name a task, by file, outside the tasks' own modules."""
    return _matching(sources, _TASKS)


def trait_questions(sources: Sources) -> dict[str, int]:
    """The number of lines that use a task's traits without naming it, by file, outside the tasks' own modules."""
    return _matching(sources, _TRAITS)


def _matching(sources: Sources, pattern: str) -> dict[str, int]:
    outside = {path: code_of(text).splitlines() for path, text in sources.items() if path not in TASK_HOMES}
    counted = {path: sum(bool(re.search(pattern, line)) for line in lines) for path, lines in outside.items()}
    return {path: count for path, count in counted.items() if count}


def function_lines(sources: Sources) -> list[int]:
    """The lengths of all functions, from ``def`` to the last line."""
    return [
        (node.end_lineno or node.lineno) - node.lineno + 1
        for text in sources.values()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]


def measured(sources: Sources) -> dict[str, str]:
    """All metrics by name."""
    sizes, lengths = folder_sizes(sources), function_lines(sources)
    doors = [text for path, text in sources.items() if path.endswith("__init__.py") and "__all__" in text]
    found = {
        "modules": str(sum(size for _, size in sizes)),
        "folders": str(len(sizes)),
        "fullest folders": ", ".join(f"{folder} {size}" for folder, size in sizes[:LARGEST_FOLDERS]),
        f"folders of more than {MOST_FILES} files": str(sum(size > MOST_FILES for _, size in sizes)),
        f"modules of more than {MOST_LINES} lines": str(
            sum(text.count("\n") > MOST_LINES for text in sources.values())
        ),
        "lines of a function, median": f"{median(lengths):g}" if lengths else "0",
        f"functions of more than {MOST_FUNCTION_LINES} lines": str(sum(each > MOST_FUNCTION_LINES for each in lengths)),
        "folders with a door": str(len(doors)),
        "lines that branch on a task outside its homes": _lines_in_files(task_branches(sources)),
        "lines that ask a trait of a task": _lines_in_files(trait_questions(sources)),
        STOPS.title: str(len(STOPS.files(sources))),
    }
    return found | {f"files to touch for {change.title}": _touched(change, sources) for change in CHANGES}


def _lines_in_files(counted: dict[str, int]) -> str:
    return f"{sum(counted.values())} in {len(counted)} files"


def _touched(change: Change, sources: Sources) -> str:
    files = change.files(sources)
    inside = sum(path.startswith("engine/") for path in files)
    return f"{len(files)} ({inside} in engine/)" if files else "0"


def table(columns: Sequence[tuple[str, dict[str, str]]]) -> Iterable[str]:
    """The metrics of several revisions as a Markdown table."""
    yield "| | " + " | ".join(name for name, _ in columns) + " |"
    yield "|---" * (len(columns) + 1) + "|"
    for title in columns[0][1]:
        yield f"| {title} | " + " | ".join(figures[title] for _, figures in columns) + " |"


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--at", action="append", metavar="REV", help="a revision; several for several columns")
    parser.add_argument("--files", action="store_true", help="name the files that each change touches")
    options = parser.parse_args()
    columns = [(name or "now", sources_at(name)) for name in options.at or [None]]
    sys.stdout.write("".join(f"{line}\n" for line in table([(name, measured(found)) for name, found in columns])))
    if options.files:
        for change in (STOPS, *CHANGES):
            sys.stdout.write(f"\n{change.title}\n")
            sys.stdout.write("".join(f"    {name}: {', '.join(change.files(found))}\n" for name, found in columns))
    return 0


if __name__ == "__main__":
    sys.exit(main())
