"""What processes that the engine itself starts inherit."""

import os
import subprocess
import sys

import pytest
from colearn.engine.process.children import isolated_children


@pytest.fixture
def mark(tmp_path, monkeypatch):
    """Stand in an untrusted folder with a module that leaves a mark when it is imported."""
    (tmp_path / "json.py").write_text(f"open({str(tmp_path / 'mark')!r}, 'w').close()\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "mark"


def test_a_worker_imports_nothing_from_the_working_folder(mark, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(mark.parent))
    with isolated_children():
        subprocess.run([sys.executable, "-c", "import json"], check=False)
        assert "PYTHONPATH" not in os.environ
    assert not mark.exists()
    subprocess.run([sys.executable, "-c", "import json"], check=False)  # the trap works
    assert mark.exists()


def test_the_environment_is_put_back_also_after_an_error(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "kept")
    monkeypatch.setenv("LD_PRELOAD", "")
    before = dict(os.environ)
    with pytest.raises(KeyError), isolated_children():
        assert os.environ["PYTHONSAFEPATH"] == "1"
        assert os.environ["GDAL_VRT_ENABLE_PYTHON"] == "NO"
        raise KeyError
    assert dict(os.environ) == before
