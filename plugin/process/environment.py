"""Finds the Python that the engine runs in, and checks by running it that it works.

Candidates, in order; the first that is set or exists is used, never silently another:
the variable COLEARN_ENGINE_PYTHON, the setting made in the dialog, ``.venv`` in the plugin's own folder (``make
setup``), the private environment in the QGIS profile (made by the dialog, see installation.py).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Optional

from qgis.core import QgsApplication, QgsSettings

from ...engine.contract import OLDEST_PYTHON, EngineError, ErrorCode
from ..messages import tr
from .background import Background, words_of
from .child import ENGINE, ROOT, python_command
from .interpreter import Health, NoAnswer, forget_all, health_of, last_seen

VARIABLE = "COLEARN_ENGINE_PYTHON"
SETTING = "colearn/engine_python"
READY_MARK = "colearn-ready"  # written last: an environment without it was never finished
NEWEST_PYTHON = (3, 14)  # newest version that PyTorch 2.13 and ONNX Runtime 1.32 are built for

# Modules by what needs them. The first are imported by the probe, because they fail in ways only an import shows
# (numpy against GDAL, DLLs of ONNX Runtime); the others are only located, because importing them takes seconds.
IMPORTED_MODULES = ("numpy", "osgeo.gdal", "osgeo.gdal_array", "onnxruntime")
PREDICT_MODULES = IMPORTED_MODULES
EVALUATE_MODULES = (*PREDICT_MODULES, "matplotlib", "jinja2", "sklearn")
EXPORT_MODULES = (*IMPORTED_MODULES, "onnx")
TRAIN_MODULES = (*EVALUATE_MODULES, "torch", "onnx")


class Origin(Enum):
    """Where the engine's Python is configured."""

    VARIABLE = "variable"
    SETTING = "setting"
    CHECKOUT = "checkout"
    PRIVATE = "private"


@dataclass(frozen=True)
class EnginePython:
    """The Python interpreter of the engine."""

    path: Path
    origin: Origin


on_missing: list[Callable[[], None]] = []  # called when an algorithm is opened while no engine is installed
on_broken: list[Callable[[EngineError], None]] = []  # called when a later check finds that the engine does not work


def engine_command(modules: Iterable[str] = TRAIN_MODULES) -> list[str]:
    """The command that starts the engine, checked to find ``modules``.

    Raises:
        EngineError: DEPENDENCY_MISSING, saying which Python and what is wrong with it.
    """
    python = find_python()
    require_health(python, modules)
    return python_command(python.path, str(ENGINE))


def is_set_up() -> bool:
    """Whether a Python is configured for the engine; nothing is run, so this costs no time at startup."""
    try:
        find_python()
    except EngineError:
        return False
    return True


def find_python() -> EnginePython:
    """The engine's Python, located only; nothing is run yet.

    Raises:
        EngineError: no Python is configured.
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
    """What to do without a GUI (qgis_process); an installed zip has no Makefile."""
    if (ROOT / "Makefile").exists():
        return tr("Without a QGIS window, run `make setup` in {root}.").format(root=ROOT)
    return tr("Without a QGIS window, set {variable} to a Python that has the packages of the engine.").format(
        variable=VARIABLE
    )


def require_seen(modules: Iterable[str]) -> None:
    """Check without waiting that a Python is configured and, as far as is known, works.

    One that was not run yet, or failed, is run in the background; :data:`on_broken` is called with its error.

    Raises:
        EngineError: no Python is configured, or it failed when it was last run.
    """
    python = find_python()
    if python.path.parent != Path() and not python.path.exists():
        require_health(python, modules)  # raises at once
    seen = last_seen(python.path)
    if isinstance(seen, Health):
        _require_modules(python, seen, modules)
        return
    Background(
        lambda: _problem(python, modules),
        _call_waiting,
        lambda error: _call_waiting(_not_python(python.path, words_of(error))),
    )
    if isinstance(seen, NoAnswer):
        raise _not_python(python.path, seen.found)


def _problem(python: EnginePython, modules: Iterable[str]) -> Optional[EngineError]:
    try:
        require_health(python, modules)
    except EngineError as error:
        return error
    return None


def _call_waiting(error: Optional[EngineError]) -> None:
    for callback in on_broken if error is not None else ():
        callback(error)


def require_health(python: EnginePython, modules: Iterable[str]) -> None:
    """Check that the interpreter runs, is new enough and finds ``modules``. This may take seconds.

    Raises:
        EngineError: it does not; states what is missing.
    """
    _require_modules(python, probe(python.path), modules)


def _require_modules(python: EnginePython, health: Health, modules: Iterable[str]) -> None:
    if health.version < OLDEST_PYTHON:
        raise _unhealthy(
            python, f"Python {_dotted(health.version)}", tr("Python {needed} or later").format(needed=needed_python())
        )
    problems = health.problems_of(modules)
    if problems:
        listed = "; ".join(f"{name} ({reason})" for name, reason in problems.items())
        raise _unhealthy(
            python,
            tr("modules that cannot be imported: {modules}").format(modules=listed),
            tr("all modules of the engine"),
        )


def probe(path: Path) -> Health:
    """Run the interpreter once to see what it finds; cached until the file or its packages change.

    Raises:
        EngineError: the interpreter cannot be run.
    """
    others = [name for name in TRAIN_MODULES if name not in IMPORTED_MODULES]
    found = health_of(path, IMPORTED_MODULES, others)
    if isinstance(found, NoAnswer):
        raise _not_python(path, found.found)
    return found


def forget_probes() -> None:
    """Clear the cache: run every interpreter again when next asked."""
    forget_all()


def needed_python() -> str:
    """The oldest Python that the engine supports, as text for the user."""
    return _dotted(OLDEST_PYTHON)


def interpreter_in(environment: Path) -> Path:
    """The path of the interpreter in a virtual environment."""
    return environment / "Scripts" / "python.exe" if os.name == "nt" else environment / "bin" / "python"


def private_folder() -> Path:
    """The environment that the plugin itself may create, in the user's QGIS profile."""
    return Path(QgsApplication.qgisSettingsDirPath()) / "colearn" / "engine"


def describe(origin: Origin) -> str:
    """Where the Python is configured, as text for the user."""
    return {
        Origin.VARIABLE: tr("set by the environment variable {variable}").format(variable=VARIABLE),
        Origin.SETTING: tr("chosen in the set-up"),
        Origin.CHECKOUT: tr("found in the plugin's folder (.venv)"),
        Origin.PRIVATE: tr("the plugin's own environment in your QGIS profile"),
    }[origin]


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
