"""How the engine's private environment is created: a list of commands, run by the dialog with the user's consent.

Nothing is ever installed into QGIS's own Python: a virtual environment is created in the QGIS profile, which sees
QGIS's packages (GDAL, numpy) but changes none of them.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Optional
from urllib.parse import quote

from qgis.core import QgsSettings

from ...engine.contract import OLDEST_PYTHON, EngineError, ErrorCode, JobError, OutputError, clean_environment
from ..messages import tr
from .child import answer_of, python_command
from .environment import (
    NEWEST_PYTHON,
    ROOT,
    VARIABLE,
    interpreter_in,
    needed_python,
)
from .offers import TORCH, TORCH_CPU_INDEX, Purpose, has_torch_of_its_own, locks, pins

REQUIREMENTS = ROOT / "engine-requirements.txt"
LOCKS = ROOT / "resources" / "locks"
QUESTION_TIMEOUT_S = 60
TORCH_INDEX_SETTING = "colearn/torch_index"
SAFE_SCHEMES = ("https://", "file://")
# The user's pip settings are used and shown; passwords in them are not shown.
_INDEX_QUESTION = (
    "import re, subprocess, sys; "
    "ask = [sys.executable, '-I', '-m', 'pip', 'config', 'list']; "
    "found = subprocess.run(ask, capture_output=True, text=True).stdout; "
    "lines = [line for line in found.splitlines() if re.search('index|find-links|trusted|proxy', line.split('=')[0])]; "
    "print(re.sub('//[^/@]*@', '//…@', chr(10).join(lines)) or 'PyPI (https://pypi.org/simple)')"
)
_QUESTION = "import sys, numpy; from osgeo import gdal; print(*sys.version_info[:2], numpy.__version__)"


@dataclass(frozen=True)
class BasePython:
    """A real interpreter (never QGIS itself) that sees QGIS's GDAL and numpy."""

    path: Path
    version: tuple[int, int]
    numpy_version: str


@dataclass(frozen=True)
class Step:
    """One command of the installation, what it does, and what may help if it fails."""

    title: str
    command: tuple[str, ...]
    cure: str = ""


def installation_steps(
    base: BasePython,
    target: Path,
    purpose: Purpose = Purpose.TRAIN_CPU,
    wheels: Optional[Path] = None,
    system: str = sys.platform,
) -> list[Step]:
    """The commands that create the environment ``target``; with ``wheels``, from that folder and without a network.

    Every package must match a SHA-256 checksum in its lock file, whichever index it comes from (the user's pip settings
    apply). Locks list everything needed except numpy, which stays QGIS's, because GDAL's bindings were built with it.
    Files downloaded by an earlier attempt are taken from pip's cache.
    """
    python = interpreter_in(target)
    # Wheels only: installing a source distribution would execute its author's code.
    options = ("--disable-pip-version-check", "--no-input", "--only-binary", ":all:", "--no-deps")
    install = python_command(python, "-m", "pip", "install", *options)
    steps = [
        Step(
            tr("Creating a Python environment in {folder}").format(folder=target),
            tuple(python_command(base.path, "-m", "venv", "--clear", "--system-site-packages", str(target))),
        )
    ]
    raw = ("--progress-bar", "raw")
    if wheels is not None:
        source = ("--no-index", "--find-links", str(wheels), "--progress-bar", "off")
        title = tr("Installing the packages from {folder} (checksums verified)").format(folder=wheels)
    else:
        source, title = raw, tr("Installing the packages (checksums verified)")
        question = tuple(python_command(python, "-c", _INDEX_QUESTION))
        steps.append(Step(tr("Checking the package index of pip"), question))
        # Only recent versions of pip report the progress of downloads.
        steps.append(Step(tr("Updating pip"), (*install, "--progress-bar", "off", *_locked("pip"))))
    if has_torch_of_its_own(purpose, system):
        steps.append(_torch(install, source, wheels))
    return [*steps, Step(title, (*install, *source, *_locked(*locks(purpose, system))))]


