"""A commit's subject has fewer than 72 characters."""

import subprocess
import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).resolve().parents[2] / "tools" / "commit_subject.py"


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("x" * 71 + "\n\n" + "A body may be longer. " * 9, 0),
        ("x" * 72 + "\n", 1),
        ("# " + "a comment of git " * 9 + "\n\nShort\n", 0),
        ("\n" + "é" * 72, 1),
        ("", 0),  # git itself refuses it
    ],
)
def test_only_the_subject_counts(tmp_path, message, code):
    (tmp_path / "message").write_text(message, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(TOOL), str(tmp_path / "message")], capture_output=True, text=True, check=False
    )
    assert done.returncode == code
    assert ("fewer than 72" in done.stderr) == bool(code)
