"""The checks of `make compat`, each a list of commands that must succeed."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
QT6 = ROOT / "build" / "compat" / "qt6"
# QGIS's pyqt5_to_pyqt6 as rules of flake8-qgis, with those on imports and old calls. Enumeration members without the
# enumeration's name, which the linter does not detect, are checked by names.py.
RULES = "QGS101,QGS102,QGS103,QGS104,QGS106,QGS107,QGS108,QGS4"
PLUGIN = ("__init__.py", "plugin")
OLDEST_FOR_QGIS, OLDEST_FOR_ENGINE = "3.9", "3.11"


@dataclass(frozen=True)
class Check:
    """A command, the text that it prints on success, and additions to its environment."""

    shows: str
    command: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)

    def passes(self) -> bool:
        """Run it; its output is shown to the user."""
        sys.stdout.write(f"\n== {self.shows}\n")
        sys.stdout.flush()
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", **self.environment}
        return subprocess.run(self.command, cwd=ROOT, env=environment, check=False).returncode == 0


def sources() -> list[Check]:
    """Checks of the sources: Qt 6, QGIS's names, old Pythons."""
    here = sys.executable
    vermin = (
        str(Path(here).with_name("vermin")),
        "--quiet",
        "--no-tips",
        "--eval-annotations",
        "--violations",
        "--exclude",
        "long",
        "--exclude",
        "file",
    )
    return [
        Check("no name or call that Qt 6 has not", (here, "-m", "flake8", "--isolated", "--select", RULES, *PLUGIN)),
        Check("QGIS's names are there, enumerations spelled out", (here, "tools/compat/names.py", "plugin")),
        Check(
            f"Python {OLDEST_FOR_QGIS} reads what QGIS runs",
            (*vermin, f"-t={OLDEST_FOR_QGIS}-", *PLUGIN, "engine/contract"),
        ),
        Check(f"Python {OLDEST_FOR_ENGINE} reads the engine", (*vermin, f"-t={OLDEST_FOR_ENGINE}-", "engine")),
    ]


def qt6() -> list[Check]:
    """The plugin's windows under PyQt6, in a separate environment, created if missing."""
    python = str(QT6 / "bin" / "python")
    install = (python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", "compat-requirements.txt")
    tests = (python, "-m", "pytest", "-q", "-c", "tests/qt6/pytest.ini", "--confcutdir=tests/qt6", "tests/qt6")
    made = [] if QT6.exists() else [Check("an environment", (sys.executable, "-m", "venv", str(QT6)))]
    return [
        *made,
        Check("PyQt6", install),
        Check("Qt 6 has every name, spelled so", (python, "tools/compat/names.py", "plugin")),
        Check("windows and forms under Qt 6", tests),
    ]


def debian13() -> list[Check]:
    """All tests, the zip, a training and a map in QGIS 3.44, in a root file system that is created if missing."""
    return [Check("Debian 13 with QGIS 3.44", ("bash", "tools/compat/debian13.sh"))]
