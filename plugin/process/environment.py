"""Finds the Python the engine runs in, and proves by running it that it can.

In this order, and the first that is set or there is taken, never silently another:
the variable COLEARN_ENGINE_PYTHON, the setting made in the dialog, ``.venv`` in the plugin's own folder (``make
setup``), the private environment in the QGIS profile (made by the dialog, see installation.py).
"""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Optional

from qgis.core import QgsApplication, QgsSettings

from ...engine.contract import OLDEST_PYTHON, EngineError, ErrorCode
from ..messages import tr
from .child import ENGINE, ROOT, answer_of, python_command

VARIABLE = "COLEARN_ENGINE_PYTHON"
SETTING = "colearn/engine_python"
READY_MARK = "colearn-ready"  # written last: an environment without it was never finished
NEWEST_PYTHON = (3, 14)  # that PyTorch 2.13 and ONNX Runtime 1.32 are built for
PROBE_TIMEOUT_S = 120

# Modules by what needs them. The first are imported by the probe, because they break in ways only importing shows
# (numpy against GDAL, DLLs of ONNX Runtime); the others are only looked for, because importing them takes seconds.
IMPORTED_MODULES = ("numpy", "osgeo.gdal", "osgeo.gdal_array", "onnxruntime")
PREDICT_MODULES = IMPORTED_MODULES
EVALUATE_MODULES = (*PREDICT_MODULES, "matplotlib", "jinja2", "sklearn")
EXPORT_MODULES = (*IMPORTED_MODULES, "onnx")
TRAIN_MODULES = (*EVALUATE_MODULES, "torch", "onnx")

_probing = threading.Lock()
_PROBE = """
import importlib, importlib.util, json, sys
problems = {}
for name in sys.argv[1].split(","):
    try:
        importlib.import_module(name)
    except Exception as error:
        problems[name] = str(error) or type(error).__name__
for name in sys.argv[2].split(","):
    if importlib.util.find_spec(name) is None:
        problems[name] = "not installed"
print(json.dumps({"version": list(sys.version_info[:3]), "problems": problems}))
"""


class Origin(Enum):
    """Where the engine's Python was named."""

    VARIABLE = "variable"
    SETTING = "setting"
    CHECKOUT = "checkout"
    PRIVATE = "private"


@dataclass(frozen=True)
class EnginePython:
    """The Python interpreter of the engine."""

    path: Path
    origin: Origin


@dataclass(frozen=True)
class Health:
    """What running an interpreter showed: its version, and the modules that do not work, with the reason."""

    version: tuple[int, ...]
    problems: dict[str, str]

    def problems_of(self, modules: Iterable[str]) -> dict[str, str]:
        """The problems that concern these modules."""
        return {name: self.problems[name] for name in modules if name in self.problems}


on_missing: list[Callable[[], None]] = []  # called when somebody opens an algorithm that lacks its engine


def engine_command(modules: Iterable[str] = TRAIN_MODULES) -> list[str]:
    """The command that starts the engine, proven to find ``modules``.

    Raises:
        EngineError: DEPENDENCY_MISSING, saying which Python and what is wrong with it.
    """
    python = find_python()
    require_health(python, modules)
    return python_command(python.path, str(ENGINE))


def find_python() -> EnginePython:
    """The engine's Python, by name only; nothing is run yet.

    Raises:
        EngineError: there is none.
    """
    named = os.environ.get(VARIABLE)
    if named:
        return EnginePython(Path(named), Origin.VARIABLE)
    chosen = str(QgsSettings().value(SETTING, "") or "")
    if chosen:
        return EnginePython(Path(chosen), Origin.SETTING)
    own = interpreter_in(ROOT / ".venv")
    if own.exists():
        return EnginePython(own, Origin.CHECKOUT)
    private = private_folder()
    if (private / READY_MARK).exists():
        return EnginePython(interpreter_in(private), Origin.PRIVATE)
    raise EngineError(
        ErrorCode.DEPENDENCY_MISSING,
        found=tr("no Python environment for the engine"),
        expected=tr("Python {needed} or later, set up by the plugin or specified by {variable}").format(
            needed=needed_python(), variable=VARIABLE
        ),
        remedy=tr("Press “Set up…” in the message bar above the map, or choose Plugins > CoLearn > Set up….")
        + " "
        + _without_a_window(),
    )


def _without_a_window() -> str:
    """What to do in qgis_process; an installed zip has no Makefile."""
    if (ROOT / "Makefile").exists():
        return tr("Without a QGIS window, run `make setup` in {root}.").format(root=ROOT)
    return tr("Without a QGIS window, set {variable} to a Python that has the packages of the engine.").format(
        variable=VARIABLE
    )


