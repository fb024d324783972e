"""A plugin zip installed and started in a QGIS window with a fresh profile, on a virtual display (Xvfb)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from release.archive import Package

SCRIPT = Path(__file__).with_name("in_window.py")
TIMEOUT_S = 900
WARNING = 1  # Qgis.MessageLevel.Warning
_TAGS = ("Python", "Plugins", "CoLearn")


@dataclass(frozen=True)
class Window:
    """The report of a QGIS window after it installed the zip."""

    qgis: str
    qt: str
    algorithms: tuple[str, ...]
    results: tuple[dict[str, Any], ...]
    layers: tuple[str, ...]
    picture: Path


class WindowError(RuntimeError):
    """The zip cannot be installed or started; the message is QGIS's."""


def install_and_start(
    package: Package, home: Path, steps: Sequence[tuple[str, dict[str, Any]]] = (), engine_python: str = ""
) -> Window:
    """Install the zip into a fresh profile in the folder ``home``, start it there, run algorithms.

    Raises:
        WindowError: anything failed, even if it is only a warning in the log.
    """
    shutil.rmtree(home, ignore_errors=True)
    (home / "runtime").mkdir(parents=True, mode=0o700)
    order = {
        "zip": str(package.path),
        "folder": package.folder,
        "provider": "colearn",
        "steps": list(steps),
        "report": str(home / "report.json"),
        "picture": str(home / "window.png"),
        "picture_after_ms": 3000,
    }
    (home / "order.json").write_text(json.dumps(order), encoding="utf-8")
    done = subprocess.run(
        [*_qgis(), "--profiles-path", str(home / "profile"), "--noversioncheck", "--nologo", "--code", str(SCRIPT)],
        env=_environment(home, engine_python),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=TIMEOUT_S,
        check=False,
    )
    if not (home / "report.json").exists():
        raise WindowError(f"QGIS ended with exit code {done.returncode} and no report\n{done.stderr[-4000:]}")
    return _window(json.loads((home / "report.json").read_text(encoding="utf-8")), home)


def _window(report: dict[str, Any], home: Path) -> Window:
    complaints = [
        f"{each['tag']}: {each['text']}"
        for each in report["logged"]
        if each["tag"].startswith(_TAGS) and each["level"] in (WARNING, WARNING + 1)
    ]
    if "traceback" in report or complaints or not report["installed"]["active"]:
        raise WindowError("\n".join([report.get("traceback", "the plugin is not active"), *complaints]))
    return Window(
        report["qgis"],
        report["qt"],
        tuple(report["algorithms"]),
        tuple(report["results"]),
        tuple(report["layers"]),
        home / "window.png",
    )


def _qgis() -> list[str]:
    return ["xvfb-run", "--auto-servernum", "--server-args=-screen 0 1600x1000x24", "qgis"]


def _environment(home: Path, engine_python: str) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith(("QT_", "QGIS_", "COLEARN_"))}
    if engine_python:
        own["COLEARN_ENGINE_PYTHON"] = engine_python
    return {
        **own,
        # QGIS takes its Python's home from the first python3 on PATH: one of pyenv's or conda's would break it.
        "PATH": os.pathsep.join(["/usr/bin", os.environ.get("PATH", "")]),
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(home / "runtime"),
        "COLEARN_WINDOW_ORDER": str(home / "order.json"),
    }