def _locked(*names: str) -> tuple[str, ...]:
    """pip's arguments for exactly the packages in these lock files."""
    files = (part for name in names for part in ("-r", str(LOCKS / f"{name}.txt")))
    return ("--require-hashes", *files)


def _torch(install: list[str], source: tuple[str, ...], wheels: Optional[Path]) -> Step:
    """PyTorch without CUDA, a file that is not in the lock. It alone comes from PyTorch's own index."""
    pinned = pins(REQUIREMENTS.read_text(encoding="utf-8"))[TORCH]
    if wheels is not None:
        return Step(tr("Installing PyTorch from that folder (no checksum)"), (*install, *source, pinned))
    index = torch_index()
    title = tr("Installing PyTorch (CPU) from {index} (no checksum)").format(index=index)
    cure = tr(
        "If {index} cannot be reached, set a mirror above, install from a folder of wheels, or set up for an NVIDIA "
        "GPU: its PyTorch comes from the same index as the other packages and also runs on the CPU."
    ).format(index=index)
    return Step(title, (*install, *source, "--index-url", index, f"{pinned}+cpu"), cure)


def torch_index() -> str:
    """The index of PyTorch without CUDA: PyTorch's own, or the one that the user set."""
    return str(QgsSettings().value(TORCH_INDEX_SETTING, "") or "") or TORCH_CPU_INDEX


def choose_torch_index(text: str) -> None:
    """Store the index of PyTorch; an empty text means PyTorch's own.

    Raises:
        JobError: the address is not secure, which it must be because files from there are not checked by a checksum.
    """
    index = text.strip().rstrip("/")
    if index and not index.startswith(SAFE_SCHEMES):
        raise JobError(
            ErrorCode.JOB_INVALID,
            found=tr("the PyTorch index “{index}”").format(index=index),
            expected=tr("an address starting with {schemes}").format(schemes=" / ".join(SAFE_SCHEMES)),
            remedy=tr("Set an index whose address starts with {schemes}.").format(schemes=" / ".join(SAFE_SCHEMES)),
        )
    QgsSettings().setValue(TORCH_INDEX_SETTING, "" if index == TORCH_CPU_INDEX else index)


def installation_environment() -> dict[str, str]:
    """The environment variables of the commands: cleaned, with QGIS's proxy (so that it is on no command line)."""
    environment = clean_environment()
    proxy = proxy_of(QgsSettings())
    if proxy:
        environment.update(HTTP_PROXY=proxy, HTTPS_PROXY=proxy)
    return environment


def proxy_of(settings: QgsSettings) -> str:
    """QGIS's proxy as a URL for pip; empty if none is used."""
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
    """A real interpreter of the same version as QGIS's, with QGIS's GDAL.

    Raises:
        EngineError: none was found; lists where it was searched for.
    """
    _require_known_platform(sys.platform, platform.machine())
    tried = list(candidates())
    for path in tried:
        base = _ask(path)
        if base is not None and base.version == sys.version_info[:2] and base.version >= OLDEST_PYTHON:
            return _not_too_new(base)
    raise EngineError(
        ErrorCode.DEPENDENCY_MISSING,
        found=tr("no usable Python in {places}").format(places=", ".join(str(path) for path in tried) or "-"),
        expected=tr("the Python of QGIS, {needed} or later, with GDAL and numpy").format(needed=needed_python()),
        remedy=tr(
            "Upgrade QGIS, or create an environment manually: Python {needed} or later with GDAL and "
            "engine-requirements.txt. Select it with “Use another Python…”, or set {variable} to it."
        ).format(needed=needed_python(), variable=VARIABLE),
    )


def _require_known_platform(system: str, machine: str) -> None:
    """Refuse Macs with Intel processors (also emulated): there are no builds of current PyTorch and ONNX Runtime."""
    if system == "darwin" and machine != "arm64":
        raise EngineError(
            ErrorCode.DEPENDENCY_MISSING,
            found=tr("a QGIS for Macs with Intel processors"),
            expected=tr("a QGIS for Apple silicon on macOS 14 or later, for which the packages are available"),
            remedy=tr("Use a QGIS for Apple silicon (as from conda-forge), or a computer with Linux or Windows."),
        )


