"""Every default of a job is declared once, in its job: whoever else needs it says ``TrainJob.max_samples``."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import MISSING, fields
from pathlib import Path

from colearn.engine.contract.job.job import PredictJob, TrainJob

ROOT = Path(__file__).resolve().parents[1]
# Of these a default elsewhere says something else: a session where nobody chose, a seed, class weights once decided
# (never ``auto``), whether confidence is shown (the job's is how it is measured).
OTHERS = {"seed", "device", "precision", "quality", "threads", "run_id", "class_weight", "confidence"}
SETTINGS = {
    field.name for job in (TrainJob, PredictJob) for field in fields(job) if field.default not in (MISSING, None)
} - OTHERS


def repeated(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Fields and arguments called like a setting that have a constant or a choice as their default."""
    for node in ast.walk(tree):
        pairs: list[tuple[str, ast.expr | None]] = []
        if isinstance(node, ast.ClassDef):
            pairs = [
                (each.target.id, each.value)
                for each in node.body
                if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
            ]
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            plain = [*node.args.posonlyargs, *node.args.args]
            pairs = [
                *zip([each.arg for each in plain][len(plain) - len(node.args.defaults) :], node.args.defaults),
                *((each.arg, value) for each, value in zip(node.args.kwonlyargs, node.args.kw_defaults)),
            ]
        for name, value in pairs:
            if name in SETTINGS and isinstance(value, (ast.Constant, ast.Attribute)) and _says_something(value):
                yield name, value.lineno


def _says_something(value: ast.expr) -> bool:
    if isinstance(value, ast.Attribute):
        return not (isinstance(value.value, ast.Name) and value.value.id in ("TrainJob", "PredictJob"))
    return not (isinstance(value, ast.Constant) and value.value in (None, ""))


def test_no_default_of_a_job_is_declared_twice() -> None:
    files = [file for top in ("engine", "plugin") for file in (ROOT / top).rglob("*.py")]
    found = [
        f"{file.relative_to(ROOT)}:{line} {name}"
        for file in files
        if "contract" not in file.parts
        for name, line in repeated(ast.parse(file.read_text(encoding="utf-8")))
    ]
    assert found == []


def test_a_default_written_again_is_found() -> None:
    assert list(repeated(ast.parse("class A:\n    max_samples: int = 6000\n"))) == [("max_samples", 2)]
    assert list(repeated(ast.parse("def f(*, optimize=Optimize.ACCURACY): ..."))) == [("optimize", 1)]
    assert list(repeated(ast.parse("def f(max_samples=TrainJob.max_samples): ..."))) == []