def require_health(python: EnginePython, modules: Iterable[str]) -> None:
    """Prove that the interpreter runs, is new enough and finds ``modules``.

    Raises:
        EngineError: it does not, with what is missing.
    """
    health = probe(python.path)
    if health.version < OLDEST_PYTHON:
        raise _unhealthy(
            python, f"Python {_dotted(health.version)}", tr("Python {needed} or later").format(needed=needed_python())
        )
    problems = health.problems_of(modules)
    if problems:
        told = "; ".join(f"{name} ({reason})" for name, reason in problems.items())
        raise _unhealthy(
            python, tr("modules that cannot be imported: {told}").format(told=told), tr("all modules of the engine")
        )


def probe(path: Path) -> Health:
    """Run the interpreter once and see what it finds; remembered until the file or its packages change.

    Raises:
        EngineError: it cannot be run.
    """
    with _probing:  # who asks while it runs gets the same answer, and starts no second one
        return _probe(path, _state_of(path))


def forget_probes() -> None:
    """Run every interpreter anew at the next question."""
    _probe.cache_clear()


def needed_python() -> str:
    """The oldest Python the engine runs on, for a person."""
    return _dotted(OLDEST_PYTHON)


def interpreter_in(environment: Path) -> Path:
    """Where a virtual environment has its interpreter."""
    return environment / "Scripts" / "python.exe" if os.name == "nt" else environment / "bin" / "python"


def private_folder() -> Path:
    """The environment the plugin itself may make, inside the user's QGIS profile."""
    return Path(QgsApplication.qgisSettingsDirPath()) / "colearn" / "engine"


def describe(origin: Origin) -> str:
    """Where the Python was named, for a person."""
    return {
        Origin.VARIABLE: tr("set by the environment variable {variable}").format(variable=VARIABLE),
        Origin.SETTING: tr("chosen in the set-up"),
        Origin.CHECKOUT: tr("found in the plugin's folder (.venv)"),
        Origin.PRIVATE: tr("the plugin's own environment in your QGIS profile"),
    }[origin]


def _state_of(path: Path) -> tuple[int, ...]:
    """Times that change when the interpreter or what is installed in its environment does."""
    places = [
        path,
        *path.parent.parent.glob("lib/python3*/site-packages"),
        path.parent.parent / "Lib" / "site-packages",
    ]
    return tuple(place.stat().st_mtime_ns for place in places if place.exists())


@lru_cache(maxsize=8)
def _probe(path: Path, _state: tuple[int, ...]) -> Health:
    others = [name for name in TRAIN_MODULES if name not in IMPORTED_MODULES]
    command = python_command(path, "-c", _PROBE, ",".join(IMPORTED_MODULES), ",".join(others))
    answer = _output_of(path, command)
    try:
        report = json.loads(answer.stdout.splitlines()[-1])
        return Health(tuple(report["version"]), dict(report["problems"]))
    except (ValueError, IndexError, KeyError, TypeError) as error:
        last_words = (answer.stderr or answer.stdout).strip().splitlines()[-1:]
        found = f"{path}, which ended with exit code {answer.returncode} {' '.join(last_words)}".strip()
        raise _not_python(path, found) from error


def _output_of(path: Path, command: list[str]) -> subprocess.CompletedProcess[str]:
    try:
        return answer_of(command, PROBE_TIMEOUT_S)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _not_python(path, f"{path}, which does not run ({error})") from error


def _not_python(path: Path, found: str) -> EngineError:
    origin = _origin_of(path)
    return EngineError(
        ErrorCode.DEPENDENCY_MISSING,
        subject=describe(origin) if origin else "",
        found=found,
        expected=tr("a Python interpreter with the packages of the engine"),
        remedy=_remedy(origin),
    )


def _unhealthy(python: EnginePython, found: str, expected: str) -> EngineError:
    return EngineError(
        ErrorCode.DEPENDENCY_MISSING,
        subject=f"{python.path}, {describe(python.origin)}",
        found=found,
        expected=expected,
        remedy=_remedy(python.origin),
    )


def _remedy(origin: Optional[Origin]) -> str:
    if origin is Origin.VARIABLE:
        return tr("Correct or unset the variable {variable}, then restart QGIS.").format(variable=VARIABLE)
    if origin is Origin.CHECKOUT:
        return tr("Run `make setup` in {root}.").format(root=ROOT)
    return tr("Choose Plugins > CoLearn > Set up… and install again, or choose another Python there.")


def _origin_of(path: Path) -> Optional[Origin]:
    try:
        python = find_python()
    except EngineError:
        return None
    return python.origin if python.path == path else None


def _dotted(version: Iterable[int]) -> str:
    return ".".join(str(part) for part in version)
