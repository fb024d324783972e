"""The one door to another Python: files and variables of others run in no child."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from colearn.engine.contract.job.job import PredictJob
from colearn.engine.contract.job.sources import RasterSource
from colearn.plugin.process import child, environment, installation
from colearn.plugin.process.installation import Step
from colearn.plugin.process.launcher import run_engine
from colearn.plugin.setup.step_runner import StepRunner

from ..waiting import work_until


class Nobody:
    """Waits for an engine and takes no part in it."""

    def is_cancelled(self):
        return False

    def on_event(self, event):
        """Of no interest here."""

    def on_noise(self, line):
        """Of no interest here."""


ROOT = Path(__file__).resolve().parents[3]
NAMES = [
    "json",
    "numpy",
    "torch",
    "runpy",
    "argparse",
    "sitecustomize",
    "usercustomize",
    "venv",
    "pip",
    "osgeo",
    "engine",
]
MARK = "import os, sys; open({!r}, 'a').write(__name__ + ' ' + str(os.getpid()) + ' '.join(sys.argv) + chr(10))\n"


@pytest.fixture
def marks(tmp_path, monkeypatch):
    """Stand in an untrusted folder, which PYTHONPATH names, too; returns which of its modules were imported."""
    folder, mark = tmp_path / "downloaded project", tmp_path / "mark"
    folder.mkdir()
    for name in NAMES:
        (folder / f"{name}.py").write_text(MARK.format(str(mark)), encoding="utf-8")
    (folder / "startup.py").write_text(MARK.format(str(mark)), encoding="utf-8")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.setenv("PYTHONSTARTUP", str(folder / "startup.py"))
    environment.forget_probes()
    yield lambda: mark.read_text(encoding="utf-8").splitlines() if mark.exists() else []
    environment.forget_probes()


def test_the_trap_works(marks):
    subprocess.run([sys.executable, "-c", "import json"], check=False)
    assert any(line.startswith("json ") for line in marks())


def test_asking_what_a_python_has_imports_nothing_from_here(marks):
    health = environment.probe(Path(sys.executable))
    assert health.version == sys.version_info[:3]
    assert marks() == []


def test_asking_for_a_base_python_imports_nothing_from_here(marks):
    base = installation._ask(Path(sys.executable))
    assert base is not None and base.version == sys.version_info[:2]
    assert marks() == []


def test_an_interpreter_named_relative_to_here_is_still_found(marks):
    named = os.path.relpath(sys.executable)
    assert environment.probe(Path(named)).version == sys.version_info[:3]
    assert marks() == []


def test_the_engine_imports_nothing_from_here(marks, tmp_path):
    command = child.python_command(sys.executable, str(child.ENGINE))
    job = PredictJob(model=str(tmp_path / "none.colearn"), input=(RasterSource("a"),), output=str(tmp_path / "o.tif"))
    with pytest.raises(Exception, match=re.escape("none.colearn")):  # it started and read the job
        run_engine(command, job, child.ROOT, Nobody())
    assert marks() == []


def test_the_installation_imports_nothing_from_here(marks, tmp_path, qtbot_wait):
    base = installation.BasePython(Path(sys.executable), sys.version_info[:2], "1.0")
    make, *_, install = installation.installation_steps(base, tmp_path / "engine")
    ask_pip = Step("Checking the package index", (*install.command[: install.command.index("install")], "--version"))
    lines = qtbot_wait(StepRunner([make, ask_pip], installation.installation_environment()))
    assert any(re.match(r"pip \d", line) for line in lines), lines
    assert marks() == []


@pytest.fixture
def qtbot_wait(provider):
    """Run steps to their end; returns their output."""

    def wait(runner):
        lines, ended = [], []
        runner.line.connect(lines.append)
        runner.finished.connect(lambda succeeded, message: ended.append((succeeded, message)))
        runner.start()
        work_until(lambda: ended, 120)
        assert ended[0][0], (ended, lines)
        return lines

    return wait


STARTING = re.compile(r"subprocess\.(run|Popen|call|check_\w+)|os\.(system|popen|spawn\w*|exec\w*)|QProcess")


def test_a_child_is_started_nowhere_else():
    """No module of the plugin but the door (and the window that runs its commands) starts a process.

    Calls count, texts do not: what a child is given to run starts its own in a process that is isolated already.
    """
    found = set()
    for path in (ROOT / "plugin").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        called = [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]
        if any(STARTING.fullmatch(name) for name in called):
            found.add(path.name)
    assert found == {"child.py", "step_runner.py"}


def test_the_drivers_tool_is_never_taken_from_the_working_folder(tmp_path, monkeypatch):
    """A project that comes with an nvidia-smi beside it, on a PATH that looks here first."""
    (tmp_path / "nvidia-smi").write_text("#!/bin/sh\n", encoding="utf-8")
    (tmp_path / "nvidia-smi").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path}:.")
    found = child.nvidia_smi()
    assert found is None or found.startswith("/usr/")
