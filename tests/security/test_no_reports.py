"""No telemetry: ONNX Runtime (1.29 and later) would send its maker every session's facts.

The first thing it does for that is to keep a number for the computer in the person's cache.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ENGINE = ROOT / "engine"
USES = re.compile(r"^\s*(import|from) onnxruntime", re.MULTILINE)
USERS = sorted(path for path in ENGINE.rglob("*.py") if USES.search(path.read_text(encoding="utf-8")))


def files_left_by(code, home):
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("ORT_", "XDG_"))}
    places = dict.fromkeys(("HOME", "LOCALAPPDATA", "TMPDIR"), str(home))
    command = [sys.executable, "-c", code]
    subprocess.run(command, cwd=ROOT, env={**environment, **places, "MPLCONFIGDIR": str(home / "mpl")}, check=True)
    return {path.relative_to(home).parts[0] for path in home.rglob("*") if path.is_file()} - {"mpl"}


def test_left_to_itself_it_would_keep_a_number(tmp_path):
    """Else the tests below show nothing."""
    if not files_left_by("import onnxruntime", tmp_path):
        pytest.skip("this ONNX Runtime was built without reports")


@pytest.mark.parametrize("path", USERS, ids=lambda path: path.stem)
def test_no_module_of_the_engine_lets_it(path, tmp_path):
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    assert files_left_by(f"import {module}", tmp_path) == set()


def test_there_are_modules_to_look_at():
    assert {"onnx_session", "quantized"} <= {path.stem for path in USERS}


def test_no_child_of_the_plugin_does(tmp_path):
    from colearn.engine.contract import clean_environment

    environment = clean_environment({"HOME": str(tmp_path), "ORT_DISABLE_TELEMETRY": "0"})
    subprocess.run([sys.executable, "-I", "-c", "import onnxruntime"], env=environment, check=True)
    assert list(tmp_path.rglob("*")) == []
