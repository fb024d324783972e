"""Runs that must be refused: the right error, nothing left behind, and what was there as it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from colearn.engine.contract.wire.errors import CoLearnError, ErrorCode


def everything_in(folder: Path) -> dict[str, bytes | None]:
    """Every file (its bytes) and folder (None) under a folder, hidden ones too."""
    return {str(path): path.read_bytes() if path.is_file() else None for path in sorted(folder.rglob("*"))}


def refused(run: Callable, job, code: ErrorCode, folder: Path) -> CoLearnError:
    """Run a job that must end in ``code`` and must leave ``folder``, where it would write, as it is."""
    before = everything_in(folder)
    with pytest.raises(CoLearnError) as caught:
        run(job)
    assert caught.value.code is code, str(caught.value)
    assert caught.value.found
    assert caught.value.expected
    assert caught.value.remedy.endswith(".")
    assert everything_in(folder) == before
    return caught.value


def says(error: CoLearnError, *words: str) -> None:
    """Every word stands somewhere in what the person reads."""
    sentence = error.sentence()
    missing = [word for word in words if word not in sentence]
    assert not missing, f"{missing} not in: {sentence}"
