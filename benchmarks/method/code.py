"""The state of the code that produced a result, so that a table can say if its cells are from several."""

from __future__ import annotations

import ast
import hashlib
import io
import tokenize
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from .folders import ROOT

FOLDERS = (
    "engine/experiment/forests",
    "engine/learning",
    "engine/model",
    "engine/predictors",
    "engine/samples/split",
    "engine/trees",
)
FILES = (
    "benchmarks/method/cells.py",
    "benchmarks/method/few/labels.py",
    "benchmarks/method/few/trees.py",
    "engine/contract/job/job.py",
    "engine/contract/job/method.py",
    "engine/contract/job/sources.py",
    "engine/experiment/averaging.py",
    "engine/experiment/comparison.py",
    "engine/experiment/graphs/fast_copy.py",
    "engine/experiment/methods.py",
    "engine/samples/sample_set.py",
)


@cache
def code_digest() -> str:
    """Eight hexadecimal digits: a digest of the sources that affect training, splitting and selection.

    Comments, docstrings and layout do not count.
    """
    digest = hashlib.sha256()
    for path in _sources():
        digest.update(path.relative_to(ROOT).as_posix().encode())
        digest.update(statements(path.read_text(encoding="utf-8")).encode())
    return digest.hexdigest()[:8]


def statements(source: str) -> str:
    """What a source does: its text without docstrings, comments and layout; the same by every Python version.

    Of the white space only the depth of each statement counts: in which block it stands.
    """
    lines, left_out = source.splitlines(), _docstrings(source)
    depths, depth, begins = {}, 0, True
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        row, column = token.start
        if token.type == tokenize.COMMENT:
            lines[row - 1] = lines[row - 1][:column]
        elif token.type in (tokenize.INDENT, tokenize.DEDENT):
            depth += 1 if token.type == tokenize.INDENT else -1
        elif begins and token.type not in (tokenize.NL, tokenize.ENDMARKER):
            depths[row], begins = "\n" + " " * depth, False
        elif token.type == tokenize.NEWLINE:
            begins = True
    kept = (number for number in range(1, len(lines) + 1) if number not in left_out)
    return "".join(depths.get(number, "") + "".join(lines[number - 1].split()) for number in kept)


def _docstrings(source: str) -> set[int]:
    """The numbers of the lines that docstrings occupy."""
    found: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node) is not None:
            found.update(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    return found


def states(codes: Iterable[str]) -> str:
    """A clause on the states of the code that the cells are from; empty if all are from the present one."""
    known = set(codes)
    if known <= {code_digest()}:
        return ""
    earlier = "an earlier state" if len(known) == 1 else f"{len(known)} different states"
    return f", by {earlier} of the code"


def _sources() -> list[Path]:
    return sorted([file for folder in FOLDERS for file in (ROOT / folder).rglob("*.py")] + [ROOT / f for f in FILES])