def _not_too_new(base: BasePython) -> BasePython:
    if base.version > NEWEST_PYTHON:
        raise EngineError(
            ErrorCode.DEPENDENCY_MISSING,
            subject=str(base.path),
            found="Python {}.{}".format(*base.version),
            expected=tr("Python {oldest} to {newest}, for which the packages of the engine are available").format(
                oldest=needed_python(), newest="{}.{}".format(*NEWEST_PYTHON)
            ),
            remedy=tr(
                "Check for a newer CoLearn, or create an environment manually with such a Python, GDAL and "
                "engine-requirements.txt and select it with “Use another Python…”."
            ),
        )
    return base


def require_writable(target: Path) -> None:
    """Check that the environment's folder can be created.

    Raises:
        OutputError: OUTPUT_UNWRITABLE: the profile is on a read-only disk, or belongs to another user.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=target.parent):
            pass
    except OSError as error:
        raise OutputError(
            ErrorCode.OUTPUT_UNWRITABLE,
            subject=str(target),
            found=tr("{folder}: {reason}").format(folder=target.parent, reason=error.strerror or error),
            expected=tr("a writable QGIS profile"),
            remedy=tr(
                "Make the folder writable, or create an environment elsewhere and select it with “Use another Python…”."
            ),
        ) from error


@dataclass(frozen=True)
class RunningPython:
    """The folders of QGIS's Python; on Windows and macOS its executable is QGIS itself."""

    executable: Path
    base_prefix: Path
    base_exec_prefix: Path
    version: tuple[int, int]
    is_windows: bool

    @classmethod
    def this(cls) -> RunningPython:
        """The Python that is running now."""
        prefixes = Path(sys.base_prefix), Path(sys.base_exec_prefix)
        return cls(Path(sys.executable), *prefixes, (sys.version_info[0], sys.version_info[1]), os.name == "nt")


def candidates(running: Optional[RunningPython] = None) -> Iterator[Path]:
    """The existing files that may be QGIS's real interpreter.

    Linux: the executable itself, or one in ``bin`` of its prefix. Windows (OSGeo4W and the standalone installer alike):
    ``python.exe`` in the prefix, which is ``apps\\Python312``, next to QGIS's own folder ``bin``. macOS: ``bin`` in
    ``Contents/MacOS`` of QGIS.app, or of its frameworks.
    """
    running = running or RunningPython.this()
    seen: set[Path] = set()
    for place in _windows_places(running) if running.is_windows else _unix_places(running):
        if place.exists() and place not in seen:
            seen.add(place)
            yield place


def _windows_places(running: RunningPython) -> list[Path]:
    beside = running.executable.parent
    named = "Python{}{}".format(*running.version)
    folders = [running.base_exec_prefix, running.base_prefix, beside.parent / "apps" / named, beside]
    return [folder / name for folder in folders for name in ("python.exe", "python3.exe")]


def _unix_places(running: RunningPython) -> list[Path]:
    beside = running.executable.parent
    named = "python{}.{}".format(*running.version)
    prefixes = [running.base_prefix, running.base_exec_prefix, beside, beside.parent / "Frameworks"]
    places = [prefix / "bin" / name for prefix in prefixes for name in (named, "python3")]
    return [running.executable, *places] if "python" in running.executable.name else places


def _ask(path: Path) -> Optional[BasePython]:
    """What an interpreter reports about itself; None if it is not Python, or lacks GDAL or numpy."""
    try:
        answer = answer_of(python_command(path, "-c", _QUESTION), QUESTION_TIMEOUT_S)
        answer.check_returncode()
        major, minor, numpy_version = answer.stdout.split()
        return BasePython(path, (int(major), int(minor)), numpy_version)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
