"""How the engine's private environment is made: as a list of commands, run by the dialog after the person agreed.

Nothing is ever installed into QGIS's own Python: a virtual environment is made beside the QGIS profile, which sees
QGIS's packages (GDAL, numpy) but changes none of them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Optional
from urllib.parse import quote

from qgis.core import QgsSettings

from ...engine.contract.errors import EngineError, ErrorCode
from ...engine.contract.isolation import clean_environment
from ..messages import tr
from .child import answer_of, python_command
from .environment import (
    MINIMUM_PYTHON,
    ROOT,
    VARIABLE,
    interpreter_in,
    needed_python,
)

REQUIREMENTS = ROOT / "engine-requirements.txt"
QUESTION_TIMEOUT_S = 60
_QUESTION = "import sys, numpy; from osgeo import gdal; print(*sys.version_info[:2], numpy.__version__)"


@dataclass(frozen=True)
class BasePython:
    """A real interpreter (never QGIS itself) that sees QGIS's GDAL and numpy."""

    path: Path
    version: tuple[int, int]
    numpy_version: str


@dataclass(frozen=True)
class Step:
    """One command of the installation, and what it does."""

    title: str
    command: tuple[str, ...]


def installation_steps(base: BasePython, target: Path, wheels: Optional[Path] = None) -> list[Step]:
    """The commands that make the environment ``target``; with ``wheels``, from that folder and without a network.

    numpy is pinned to the version QGIS has: GDAL's bindings were built with it, and a newer one breaks them.
    """
    python = interpreter_in(target)
    source = ("--no-index", "--find-links", str(wheels)) if wheels else ()
    options = ("--disable-pip-version-check", "--no-input", "--progress-bar", "off")
    install = python_command(python, "-m", "pip", "install", *options)
    return [
        Step(
            tr("Making a Python environment in {folder}").format(folder=target),
            tuple(python_command(base.path, "-m", "venv", "--clear", "--system-site-packages", str(target))),
        ),
        Step(
            tr("Installing the engine's packages"),
            (*install, *source, f"numpy=={base.numpy_version}", "-r", str(REQUIREMENTS)),
        ),
    ]


def installation_environment() -> dict[str, str]:
    """The environment the commands run in: clean, with QGIS's proxy (which thus never stands on a command line)."""
    environment = clean_environment()
    proxy = proxy_of(QgsSettings())
    if proxy:
        environment.update(HTTP_PROXY=proxy, HTTPS_PROXY=proxy)
    return environment


def proxy_of(settings: QgsSettings) -> str:
    """QGIS's proxy as an address pip understands; empty when none is used."""
    host = str(settings.value("proxy/proxyHost", "") or "")
    if not settings.value("proxy/proxyEnabled", False, type=bool) or not host:
        return ""
    kind = str(settings.value("proxy/proxyType", "") or "")
    scheme = "socks5" if kind == "Socks5Proxy" else "http"
    port = str(settings.value("proxy/proxyPort", "") or "")
    user = quote(str(settings.value("proxy/proxyUser", "") or ""), safe="")
    secret = quote(str(settings.value("proxy/proxyPassword", "") or ""), safe="")
    login = (f"{user}:{secret}@" if secret else f"{user}@") if user else ""
    return f"{scheme}://{login}{host}" + (f":{port}" if port else "")


def find_base_python() -> BasePython:
    """A real interpreter of the version QGIS runs, with QGIS's GDAL.

    Raises:
        EngineError: none was found; says where was looked.
    """
    tried = list(candidates())
    for path in tried:
        base = _ask(path)
        if base is not None and base.version == sys.version_info[:2] and base.version >= MINIMUM_PYTHON:
            return base
    raise EngineError(
        ErrorCode.DEPENDENCY_MISSING,
        found=tr("no usable Python in {places}").format(places=", ".join(str(path) for path in tried) or "-"),
        expected=tr("QGIS's own Python, version {needed} or newer, with GDAL and numpy").format(needed=needed_python()),
        remedy=tr(
            "Take a newer QGIS, or make an environment by hand: Python {needed} or newer with GDAL and "
            "engine-requirements.txt. Choose it with “Use another Python…”, or name it by {variable}."
        ).format(needed=needed_python(), variable=VARIABLE),
    )


def candidates() -> Iterator[Path]:
    """Where QGIS's real interpreter may be: on Windows and macOS ``sys.executable`` is QGIS itself."""
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    beside = Path(sys.executable).parent
    if os.name == "nt":
        places = [Path(sys.base_exec_prefix) / "python.exe", beside / "python3.exe", beside / "python.exe"]
    else:
        prefixes = [Path(sys.base_prefix), Path(sys.base_exec_prefix), beside, beside.parent / "Frameworks"]
        places = [prefix / "bin" / name for prefix in prefixes for name in (version, "python3")]
        if "python" in Path(sys.executable).name:
            places.insert(0, Path(sys.executable))
    seen: set[Path] = set()
    for place in places:
        if place.exists() and place not in seen:
            seen.add(place)
            yield place


def _ask(path: Path) -> Optional[BasePython]:
    """What an interpreter says of itself, or None if it is none or lacks GDAL or numpy."""
    try:
        answer = answer_of(python_command(path, "-c", _QUESTION), QUESTION_TIMEOUT_S)
        answer.check_returncode()
        major, minor, numpy_version = answer.stdout.split()
        return BasePython(path, (int(major), int(minor)), numpy_version)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
